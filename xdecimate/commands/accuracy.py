"""``xdecimate accuracy``: the accuracy of a trained network in each of its forms."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import xdecimate as xd
from xdecimate.commands.options import ClusterName, Cores, Isa, JsonFile, chosen_cluster
from xdecimate.commands.output import progress, stdout, write_json


def accuracy(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR|FILE", help="A folder that train wrote, or an int8 ONNX model.")
    ],
    data: Annotated[
        str | None, typer.Option(metavar="DATA", help="The images, as for train; digits need none.")
    ] = None,
    images: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Use N test images; all by default.")
    ] = None,
    golden: Annotated[
        int, typer.Option(min=0, metavar="N", help="Compute N of them by the golden models.")
    ] = 100,
    rtl: Annotated[int, typer.Option(min=0, metavar="N", help="Run N of them on the RTL.")] = 0,
    isa: Isa = None,
    cores: Cores = None,
    cluster: ClusterName = None,
    jobs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Number of simulations that run at once.")
    ] = os.cpu_count() or 1,
    json: JsonFile = None,
) -> None:
    """Measure a trained network: in floating point, in int8, by the golden models, and on the RTL.

    The exit status is 1 if a byte on the RTL differs from the golden models.

    The input of an ONNX model is an image with values from -1 to 1, channels first.

    Example: xdecimate accuracy digits_m8 --rtl 10
    """
    with progress() as bar:
        tasks = {}

        def advance(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)

        found = xd.accuracy(
            folder,
            data,
            images=images,
            golden=golden,
            rtl=rtl,
            config=isa,
            cluster=chosen_cluster(cluster, cores),
            processes=jobs,
            progress=advance,
        )
    table = Table(title=f"accuracy of {folder}")
    table.add_column("form")
    for name in ("images", "accuracy"):
        table.add_column(name, justify="right")
    if found.floating is not None:
        table.add_row("float, onnxruntime", str(found.images), f"{found.floating:.2%}")
    table.add_row("int8, onnxruntime", str(found.images), f"{found.int8:.2%}")
    if found.golden is not None:
        table.add_row("int8, golden models", str(found.golden_images), f"{found.golden:.2%}")
    stdout.print(table)
    stdout.print(
        f"{found.agreeing} of {found.golden_images} classes of the golden models are onnxruntime's; "
        f"{found.rtl_equal} of {found.rtl_images} images on the RTL equal the golden models in every byte"
    )
    cycles = f", {found.cycles:,.0f} measured" if found.cycles else ""
    stdout.print(
        f"{found.weight_bytes:,} bytes of weights; {found.predicted_cycles:,.0f} cycles predicted{cycles}"
    )
    write_json(json, asdict(found))
    if found.rtl_equal < found.rtl_images:
        raise typer.Exit(1)
