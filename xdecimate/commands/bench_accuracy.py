"""``xdecimate bench accuracy``: accuracy against cycles of networks at all sparsities, over several seeds."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from matplotlib.figure import Figure
from rich.markup import escape
from rich.table import Table

from common.figures import save
from xdecimate._api.accuracy_rows import AccuracyRow, accuracy_rows
from xdecimate.commands.options import ALL_SPARSITIES, JsonFile, PlotFile
from xdecimate.commands.output import progress, stdout, write_json


def bench_accuracy(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Train in folders of DIR, or continue."),
    ],
    models: Annotated[
        str, typer.Option(metavar="NAME[,NAME]", help="Networks, as for train.")
    ] = "resnet8,vit_micro",
    data: Annotated[str, typer.Option(metavar="DATA", help="Images, as for train.")] = "digits",
    sparsities: Annotated[
        str,
        typer.Option("--sparsity", metavar="N:M[,N:M]", help="As for train; dense always is trained."),
    ] = ALL_SPARSITIES,
    isa: Annotated[str, typer.Option(metavar="NAME[,NAME]", help="Kinds of cores.")] = "xdecimate,xdecmac",
    seeds: Annotated[int, typer.Option(min=1, metavar="N", help="Train with seeds 1 to N.")] = 5,
    epochs: Annotated[str | None, typer.Option(metavar="D,P,Q", help="Epochs, as for train.")] = None,
    rtl: Annotated[int, typer.Option(min=1, metavar="N", help="Images on the RTL for each row.")] = 1,
    jobs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Number of trainings that run at once.")
    ] = os.cpu_count() or 1,
    plot: PlotFile = None,
    json: JsonFile = None,
) -> None:
    """Train networks at several sparsities and seeds; show accuracy, memory, and cycles on the RTL.

    An interrupted command continues where it was. The exit status is 1 if an output on the RTL differs from
    the golden models.

    Example: xdecimate bench accuracy --seeds 5 -o digits --json digits.json --plot digits
    """
    with progress() as bar:
        task = bar.add_task("training", total=None)
        rows = accuracy_rows(
            models.split(","),
            data,
            sparsities.split(","),
            isa.split(","),
            seeds,
            output,
            epochs=epochs,
            rtl=rtl,
            jobs=jobs,
            done=lambda what, count, of: bar.update(task, description=what, completed=count, total=of),
        )
    of_seeds = f", mean and standard deviation of {seeds} seeds" if seeds > 1 else ""
    table = Table(title=escape(f"int8 networks on {data}{of_seeds}"))
    for name in ("network", "N:M", "cores"):
        table.add_column(name)
    for name in ("accuracy", "drop, points", "kB", "cycles", "predicted"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row.model,
            row.sparsity,
            row.isa,
            f"{row.mean:.2%}" + (f" ± {100 * row.spread:.2f}" if seeds > 1 else ""),
            f"{sum(row.drops) / len(row.drops):.2f}",
            f"{row.weight_bytes / 1000:.1f}",
            f"{row.cycles:,}",
            f"{row.predicted_cycles:,}",
        )
    stdout.print(table)
    write_json(json, {"rows": [asdict(row) for row in rows]})
    if plot:
        plot_accuracy(plot, rows)
    if any(row.rtl_equal < row.rtl_images for row in rows):
        stdout.print("an output differs from the golden models", style="bold red")
        raise typer.Exit(1)


def plot_accuracy(path: Path, rows: Sequence[AccuracyRow]) -> None:
    """Accuracy against cycles, a chart for each network and a line for each kind of cores."""
    networks = list(dict.fromkeys(row.model for row in rows))
    figure = Figure(figsize=(6 * len(networks), 4.5), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(networks), squeeze=False)[0], networks, strict=True):
        for isa in dict.fromkeys(row.isa for row in rows):
            own = [row for row in rows if (row.model, row.isa) == (name, isa)]
            cycles, means = [row.cycles / 1e3 for row in own], [100 * row.mean for row in own]
            axes.errorbar(cycles, means, [100 * row.spread for row in own], marker="o", capsize=3, label=isa)
            for x, y, row in zip(cycles, means, own, strict=True):
                axes.annotate(
                    row.sparsity, (x, y), textcoords="offset points", xytext=(4, 6), fontsize="small"
                )
        axes.set_title(name)
        axes.set_xlabel("thousands of cycles")
        axes.set_ylabel("accuracy, %")
        axes.legend()
    save(figure, path)
