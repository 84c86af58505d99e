"""Area and longest paths of a core with an extension against the core without."""

from collections.abc import Callable, Sequence

from hw.config import CoreConfig
from synth.mapped_core import MappedCore, added_units, mapped_cores
from synth.mapping import Flow
from synth.reports import Report, about, report
from synth.timing import Path as TimingPath
from synth.timing import TimingGraph


def compare(
    baseline: CoreConfig,
    extended: CoreConfig,
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
    orders: int = 1,
) -> Report:
    """Two cores side by side: GE by block and in all, longest paths, tool and script.

    With ``orders`` also the figures with the same assignments in other orders, which measure synthesis noise.
    Raises ``UserError`` when Yosys fails or the cache cannot be written.
    """

    def measure() -> dict:
        pairs = mapped_cores((baseline, extended), flow, done, orders)
        figures = about(flow, {core.config.name: core.design for core in pairs[0]}) | _figures(pairs[0], flow)
        return figures | {"orders": [_brief(_figures(pair, flow)) for pair in pairs]}

    return report(flow, (baseline, extended, orders), measure)


def _brief(figures: dict) -> dict:
    """The figures that depend on the order of the assignments."""
    names = ("baseline_ge", "extended_ge", "overhead_percent", "path_ratio")
    paths = {side: figures["paths"][side] for side in ("baseline", "extended")}
    delays = {f"{side}_delay": path["delay"] if path else None for side, path in paths.items()}
    return {name: figures[name] for name in names} | delays


def _totals(names: list[str], areas: list[dict[str, float]]) -> dict:
    before, after = areas
    totals = [sum(blocks.values()) for blocks in areas]
    return {
        "config": names,
        "baseline_ge": round(totals[0], 1),
        "extended_ge": round(totals[1], 1),
        "overhead_ge": round(totals[1] - totals[0], 1),
        "overhead_percent": round(100 * (totals[1] / totals[0] - 1), 2),
        "blocks": [
            {
                "block": name,
                "baseline_ge": round(before.get(name, 0.0), 1),
                "extended_ge": round(after.get(name, 0.0), 1),
            }
            for name in [*after, *(name for name in before if name not in after)]
        ],
    }


def _figures(cores: Sequence[MappedCore], flow: Flow) -> dict:
    library = flow.library
    netlists = [core.netlist for core in cores]
    graphs = [TimingGraph(netlist) for netlist in netlists]
    added = added_units(*(core.config for core in cores))
    paths = {
        "unit": "ns, cells without wires" if library.units else "inverter delays",
        "baseline": path_figures(graphs[0].longest(), library.units),
        "extended": path_figures(graphs[1].longest(), library.units),
        "through_unit": path_figures(graphs[1].longest(added), library.units),
    }
    figures = {
        **_totals([core.config.name for core in cores], [netlist.areas() for netlist in netlists]),
        "flip_flops": [netlist.flip_flops() for netlist in netlists],
        "paths": paths,
        "path_ratio": _ratio(paths["baseline"], paths["extended"]),
    }
    return figures | ({"blocks": []} if flow.flat else {})


def _ratio(baseline: dict | None, extended: dict | None) -> float | None:
    """Ratio of longest paths; None if the library has no delays."""
    return round(extended["delay"] / baseline["delay"], 3) if baseline and extended else None


def path_figures(path: TimingPath | None, units: dict[str, float]) -> dict | None:
    """A path as reports give it, in ns where the library has units; None when there is none."""
    if path is None:
        return None
    scale = units["time"] / 1e-9 if units else 1.0
    return {
        "delay": round(path.delay * scale, 3 if units else 1),
        "start": path.start,
        "end": path.end,
        "through": list(path.through),
        "gates": path.cells,
    }
