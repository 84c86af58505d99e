"""``xdecimate compile``: a network as a folder of C, weights and a report."""

from pathlib import Path
from typing import Annotated

import typer

import xdecimate as xd
from compiler.folder.write import check_folder
from compiler.report.figures import figures
from compiler.report.text import memory_line, number
from xdecimate.commands.options import ClusterName, Cores, Isa, L1Size, L2Size, chosen_cluster
from xdecimate.commands.output import progress, stdout


def _folder(path: Path) -> Path:
    """Callback that rejects a folder which cannot be written, before the work begins."""
    check_folder(path)
    return path


def compile(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A quantized network, TFLite or ONNX.")],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Write this folder.", callback=_folder),
    ],
    isa: Isa = None,
    cores: Cores = None,
    cluster: ClusterName = None,
    l1: L1Size = None,
    l2: L2Size = None,
) -> None:
    """Compile a network to a folder: C, weights, link script, memory map, header, report.

    DIR may be new, empty, or the folder of an earlier compile, which is replaced.

    Example: xdecimate compile resnet8.tflite -o resnet8
    Example: xdecimate compile resnet8.tflite -o resnet8 --isa baseline --cluster small
    """
    with progress() as bar:
        task = bar.add_task("compiling")
        compiled = xd.compile(
            model,
            config=isa,
            cluster=chosen_cluster(cluster, cores),
            l1=l1,
            l2=l2,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    found = figures(compiled.save(output).folder.record)
    stdout.print(
        f"{output}: {len(found['rows'])} layers for cluster {found['cluster']['name']}, "
        f"{number(found['predicted_cycles'])} cycles predicted",
        markup=False,
        soft_wrap=True,
    )
    stdout.print(memory_line(found), soft_wrap=True)
