"""Frequency of a core with XDecimate against the core without, mapped for a clock period."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from hw import yosys
from hw.config import CoreConfig
from hw.errors import UserError
from hw.files import write_atomically
from hw.generate import core_verilog
from synth import opensta
from synth.area import TOP, UNIT, Report
from synth.mapping import Flow, map_designs
from synth.modules import design
from synth.netlist import Netlist
from synth.reports import report_key
from synth.timing import Path as TimingPath
from synth.timing import TimingGraph

_ESTIMATE = "estimate from the library's tables, cells without wires, ideal clock"


def compare(
    baseline: CoreConfig,
    extended: CoreConfig,
    flow: Flow,
    build: Path = Path("build"),
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> Report:
    """Slack, frequency and longest path of both cores, by OpenSTA if it is installed and by our estimate.

    Raises ``UserError`` when the library has no times, a tool fails, or ``build`` cannot be written.
    """
    library = flow.library
    if not library.units or not flow.period:
        raise UserError(f"{library.source} has no times in ns; give a library with --liberty or --pdk")
    tools = [_ESTIMATE, *([opensta.version()] if opensta.command() else [])]
    key = report_key(library, flow.flat, flow.period, baseline, extended, tools)
    kept = build / "synth" / f"timing.{key}.json"
    if kept.exists():
        return Report(json.loads(kept.read_text()), True)
    configs = (baseline, extended)
    designs = [design(core_verilog(config), TOP) for config in configs]
    folders = map_designs(designs, flow, build, done)
    netlists = [
        Netlist(folder / "netlist.json", TOP, library, top.submodules)
        for top, folder in zip(designs, folders, strict=True)
    ]
    graphs = [TimingGraph(netlist) for netlist in netlists]
    analyses = [_analysis(_ESTIMATE, [graph.longest() for graph in graphs], flow)]
    if not flow.flat:  # flat, no gate belongs to the unit any more
        analyses[0]["through_unit"] = _figures(graphs[1].longest(UNIT), flow)
    if opensta.command():
        paths = [opensta.longest(netlist, TOP, flow.period) for netlist in netlists]
        analyses.insert(0, _analysis(opensta.version(), paths, flow))
    areas = [sum(netlist.areas().values()) for netlist in netlists]
    figures = {
        "target": library.source,
        "library": library.name,
        "liberty_sha256": hashlib.sha256(library.text.encode()).hexdigest(),
        "corner": library.corner,
        "period_ns": flow.period,
        "hierarchy": "dissolved" if flow.flat else "kept",
        "tool": yosys.version(),
        "designs": [top.key for top in designs],
        "script": flow.script("MODULE").splitlines(),
        "constraints": flow.constraints().splitlines(),
        "config": [config.name for config in configs],
        "ge": [round(area, 1) for area in areas],
        "overhead_percent": round(100 * (areas[1] / areas[0] - 1), 2),
        "analyses": analyses,
    }
    write_atomically(kept, json.dumps(figures))
    return Report(figures, False)


def _analysis(tool: str, paths: Sequence[TimingPath | None], flow: Flow) -> dict:
    baseline, extended = (_figures(path, flow) for path in paths)
    return {
        "tool": tool,
        "baseline": baseline,
        "extended": extended,
        "path_ratio": round(extended["delay_ns"] / baseline["delay_ns"], 3),
        "f_max_ratio": round(baseline["delay_ns"] / extended["delay_ns"], 3),
    }


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
