"""``xdecimate infer``: a network on the RTL, layer after layer."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.markup import escape
from rich.table import Table

import xdecimate as xd
from common.errors import UserError
from compiler.folder.write import update_report
from compiler.report.text import causes, kernel_title, memory_line, number, rate, requantization_line, short
from xdecimate._api.inputs import read_input
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
from xdecimate.commands.output import building, stderr, stdout, write_json
from xdecimate.commands.simulating import simulating


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
            exists=True,
            dir_okay=False,
            help="Read the input, int8 codes (.npy) or an image; random by default.",
        ),
    ] = None,
    resize: Annotated[bool, typer.Option("--resize", help="Scale an image of another size.")] = False,
    host: Annotated[
        bool, typer.Option("--host", help="Run on this PC, with threads as cores, under sanitizers.")
    ] = False,
    composed: Annotated[
        bool, typer.Option("--composed", help="Run each distinct layer program once, and add up the cycles.")
    ] = False,
    isa: Isa = None,
    cores: Cores = None,
    cluster: ClusterName = None,
    l1: L1Size = None,
    l2: L2Size = None,
    jobs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Number of simulations that run at once.")
    ] = os.cpu_count() or 1,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random input.")] = 1,
    json: JsonFile = None,
) -> None:
    """Run a network on the RTL of a cluster and compare every byte of every layer with the golden models.

    The program in DIR runs unchanged, on the cluster that it was compiled for, and its cycles go into DIR's
    report. A MODEL is compiled first, for --isa, --cores, --cluster, --l1 and --l2.
    The exit status is 1 if a byte differs: the message names the first such layer and its first index.

    Example: xdecimate infer resnet8 --input x.npy --json layers.json
    Example: xdecimate infer resnet8.tflite --cluster small
    """
    if resize and (inputs is None or inputs.suffix == ".npy"):
        raise UserError("--resize scales an image; give one with --input, or leave out --resize")
    what = "the folder that compile wrote" if network.is_dir() else "the model"
    check_outputs({what: network, "the input": inputs}, {"--json": json})
    saved = _saved(network, isa, chosen_cluster(cluster, cores), l1, l2)
    record = saved.folder.record
    values = np.random.default_rng(seed).integers(-128, 128, record.input.shape).astype(np.int8)
    if inputs is not None:
        values, about = read_input(inputs, record.input, resize=resize)
        if about:
            stderr.print(about, markup=False)
    total, over = saved.simulated_cycles(composed=composed), 0
    with building("running on this PC") if host else simulating("simulating", jobs) as ended:

        def advance(cycles: int) -> None:
            nonlocal over
            over += cycles
            if ended:
                ended(over, total)

        advance(0)
        try:
            result = saved.infer(
                values,
                model="host" if host else "rtl",
                composed=composed,
                processes=jobs,
                progress=advance,
            )
        except xd.LayerError as error:
            stderr.print(str(error), style="bold red", markup=False)
            raise typer.Exit(1) from error
    figures = result.figures(record)
    _print(figures, result)
    write_json(json, {**figures, "output": result.output.ravel().tolist()})
    if network.is_dir() and not host:
        _update(network, figures)
    if wrong := result.first_wrong:
        stderr.print(
            f"layer {wrong.layer.name} differs from the golden model, first at index {wrong.differs_at}",
            style="bold red",
            markup=False,
        )
        raise typer.Exit(1)


def _print(figures: Mapping[str, Any], result: xd.Inference) -> None:
    """Print the layers, the totals, and the largest codes of the output."""
    table = Table(title=f"{escape(figures['model'])} on cluster {figures['cluster']['name']}")
    table.add_column("layer")
    table.add_column("kernel")
    for name in ("cycles", "predicted", "MACs/cycle", "weights"):
        table.add_column(name, justify="right")
    table.add_column("causes")
    table.add_column("golden")
    for row in figures["rows"]:
        equal = f"as {row['measured_as']}" if row["measured_as"] else "equal"
        table.add_row(
            escape(short(row["layer"], 36)),
            kernel_title(row),
            number(row["cycles"] or None),
            number(row["predicted_cycles"]),
            rate(row["macs_per_cycle"]),
            f"{row['weight_bytes']:,} {row['weight_memory'].upper()}" if row["weight_bytes"] else "",
            causes(row["breakdown"]),
            escape(short(equal, 24)) if row["matches_golden"] else f"[bold red]{row['differs_at']}[/]",
        )
    stdout.print(table)
    if result.cycles:
        stdout.print(
            f"{result.cycles:,} cycles, {figures['predicted_cycles']:,} predicted; "
            f"{rate(figures['macs_per_cycle'])} MACs a cycle"
        )
    stdout.print(memory_line(figures), soft_wrap=True)
    if line := requantization_line(figures):
        stdout.print(line, soft_wrap=True, markup=False)
    codes = result.output.ravel()
    largest = np.argsort(-codes.astype(int), kind="stable")[:5]
    stdout.print("largest outputs: " + ", ".join(f"{codes[index]} at {index}" for index in largest))


def _update(folder: Path, figures: Mapping[str, Any]) -> None:
    """Write what was measured into the folder's report; a folder that cannot be written keeps its own."""
    try:
        update_report(folder, figures)
    except UserError as error:
        stderr.print(f"the report is as it was: {error}", markup=False)


def _saved(
    path: Path, isa: str | None, cluster: str | int | None, l1: str | None, l2: str | None
) -> xd.SavedNetwork:
    """The network in a folder, or of a model, which is compiled."""
    if not path.exists():
        raise UserError(
            f"cannot read {path}: it does not exist; give a folder that compile wrote, or a model"
        )
    if not path.is_dir():
        with building("compiling"):
            return xd.compile(path, config=isa, cluster=cluster, l1=l1, l2=l2).saved
    if any(option is not None for option in (isa, cluster, l1, l2)):
        raise UserError(
            f"{path} keeps the cluster and the memory that it was compiled for; leave out --isa, --cores, "
            "--cluster, --l1 and --l2, or compile the model again with them"
        )
    saved = xd.load(path)
    if changed := saved.folder.changed:
        stderr.print(f"{changed[0]} is not as compile wrote it", style="yellow", markup=False)
    return saved
