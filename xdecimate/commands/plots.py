"""Plots of a cluster's bench: speed, and roofline or scaling, as PNG and SVG."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.cluster_rows import ClusterRow
from common.figures import save
from sw_kernels.registry import kernel_named, operator_named
from xdecimate.commands.output import sparsity


def plot_bench(path: Path, rows: Sequence[ClusterRow]) -> None:
    """Write ``path`` with the endings .png and .svg.

    Left: MACs per cycle by geometry, or by the number of cores when there are several. Right: executed MACs
    per cycle and core against MACs per L1 access, under the limits of one access and one instruction a cycle.
    """
    figure = Figure(figsize=(13, 5.5), layout="constrained")
    speed, roof = figure.subplots(1, 2)
    if len({row.cores for row in rows}) > 1:
        _plot_scaling(speed, rows)
    else:
        _plot_geometries(speed, rows)
    _plot_roofline(roof, rows)
    save(figure, path)


def _kinds(rows: Sequence[ClusterRow]) -> dict[tuple[str, int | None], list[ClusterRow]]:
    kinds: dict[tuple[str, int | None], list[ClusterRow]] = {}
    for row in rows:
        kinds.setdefault((row.kernel, row.m), []).append(row)
    return kinds


def _label(kernel: str, m: int | None) -> str:
    return f"{kernel} {sparsity(m)}" if m else kernel


def _plot_geometries(axes: Axes, rows: Sequence[ClusterRow]) -> None:
    geometries = list(dict.fromkeys(row.geometry for row in rows))
    kinds = _kinds(rows)
    width = 0.8 / len(kinds)
    for number, ((kernel, m), own) in enumerate(kinds.items()):
        places = [geometries.index(row.geometry) + (number - len(kinds) / 2 + 0.5) * width for row in own]
        axes.bar(places, [row.dense_macs_per_cycle for row in own], width, label=_label(kernel, m))
    axes.set_xticks(range(len(geometries)), [geometry.partition(",")[0] for geometry in geometries])
    axes.set_title(f"{rows[0].operator}, {rows[0].cores} cores, transfers included")
    axes.set_ylabel("dense-equivalent MACs/cycle")
    axes.legend(fontsize="small")


def _plot_scaling(axes: Axes, rows: Sequence[ClusterRow]) -> None:
    geometry = rows[-1].geometry
    for (kernel, m), own in _kinds([row for row in rows if row.geometry == geometry]).items():
        speedups = [row.efficiency * row.cores / own[0].cores for row in own]
        axes.plot([row.cores for row in own], speedups, "o-", label=_label(kernel, m))
    cores = sorted({row.cores for row in rows})
    axes.plot(cores, [count / cores[0] for count in cores], "k:", label="ideal")
    axes.set_xticks(cores)
    axes.set_title(f"{rows[0].operator} {geometry}")
    axes.set_xlabel("cores")
    axes.set_ylabel(f"speed-up over {cores[0]}")
    axes.legend(fontsize="small")


def _plot_roofline(axes: Axes, rows: Sequence[ClusterRow]) -> None:
    most = max(row.cores for row in rows)
    for (kernel, m), own in _kinds([row for row in rows if row.cores == most]).items():
        loop = kernel_named(operator_named(own[0].operator), kernel, m).loop
        if loop is None:
            continue
        rates = [row.macs / (m or 1) / row.cycles / row.cores for row in own]
        (line,) = axes.plot([loop.intensity] * len(rates), rates, "o", label=_label(kernel, m))
        axes.plot(loop.intensity, loop.issue_limit, "_", color=line.get_color(), markersize=18)
    limit = [0.5, 8]
    axes.plot(limit, limit, "k-", label="one L1 access a cycle")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_title("Roofline: bars are the limit of one instruction a cycle")
    axes.set_xlabel("executed MACs per L1 access of the inner loop")
    axes.set_ylabel("executed MACs per cycle and core")
    axes.legend(fontsize="small")
