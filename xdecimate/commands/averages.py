"""The table of average speed-ups beside the paper's."""

from collections.abc import Sequence

from rich.table import Table

from bench import paper
from bench.rows import Row, average_speedup
from sw_kernels.kernel import Kernel
from xdecimate.commands.output import sparsity


def averages(title: str, rows: Sequence[Row], kernels: Sequence[Kernel]) -> Table:
    """Mean over the geometries of each kernel that the paper has a figure for."""
    table = Table(title=title)
    table.add_column("kernel")
    for name in ("N:M", "vs dense 4x2", "paper", "vs dense 1x2", "paper"):
        table.add_column(name, justify="right")
    for kernel in kernels:
        published = (paper.average(kernel, "4x2"), paper.average(kernel, "1x2"))
        if any(published):
            shown = [f"{value:.2f}" if value else "" for value in published]
            table.add_row(
                kernel.name,
                sparsity(kernel.m),
                f"{average_speedup(rows, kernel, '4x2'):.2f}",
                shown[0],
                f"{average_speedup(rows, kernel, '1x2'):.2f}",
                shown[1],
            )
    return table
