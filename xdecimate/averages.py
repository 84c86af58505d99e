"""The table of average speed-ups beside the paper's."""

from collections.abc import Sequence
from statistics import fmean

from rich.table import Table

from sw_kernels.variants import Variant
from verif.benchmark import paper
from verif.benchmark.cluster_rows import ClusterRow
from verif.benchmark.rows import Row
from xdecimate.output import sparsity


def averages(title: str, rows: Sequence[Row] | Sequence[ClusterRow], variants: Sequence[Variant]) -> Table:
    """Mean over the geometries of each variant that the paper has a figure for."""
    table = Table(title=title)
    table.add_column("variant")
    for name in ("N:M", "vs dense 4x2", "paper", "vs dense 1x2", "paper"):
        table.add_column(name, justify="right")
    for variant in variants:
        own = [row for row in rows if (row.variant, row.m) == (variant.name, variant.m)]
        published = (paper.average(variant, "4x2"), paper.average(variant, "1x2"))
        if any(published):
            shown = [f"{value:.2f}" if value else "" for value in published]
            table.add_row(
                variant.name,
                sparsity(variant.m),
                f"{fmean(row.speedup_vs_dense_4x2 for row in own):.2f}",
                shown[0],
                f"{fmean(row.speedup_vs_dense_1x2 for row in own):.2f}",
                shown[1],
            )
    return table
