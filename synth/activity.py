"""Switching activity of a mapped netlist, from the states that a simulation of it went through.

The simulator compiles the netlist without tracing and writes, cycle by cycle, inputs and flip-flops alone.
All other wires follow from these, so they are evaluated here, many cycles at once: a wire is an integer that
has a bit for each cycle.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import UserError
from synth.boolean_function import parse_function
from synth.netlist import Bit, Instance, Netlist

#: Cycles evaluated at once: 30,000 wires of this many bits take about 60 MB.
_WINDOW = 1 << 14


@dataclass(frozen=True)
class Activity:
    """Activity of a simulation: its clock cycles and the changes of each wire in them, without glitches."""

    cycles: int
    toggles: dict[Bit, int]


def recorded_inputs(netlist: Netlist) -> list[Bit]:
    """Inputs that a recording has, its first bits; the clock is not among them."""
    return sorted(netlist.port_bits("input") - set(netlist.clocks))


def recorded_states(netlist: Netlist) -> list[Instance]:
    """Flip-flops whose states follow them, in this order."""
    return [instance for instance in netlist.instances if instance.cell.clock]


def recorded_bits(netlist: Netlist) -> int:
    """Bits of a recording for each cycle, a multiple of 32: those that nothing is recorded in are 0."""
    return -(-(len(recorded_inputs(netlist)) + len(recorded_states(netlist))) // 32) * 32


def read_recording(netlist: Netlist, path: Path) -> Activity:
    """Changes of each wire of a netlist in a recording that ``functional_verilog`` made.

    Raises ``UserError`` when the states in it do not follow from each other by the netlist's gates.
    """
    width = recorded_bits(netlist) // 8
    content = np.fromfile(path, np.uint8)
    if content.size < 2 * width or content.size % width:
        raise UserError(f"{path} is not a recording of this netlist; simulate it with xdecimate energy")
    cycles = content.reshape(-1, width)
    toggles = dict.fromkeys(netlist.clocks, 2 * len(cycles))
    # Windows overlap by a cycle: what is counted are the steps between cycles.
    for start in range(0, len(cycles) - 1, _WINDOW - 1):
        window = cycles[start : start + _WINDOW]
        steps = (1 << len(window) - 1) - 1
        for bit, values in _values(netlist, window, steps, path):
            toggles[bit] = toggles.get(bit, 0) + ((values ^ values >> 1) & steps).bit_count()
    return Activity(len(cycles), toggles)


def _values(netlist: Netlist, window: np.ndarray, steps: int, path: Path) -> Iterator[tuple[Bit, int]]:
    """Each wire but the clocks with its values, bit i in cycle i of the window."""
    columns = np.packbits(np.unpackbits(window, axis=1, bitorder="little").T, axis=1, bitorder="little")
    recorded = iter(int.from_bytes(column.tobytes(), "little") for column in columns)
    values = {bit: next(recorded) for bit in recorded_inputs(netlist)}
    states = {instance.name: next(recorded) for instance in recorded_states(netlist)}

    def drive(instance: Instance) -> None:
        names = _pins(instance, values, states)
        for pin in instance.cell.outputs:
            if pin.name in instance.pins:
                values[instance.pins[pin.name]] = parse_function(pin.function).value(names)

    for instance in recorded_states(netlist):
        drive(instance)
    for instance in netlist.gates():
        drive(instance)
    for instance in recorded_states(netlist):
        following = parse_function(instance.cell.next_state).value(_pins(instance, values, states))
        if (following ^ states[instance.name] >> 1) & steps:
            raise UserError(f"{path} has states that this netlist does not reach; record it again")
    yield from values.items()


def _pins(instance: Instance, values: dict[Bit, int], states: dict[str, int]) -> dict[str, int]:
    """Values of a cell's pins, and of a flip-flop's state and its inverse."""
    cell = instance.cell
    names = {pin: values[bit] for pin, bit in instance.pins.items() if bit in values}
    names |= {pin: -value for pin, value in instance.constants.items()}
    if cell.clock:
        state = states[instance.name]
        names |= dict(zip(cell.states, (state, ~state), strict=False))
    return names
