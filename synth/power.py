"""Energy of a simulated netlist, from its activity and the library's tables: an estimate.

In it: charging the pins on each wire (C V**2 / 2 for each change), the internal energy of cells as their
outputs and, where the library has it, their inputs move, the clock pins of the flip-flops, and leakage. Not
in it: wires, the clock tree, glitches (the simulation has no delays), memories. The flow gates no clocks, so
every flip-flop takes clock energy in every cycle.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain

from common.errors import UserError
from synth.activity import Activity
from synth.library import Library, Pin, Table
from synth.netlist import Bit, Instance, Netlist
from synth.timing import Node, TimingGraph

KINDS = ("clock", "registers", "logic", "wires", "leakage")


@dataclass(frozen=True)
class Energy:
    """Joules over the time simulated.

    Parameters
    ----------
    kinds : dict of str to float
        By ``KINDS``: clock pins of flip-flops and what drives them; flip-flops' outputs and data pins; gates;
        pins on all other wires; leakage.
    blocks : dict of str to float
        The same sum by submodule of the top, the largest first; a wire belongs to the cell that drives it.
    """

    kinds: dict[str, float]
    blocks: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.kinds.values())


def check_energies(library: Library) -> None:
    """Raise ``UserError`` unless the library has energies."""
    tables = chain.from_iterable(
        tables
        for cell in library.cells.values()
        for pin in cell.pins.values()
        for tables in pin.energy.values()
    )
    if not library.units or not any(True for _ in tables):
        raise UserError(f"{library.source} has no energies (internal_power); give a library that has them")


class PowerModel:
    """A netlist's cells with their energies per change of each pin."""

    def __init__(self, netlist: Netlist) -> None:
        self._netlist = netlist
        self._slews = TimingGraph(netlist).slews

    def energy(self, activity: Activity, period: float) -> Energy:
        """Energy of what a simulation did, with a clock period in seconds."""
        netlist, units = self._netlist, self._netlist.library.units
        toggles, seconds = activity.toggles, activity.cycles * period
        joule = units["capacitance"]  # internal energies are in capacitance times volt squared
        swing = units["capacitance"] * units["voltage"] ** 2 / 2
        kinds: dict[str, float] = dict.fromkeys(KINDS, 0.0)
        blocks: dict[str, float] = defaultdict(float)

        def add(kind: str, block: str, amount: float) -> None:
            kinds[kind] += amount
            blocks[block] += amount

        for bit in netlist.clocks:
            add("clock", "(clock wires)", swing * netlist.loads[bit] * toggles.get(bit, 0))
        for instance in netlist.instances:
            cell = instance.cell
            for name, bit in instance.pins.items():
                pin, count = cell.pins[name], toggles.get(bit, 0)
                if not count:
                    continue
                kind = "clock" if name == cell.clock else "registers" if cell.clock else "logic"
                add(kind, instance.block, joule * count * self._internal(instance, pin, bit))
                if pin.is_output:
                    add("wires", instance.block, swing * netlist.loads[bit] * count)
            add("leakage", instance.block, units["leakage"] * cell.leakage * seconds)
        return Energy(kinds, dict(sorted(blocks.items(), key=lambda item: -item[1])))

    def _internal(self, instance: Instance, pin: Pin, bit: Bit) -> float:
        """Mean of a rise and a fall of this pin; over the conditions, where the library tells some apart."""
        load = self._netlist.loads[bit] if pin.is_output else 0.0
        cause = next((arc.related for arc in pin.arcs), "") if pin.is_output else pin.name
        source = instance.pins.get(cause, bit)
        means = []
        for direction, tables in pin.energy.items():
            slew = self._slews.get(Node(source, direction), 0.0)
            values = [_within(table, slew, load) for table in tables]
            means.append(sum(values) / len(values) if values else 0.0)
        return sum(means) / len(means)


def _within(table: Table, slew: float, load: float) -> float:
    """The table's value; beyond its last points, which unbuffered wires are, that of the last."""
    return table(min(slew, table.slews[-1]), min(load, table.loads[-1]))
