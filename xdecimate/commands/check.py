"""``xdecimate check``: check that a network can be compiled, with its kernels."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import xdecimate as xd
from compiler.emit import Emission
from compiler.folder.record import network_record
from compiler.report.figures import figures
from compiler.report.text import kernel_title, memory_line, number, requantization_line
from xdecimate.commands.options import (
    ClusterName,
    Cores,
    Isa,
    JsonFile,
    L1Size,
    L2Size,
    check_outputs,
    chosen_cluster,
)
from xdecimate.commands.output import progress, stdout, write_json


def check(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A quantized network, TFLite or ONNX.")],
    isa: Isa = None,
    cores: Cores = None,
    cluster: ClusterName = None,
    l1: L1Size = None,
    l2: L2Size = None,
    json: JsonFile = None,
) -> None:
    """Check that a network can be compiled; show the kernel and the predicted cycles of each layer.

    The exit status is 2 if it cannot: the message lists all problems of the model at once.

    Example: xdecimate check resnet8.tflite
    Example: xdecimate check mobilenet.onnx --isa baseline --cluster small
    Example: xdecimate check resnet8.tflite --l1 64k --l2 256k
    """
    check_outputs({"the model": model}, {"--json": json})
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
    found = figures(network_record(Emission(network=compiled.network), {}))
    table = Table(title=f"{escape(found['model'])} on cluster {found['cluster']['name']}")
    for name in ("layer", "shape", "kernel", "predicted cycles", "strips", "tiles"):
        table.add_column(name, justify="left" if name in ("layer", "shape", "kernel") else "right")
    for row in found["rows"]:
        table.add_row(
            escape(row["layer"]),
            row["geometry"],
            kernel_title(row),
            number(row["predicted_cycles"]),
            str(row["strips"]),
            str(row["tiles"]),
        )
    stdout.print(table)
    stdout.print(f"{number(found['predicted_cycles'])} cycles predicted", soft_wrap=True)
    stdout.print(memory_line(found), soft_wrap=True)
    if line := requantization_line(found):
        stdout.print(line, soft_wrap=True, markup=False)
    write_json(json, found)
