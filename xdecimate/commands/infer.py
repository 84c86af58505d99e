"""``xdecimate infer``: a network on the RTL, layer after layer."""

import os
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

import xdecimate as xd
from xdecimate._api.inputs import read_input
from xdecimate.commands.layers import layer_row
from xdecimate.commands.options import ClusterName, Cores, Isa, JsonFile, L1Size, L2Size, chosen_cluster
from xdecimate.commands.output import building, progress, stderr, stdout, write_json


def infer(
    network: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|MODEL", help="A folder that compile wrote, or a quantized network, TFLite or ONNX."
        ),
    ],
    inputs: Annotated[
        Path | None,
        typer.Option(
            "--input",
            metavar="FILE",
            help="Read the input: int8 codes (.npy), or an image; it is random by default.",
        ),
    ] = None,
    resize: Annotated[bool, typer.Option("--resize", help="Scale an image of another size.")] = False,
    host: Annotated[
        bool, typer.Option("--host", help="Run on this PC, threads for cores, under sanitizers.")
    ] = False,
    composed: Annotated[
        bool, typer.Option("--composed", help="Run each distinct layer program once, and compose the cycles.")
    ] = False,
    isa: Isa = "xdecimate",
    cores: Cores = None,
    cluster: ClusterName = None,
    l1: L1Size = None,
    l2: L2Size = None,
    jobs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Number of simulations that run at once.")
    ] = os.cpu_count() or 1,
    seed: Annotated[int, typer.Option(help="Seed of the random input.")] = 1,
    json: JsonFile = None,
) -> None:
    """Run a network on the RTL of a cluster and compare every byte of every layer with the golden models.

    The program runs as it lies in DIR, on the cluster that it was compiled for; a MODEL is compiled first.
    The exit status is 1 if a byte differs: the message names the first such layer and its first index.

    Example: xdecimate infer resnet8 --input x.npy --json layers.json
    Example: xdecimate infer resnet8.tflite --cluster small
    """
    saved = _saved(network, isa, chosen_cluster(cluster, cores), l1, l2)
    record = saved.folder.record
    values = np.random.default_rng(seed).integers(-128, 128, record.input.shape).astype(np.int8)
    if inputs is not None:
        values, about = read_input(inputs, record.input, resize=resize)
        stderr.print(about, markup=False)
    with progress() as bar:
        task = bar.add_task("simulating", total=saved.simulated_cycles(composed=composed))
        try:
            result = saved.infer(
                values,
                model="host" if host else "rtl",
                composed=composed,
                processes=jobs,
                progress=lambda cycles: bar.advance(task, cycles),
            )
        except xd.LayerError as error:
            stderr.print(str(error), style="bold red", markup=False)
            raise typer.Exit(1) from error
    table = Table(title=f"{record.model} on cluster {record.cluster.name}")
    table.add_column("layer")
    table.add_column("kernel")
    for name in ("cycles", "predicted", "MACs/cycle"):
        table.add_column(name, justify="right")
    table.add_column("matches golden")
    rows = []
    for result_of in result.layers:
        layer = result_of.layer
        rows.append(
            {
                **layer_row(layer),
                "cycles": result_of.cycles,
                "counters": result_of.counters,
                "matches_golden": result_of.differs_at is None,
            }
        )
        table.add_row(
            layer.name,
            layer.kernel_title,
            f"{result_of.cycles:,}",
            f"{layer.predicted_cycles:,}",
            f"{layer.macs / result_of.cycles:.2f}" if layer.macs and result_of.cycles else "",
            "yes" if result_of.differs_at is None else "[bold red]NO[/]",
        )
    stdout.print(table)
    stdout.print(f"{result.cycles:,} cycles; the output begins with {result.output.ravel()[:16].tolist()}")
    write_json(
        json,
        {
            "model": record.model,
            "cluster": record.cluster.as_dict(),
            "cycles": result.cycles,
            "output": result.output.ravel().tolist(),
            "rows": rows,
        },
    )
    for result_of in result.layers:
        if result_of.differs_at is not None:
            stdout.print(
                f"layer {result_of.layer.name} differs from the golden model, first at index "
                f"{result_of.differs_at}",
                style="bold red",
            )
            raise typer.Exit(1)


def _saved(
    path: Path, isa: str, cluster: str | int | None, l1: str | None, l2: str | None
) -> xd.SavedNetwork:
    """The network in a folder, or of a model, which is compiled."""
    if not path.is_dir():
        with building("compiling"):
            return xd.compile(path, config=isa, cluster=cluster, l1=l1, l2=l2).saved
    if l1 is not None or l2 is not None:
        raise xd.UserError(f"{path} keeps the memory that it was compiled for; leave out --l1 and --l2")
    saved = xd.load(path)
    if changed := saved.folder.changed:
        stderr.print(f"{changed[0]} is not as compile wrote it", style="yellow", markup=False)
    return saved
