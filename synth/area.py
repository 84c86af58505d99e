"""Area and longest paths of a design with XDecimate against the design without."""

from collections.abc import Callable, Sequence

from hw.config import CoreConfig
from hw.decimate.unit import DecimateUnit
from hw.generate import component_verilog
from synth.canonical_modules import design
from synth.mapped_core import UNIT, MappedCore, mapped_cores
from synth.mapping import Flow, map_designs
from synth.netlist import Netlist
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
    """Of figures, what other orders of the assignments change."""
    names = ("baseline_ge", "extended_ge", "overhead_percent", "path_ratio")
    paths = {side: figures["paths"][side] for side in ("baseline", "extended")}
    delays = {f"{side}_delay": path["delay"] if path else None for side, path in paths.items()}
    return {name: figures[name] for name in names} | delays


#: What a gate of the unit works for, by the register or port that it ends at.
_PARTS = {
    "counter": ("counter", "csr_rdata"),
    "index and address": ("mem_addr", "mem_offset"),
    "merge and forwarding": ("held", "result_data", "hold_wdata"),
    "control": ("pending", "merge_lane", "mem_valid", "result_valid", "hold_we"),
}


def unit_variants(
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> Report:
    """The unit by itself: some block sizes or all, and an adder and a register of its own or the host's."""
    choices = [(sizes, own) for own in (False, True) for sizes in ((4, 8, 16), (8, 16))]
    lender = {False: "the host's", True: "own"}
    name = "xdecimate_unit"

    def measure() -> dict:
        designs = {
            f"M {' '.join(map(str, sizes))}, {lender[own]}": design(
                component_verilog(DecimateUnit(standalone=own, sizes=sizes), name), name
            )
            for sizes, own in choices
        }
        folders = map_designs(list(designs.values()), flow, done)
        netlists = [Netlist(folder / "netlist.json", name, flow.library) for folder in folders]
        rows = [
            {
                "m": list(sizes),
                "adder_and_register": lender[own],
                "ge": round(sum(netlist.areas().values()), 1),
                "flip_flops": netlist.flip_flops(),
                "parts": {part: round(area, 1) for part, area in netlist.parts(_PARTS).items()},
                "path": _path(TimingGraph(netlist).longest(), flow.library.units),
            }
            for (sizes, own), netlist in zip(choices, netlists, strict=True)
        ]
        return about(flow, designs) | {"rows": rows}

    return report(flow, (), measure)


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
    paths = {
        "unit": "ns, cells without wires" if library.units else "inverter delays",
        "baseline": _path(graphs[0].longest(), library.units),
        "extended": _path(graphs[1].longest(), library.units),
        "through_unit": _path(graphs[1].longest(UNIT), library.units),
    }
    figures = {
        **_totals([core.config.name for core in cores], [netlist.areas() for netlist in netlists]),
        "flip_flops": [netlist.flip_flops() for netlist in netlists],
        "paths": paths,
        "path_ratio": _ratio(paths["baseline"], paths["extended"]),
    }
    return figures | ({"blocks": []} if flow.flat else {})


def _ratio(baseline: dict | None, extended: dict | None) -> float | None:
    """Of longest paths; None where the library has no delays."""
    return round(extended["delay"] / baseline["delay"], 3) if baseline and extended else None


def _path(path: TimingPath | None, units: dict[str, float]) -> dict | None:
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
