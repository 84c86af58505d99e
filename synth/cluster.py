"""Area of a cluster by block, with cores that have XDecimate and with cores that have not.

Memories are left out: L1 is outside the module anyway, the stores of the instruction caches become empty
modules. What is counted are gates and flip-flops; the bits of the memories stand beside them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from common.errors import UserError
from hw.cluster.cluster import ELEMENT
from hw.cluster.config import ClusterConfig
from hw.cluster.ports import LINE_BYTES
from hw.cluster.sram import SUFFIX
from hw.config import CoreConfig
from hw.generate import cluster_verilog
from synth.canonical_modules import Module, design
from synth.mapping import Flow, map_designs
from synth.netlist import Netlist
from synth.reports import Report, about, report

TOP = "cluster"
_MODULE = re.compile(r"^(module (\S+)\s*\(.*?\);)(.*?)^endmodule$", re.S | re.M)
_PORT = re.compile(r"^  (input|output) (\[\d+:0\] )?(\\\S+ |\w+) *;$", re.M)


def emptied(verilog: str, left_out: Callable[[str], bool]) -> str:
    """The same Verilog, where modules that are left out by name have ports and nothing else.

    What drives their inputs stays: without the attribute it would count as unused.
    """

    def empty(match: re.Match[str]) -> str:
        header, name, body = match.groups()
        if not left_out(name):
            return match[0]
        ports = list(_PORT.finditer(body))
        lines = ["  (* keep *)\n" * (port[1] == "input") + port[0] for port in ports]
        lines += [f"  assign {port[3]} = 0;" for port in ports if port[1] == "output"]
        return "\n".join([header, *lines, "endmodule"])

    return _MODULE.sub(empty, verilog)


def memory_bits(config: ClusterConfig) -> dict[str, int]:
    """Bits of the memories that are left out, tags beside the lines not counted."""
    return {
        "L1": 8 * config.l1_bytes,
        "instruction cache": 8 * config.instruction_bytes,
        "fetch buffers": 8 * LINE_BYTES * config.fetch_lines * config.cores,
    }


def cluster_areas(
    configs: Sequence[ClusterConfig],
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> tuple[dict[str, Module], dict[str, float], list[dict[str, float]]]:
    """Mapped designs by name, and GE by block, of clusters that differ in their cores alone.

    The GE are those of what the cores share, and for each cluster those of one core with its part of the
    cluster.
    """
    texts = [emptied(cluster_verilog(each), lambda name: name.endswith(SUFFIX)) for each in configs]
    empty = emptied(texts[0], lambda name: name == ELEMENT)
    designs = {"cluster without cores": design(empty, TOP)} | {
        f"{ELEMENT}, {each.core.name}": design(text, ELEMENT)
        for each, text in zip(configs, texts, strict=True)
    }
    folders = map_designs(list(designs.values()), flow, done)
    shared, *elements = [
        Netlist(folder / "netlist.json", top.name, flow.library).areas()
        for folder, top in zip(folders, designs.values(), strict=True)
    ]
    return designs, shared, elements


def compare_clusters(
    config: ClusterConfig,
    baseline: CoreConfig,
    extended: CoreConfig,
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> Report:
    """Two clusters side by side: GE by block and in all. A core is mapped once and counted for each.

    Raises ``UserError`` when the hierarchy is to be flattened, Yosys fails or the cache cannot be written.
    """
    if flow.flat:
        # The constants that stand for what is left out would spread, and take gates with them.
        raise UserError("the area of a cluster needs its hierarchy; leave out flat")
    configs = [replace(config, core=core) for core in (baseline, extended)]

    def measure() -> dict:
        designs, shared, elements = cluster_areas(configs, flow, done)
        return {
            **about(flow, designs),
            "cores": config.cores,
            "config": [baseline.name, extended.name],
            **_figures(config, shared, elements),
        }

    return report(flow, configs, measure)


def _figures(config: ClusterConfig, shared: dict[str, float], elements: list[dict[str, float]]) -> dict:
    """Areas of what the cores share, and of what there is of each core, without and with."""
    sides = [{f"{name}, each core": area for name, area in element.items()} for element in elements]
    totals = [sum(shared.values()) + config.cores * sum(side.values()) for side in sides]
    return {
        "baseline_ge": round(totals[0], 1),
        "extended_ge": round(totals[1], 1),
        "overhead_ge": round(totals[1] - totals[0], 1),
        "overhead_percent": round(100 * (totals[1] / totals[0] - 1), 2),
        "memory_bits": memory_bits(config),
        "blocks": [
            {"block": name, "count": config.cores if side else 1, **_sides(name, before, after)}
            for side, (before, after) in enumerate(((shared, shared), (sides[0], sides[1])))
            for name in after
        ],
    }


def _sides(name: str, before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {"baseline_ge": round(before.get(name, 0.0), 1), "extended_ge": round(after[name], 1)}
