"""Frequency of a core with XDecimate against the core without, mapped for a clock period."""

from collections.abc import Callable, Sequence
from statistics import median_low

from common.errors import UserError
from hw.config import CoreConfig
from synth import opensta
from synth.mapped_core import TOP, added_units, mapped_cores
from synth.mapping import Flow
from synth.netlist import Netlist
from synth.reports import Report, about, report
from synth.timing import Path as TimingPath
from synth.timing import TimingGraph

_ESTIMATE = "estimate from the library's tables, cells without wires, ideal clock"


def compare(
    baseline: CoreConfig,
    extended: CoreConfig,
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
    orders: int = 1,
) -> Report:
    """Slack, frequency and longest path of both cores, by OpenSTA if it is installed and by our estimate.

    Of several ``orders`` of the same assignments the median counts, for each core by itself (the lower one of
    two). Raises ``UserError`` when the library has no times, a tool fails, or the cache cannot be written.
    """
    library = flow.library
    if not library.units or not library.has_delays or not flow.period:
        raise UserError(
            f"{library.source} has no times in ns; give a library that has, with --liberty or --pdk"
        )
    tools = [_ESTIMATE, *([opensta.version()] if opensta.command() else [])]

    def measure() -> dict:
        sides = list(zip(*mapped_cores((baseline, extended), flow, done, orders), strict=True))
        added = added_units(baseline, extended)
        areas = [[sum(core.netlist.areas().values()) for core in side] for side in sides]
        before, after = map(median_low, areas)
        return about(flow, {side[0].config.name: side[0].design for side in sides}) | {
            "config": [side[0].config.name for side in sides],
            "orders": orders,
            "ge": [round(before, 1), round(after, 1)],
            "ge_by_order": [[round(area, 1) for area in side] for side in areas],
            "overhead_percent": round(100 * (after / before - 1), 2),
            "analyses": _analyses(flow, [[core.netlist for core in side] for side in sides], added),
        }

    return report(flow, (baseline, extended, tools, orders), measure)


def _analyses(flow: Flow, sides: Sequence[Sequence[Netlist]], added: tuple[str, ...]) -> list[dict]:
    period = flow.period
    assert period is not None
    graphs = [[TimingGraph(netlist) for netlist in side] for side in sides]
    estimate = _analysis(_ESTIMATE, [[graph.longest() for graph in side] for side in graphs], flow)
    if not flow.flat:  # flat, no gate belongs to the unit any more
        estimate["through_unit"] = _figures(graphs[1][0].longest(added), flow)
    if not opensta.command():
        return [estimate]
    paths = [[opensta.longest(netlist, TOP, period) for netlist in side] for side in sides]
    return [_analysis(opensta.version(), paths, flow), estimate]


def _analysis(tool: str, sides: Sequence[Sequence[TimingPath | None]], flow: Flow) -> dict:
    baseline, extended = (_median([_figures(path, flow) for path in side]) for side in sides)
    return {
        "tool": tool,
        "baseline": baseline,
        "extended": extended,
        "path_ratio": round(extended["delay_ns"] / baseline["delay_ns"], 3),
        "f_max_ratio": round(baseline["delay_ns"] / extended["delay_ns"], 3),
    }


def _median(paths: Sequence[dict]) -> dict:
    """The path of the median delay, and the frequencies of all."""
    middle = sorted(paths, key=lambda path: path["delay_ns"])[(len(paths) - 1) // 2]
    return middle | {"f_max_mhz_by_order": [path["f_max_mhz"] for path in paths]}


def _figures(path: TimingPath | None, flow: Flow) -> dict:
    assert path is not None
    assert flow.period is not None
    delay = path.delay * flow.library.units["time"] / 1e-9
    return {
        "delay_ns": round(delay, 3),
        "slack_ns": round(flow.period - delay, 3),
        "f_max_mhz": round(1000 / delay, 1),
        "start": path.start,
        "end": path.end,
        "through": list(path.through),
        "gates": path.cells,
    }
