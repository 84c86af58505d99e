"""Cores mapped onto a library."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hw.config import CoreConfig
from hw.generate import core_verilog
from synth.canonical_modules import Module, design, reordered
from synth.mapping import Flow, map_designs
from synth.netlist import Netlist

TOP = "core"


def added_units(baseline: CoreConfig, extended: CoreConfig) -> tuple[str, ...]:
    """Submodules of the extension units that only the second core has."""
    return tuple(unit.name for unit in extended.units if unit not in baseline.units)


@dataclass(frozen=True)
class MappedCore:
    """A configuration's Verilog as what was mapped, and the netlist."""

    config: CoreConfig
    design: Module
    netlist: Netlist


def mapped_cores(
    configs: Sequence[CoreConfig],
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
    orders: int = 1,
) -> list[list[MappedCore]]:
    """Cores mapped with one flow: for each of ``orders`` orders of their assignments, all of them.

    The other parameters and errors are ``map_designs``'.
    """
    texts = {config: core_verilog(config) for config in configs}
    chosen = [(config, order) for order in range(orders) for config in configs]
    designs = [design(reordered(texts[config], order), TOP) for config, order in chosen]
    folders = map_designs(designs, flow, done)
    cores = [
        MappedCore(config, top, Netlist(folder / "netlist.json", TOP, flow.library, top.submodules))
        for (config, _), top, folder in zip(chosen, designs, folders, strict=True)
    ]
    return [cores[first : first + len(configs)] for first in range(0, len(cores), len(configs))]
