"""Combinational paths from inputs to outputs of a design, found in Yosys's netlist."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from common.cache import kept_json
from common.workplace import workplace
from hw import yosys

#: Gates where Yosys has them; cells of arithmetic stay, and any input of one counts for any output.
_SCRIPT = """\
read_rtlil design.il
hierarchy -top {top}
proc
opt_clean
simplemap
opt_clean
write_json design.json
"""


def combinational_paths(rtlil: str, top: str) -> dict[str, list[str]]:
    """Outputs that each input reaches within a cycle, by the names of ports, inputs without any left out.

    A path is one of the structure: whether some values of other signals open it is not asked. The design is
    RTLIL, with its hierarchy; what a register or a memory holds begins and ends paths.
    """
    script = _SCRIPT.format(top=top)

    def measure() -> dict[str, list[str]]:
        with workplace() as folder:
            (folder / "design.il").write_text(rtlil)
            yosys.run_script(script, folder)
            return _paths_of_ports(json.loads((folder / "design.json").read_text())["modules"], top)

    return kept_json("paths", (rtlil, script, yosys.version(), Path(__file__).read_text()), measure)


def _paths_of_ports(modules: Mapping[str, Any], top: str) -> dict[str, list[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for (output, _), inputs in _Reach(modules).outputs_of(top).items():
        for name, _ in inputs:
            found[name].add(output)
    return {name: sorted(found[name]) for name in sorted(found)}


#: A bit of a port: its name, and the place in it.
_PortBit = tuple[str, int]


class _Reach:
    """Inputs that reach each output, module by module, so that what is instantiated twice is read once."""

    def __init__(self, modules: Mapping[str, Any]) -> None:
        self._modules = modules
        self.outputs_of = cache(self._outputs_of)

    def _outputs_of(self, name: str) -> dict[_PortBit, list[_PortBit]]:
        """Bits of inputs of a module, by the bits of outputs that they reach."""
        module = self._modules[name]
        inputs = [
            ((port, place), bit)
            for port, about in module["ports"].items()
            if about["direction"] == "input"
            for place, bit in enumerate(about["bits"])
        ]
        drivers = self._drivers(module)
        masks = {bit: 1 << number for number, (_, bit) in enumerate(inputs)}
        _propagate(drivers, masks)
        reached = {}
        for port, about in module["ports"].items():
            for place, bit in enumerate(about["bits"] if about["direction"] == "output" else ()):
                if mask := masks.get(bit, 0):
                    reached[port, place] = [inputs[number][0] for number in _ones(mask)]
        return reached

    def _drivers(self, module: Mapping[str, Any]) -> dict[int, set[int]]:
        """Wires that each wire follows from within a cycle."""
        drivers: dict[int, set[int]] = defaultdict(set)
        for cell in module["cells"].values():
            pins, directions = cell["connections"], cell["port_directions"]
            if cell["type"] in self._modules:
                for (port, place), inputs in self.outputs_of(cell["type"]).items():
                    drivers[pins[port][place]] |= _wires(pins[name][bit] for name, bit in inputs)
            elif not _holds(cell):
                sources = _wires(
                    bit for pin, bits in pins.items() if directions[pin] == "input" for bit in bits
                )
                for pin, bits in pins.items():
                    for bit in bits if directions[pin] == "output" else ():
                        drivers[bit] |= sources
        return drivers


def _wires(bits: Iterable[int | str]) -> set[int]:
    """Bits that are no constants."""
    return {bit for bit in bits if isinstance(bit, int)}


def _holds(cell: Mapping[str, Any]) -> bool:
    """True if a cell's outputs come from a register: a flip-flop, or a clocked read port of a memory."""
    kind = cell["type"]
    if kind.startswith("$memrd"):
        return int(cell["parameters"]["CLK_ENABLE"], 2) == 1
    return "dff" in kind.lower()


def _propagate(drivers: Mapping[int, set[int]], masks: dict[int, int]) -> None:
    """Add to ``masks``, which has those of inputs, the inputs that reach each driven wire."""
    order = _ordered(drivers)
    changed = True
    while changed:  # a second time only if cells of arithmetic, taken as a whole, close a loop
        changed = False
        for wire in order:
            mask = masks.get(wire, 0)
            for source in drivers[wire]:
                mask |= masks.get(source, 0)
            if mask != masks.get(wire, 0):
                masks[wire] = mask
                changed = True


def _ordered(drivers: Mapping[int, set[int]]) -> list[int]:
    """Driven wires, each after those that it follows from, unless they form a loop."""
    order: list[int] = []
    seen: set[int] = set()
    for start in drivers:
        waiting = [(start, False)]
        while waiting:
            wire, done = waiting.pop()
            if done:
                order.append(wire)
            elif wire not in seen:
                seen.add(wire)
                waiting.append((wire, True))
                waiting += [(source, False) for source in drivers[wire] if source in drivers]
    return order


def _ones(mask: int) -> Iterable[int]:
    """Places of the bits that are 1."""
    return (place for place, digit in enumerate(reversed(f"{mask:b}")) if digit == "1")
