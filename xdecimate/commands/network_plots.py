"""Plot of networks: dense-equivalent MACs per cycle of each variant beside the paper's, as PNG and SVG."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.networks import NetworkRow
from bench.paper_networks import published
from common.figures import save
from xdecimate.commands.output import sparsity

_WIDTH = 0.4


def plot_networks(path: Path, rows: Sequence[NetworkRow]) -> None:
    """Write ``path`` with the endings .png and .svg; one chart for each network."""
    networks = list(dict.fromkeys(row.network for row in rows))
    figure = Figure(figsize=(6.5 * len(networks), 5.5), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(networks), squeeze=False)[0], networks, strict=True):
        _plot(axes, name, [row for row in rows if row.network == name])
    save(figure, path)


def _plot(axes: Axes, name: str, rows: Sequence[NetworkRow]) -> None:
    places = range(len(rows))
    ours = axes.bar(
        [x - _WIDTH / 2 for x in places], [row.macs_per_cycle for row in rows], _WIDTH, label="here"
    )
    axes.bar_label(ours, [f"{row.cycles / 1e6:.1f}" for row in rows], fontsize="small")
    papers = {x: found for x, row in enumerate(rows) if (found := published(row.network, row.m, row.isa))}
    if papers:
        values = [row.macs_per_cycle for row in papers.values()]
        theirs = axes.bar([x + _WIDTH / 2 for x in papers], values, _WIDTH, label="paper")
        axes.bar_label(theirs, [f"{row.mcycles:.1f}" for row in papers.values()], fontsize="small")
    axes.set_xticks(places, [f"{sparsity(row.m)}\n{row.isa}" for row in rows])
    axes.set_title(f"{name}: millions of cycles above the bars")
    axes.set_ylabel("dense-equivalent MACs/cycle")
    axes.legend()
