"""Plot of an exploration: speed-up against area, and against energy, as PNG and SVG."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.figures import save
from xdecimate._api.explore import Point
from xdecimate.commands.output import sparsity

#: Costs of a point with the label of their axis, what divides them, and its scale.
_AXES = {
    "ge": ("area, kGE, without memories", 1000, {"value": "linear"}),
    "nj": ("energy of the layer, uJ, estimate", 1000, {"value": "log", "base": 2}),
}
_MARKERS = "os^Dv<>pX*Pdx+1|"
#: Letters of the legend on an inch.
_LETTERS = 15


def plot_points(path: Path, points: Sequence[Point]) -> None:
    """Write ``path`` with the endings .png and .svg; a row for each layer, a chart for each cost.

    Designs have markers and sparsities have colours; a line joins what no other design of the same sparsity
    beats.
    """
    geometries = list(dict.fromkeys(point.geometry for point in points))
    costs = [cost for cost in _AXES if any(getattr(point, cost) is not None for point in points)]
    names = {point.design for point in points}
    size = (7.5 * len(costs) + 0.7 + max(map(len, names)) / _LETTERS, 5 * len(geometries))
    figure = Figure(figsize=size, layout="constrained")
    charts = figure.subplots(len(geometries), len(costs), squeeze=False)
    for row, geometry in zip(charts, geometries, strict=True):
        for axes, cost in zip(row, costs, strict=True):
            _plot(axes, cost, [point for point in points if point.geometry == geometry])
    handles, labels = charts[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", fontsize="x-small")
    save(figure, path)


def _plot(axes: Axes, cost: str, points: Sequence[Point]) -> None:
    label, unit, scale = _AXES[cost]
    designs = list(dict.fromkeys(point.design for point in points))
    for number, m in enumerate(dict.fromkeys(point.m for point in points)):
        own = [point for point in points if point.m == m and getattr(point, cost) is not None]
        for point in own:
            marker = _MARKERS[designs.index(point.design) % len(_MARKERS)]
            axes.plot(getattr(point, cost) / unit, point.speedup, marker, color=f"C{number}")
        front = sorted((getattr(point, cost) / unit, point.speedup) for point in own if cost in point.best)
        axes.plot(*zip(*front, strict=True), color=f"C{number}", label=sparsity(m))
    for number, design in enumerate(designs):
        axes.plot([], [], _MARKERS[number % len(_MARKERS)], color="gray", label=design)
    axes.set_xscale(**scale)
    axes.set_yscale("log", base=2)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
    axes.set_title(f"{points[0].operator} {points[0].geometry}", fontsize="medium")
    axes.set_xlabel(label)
    axes.set_ylabel(f"speed-up over dense weights,\n{designs[0]}")
