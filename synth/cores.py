"""Cores mapped onto a library."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hw.config import CoreConfig
from hw.generate import core_verilog
from synth.mapping import Flow, map_designs
from synth.modules import Module, design
from synth.netlist import Netlist

TOP = "core"
UNIT = "decimate"


@dataclass(frozen=True)
class MappedCore:
    """A configuration's Verilog as what was mapped, and the netlist."""

    config: CoreConfig
    design: Module
    netlist: Netlist


def mapped_cores(
    configs: Sequence[CoreConfig],
    flow: Flow,
    build: Path,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> list[MappedCore]:
    """Cores mapped with one flow; parameters and errors are ``map_designs``'."""
    designs = [design(core_verilog(config), TOP) for config in configs]
    return [
        MappedCore(config, top, Netlist(folder / "netlist.json", TOP, flow.library, top.submodules))
        for config, top, folder in zip(configs, designs, map_designs(designs, flow, build, done), strict=True)
    ]
