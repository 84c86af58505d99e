"""Longest paths of a mapped netlist, from the library's delay tables: an estimate without wires.

Graph-based, as static timing analysis does it: per wire and direction the latest arrival and the slowest
transition, so paths that no input can sensitize count. The clock is ideal.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from synth.library import Arc, Table
from synth.netlist import Bit, Instance, Netlist

#: Directions of an input for a direction of the output, by the sense of the arc.
_CAUSES = {
    "positive_unate": {"rise": ("rise",), "fall": ("fall",)},
    "negative_unate": {"rise": ("fall",), "fall": ("rise",)},
    "non_unate": {"rise": ("rise", "fall"), "fall": ("rise", "fall")},
}
_ZERO = Table((0.0,), (0.0,), ((0.0,),))


class Node(NamedTuple):
    """A wire that moves in a direction."""

    bit: Bit
    direction: str


@dataclass(frozen=True)
class Path:
    """A longest path.

    Parameters
    ----------
    delay : float
        In the library's time unit, set-up of the flip-flop at its end included.
    start, end : str
        Register or port.
    through : tuple of str
        Submodules on the way, in order, ``(glue)`` where it is in the top itself.
    cells : int
        Gates on the way.
    """

    delay: float
    start: str
    end: str
    through: tuple[str, ...]
    cells: int


class TimingGraph:
    """Arrival and departure times of every wire of a netlist."""

    def __init__(self, netlist: Netlist) -> None:
        self._netlist = netlist
        self._arrival: dict[Node, float] = {}
        #: The slowest transition of each wire, by direction.
        self.slews: dict[Node, float] = {}
        self._origin: dict[Node, tuple[Node | None, Instance]] = {}
        self._departure: dict[Node, float] = {}
        self._destination: dict[Node, tuple[Node | None, Instance]] = {}
        self._ends: dict[Bit, str] = {}
        self._order = list(netlist.gates())
        self._forward()
        self._backward()

    def longest(self, blocks: Collection[str] | None = None) -> Path | None:
        """The longest path, or the longest through a gate of ``blocks``; None when there is none."""
        nodes = [
            Node(bit, direction)
            for instance in self._order
            if blocks is None or instance.block in blocks
            for _, bit in _outputs(instance)
            for direction in ("rise", "fall")
        ]
        reached = [node for node in nodes if node in self._arrival and node in self._departure]
        if not reached:
            return None
        worst = max(reached, key=lambda node: self._arrival[node] + self._departure[node])
        gates: list[Instance] = []
        node: Node | None = worst
        start = worst
        while node is not None and node in self._origin:
            node, instance = self._origin[node]
            if not instance.cell.clock:
                gates.insert(0, instance)
            start = node or start
        node = worst
        end = worst
        while node is not None and node in self._destination:
            node, instance = self._destination[node]
            if not instance.cell.clock:
                gates.append(instance)
            end = node or end
        names = self._netlist.names
        return Path(
            self._arrival[worst] + self._departure[worst],
            names.get(start.bit, "?"),
            self._ends.get(end.bit) or names.get(end.bit, "?"),
            submodules(gates),
            len(gates),
        )

    def _arcs(self, instance: Instance) -> Iterator[tuple[Bit, Arc, Bit]]:
        for name, output in _outputs(instance):
            for arc in instance.cell.pins[name].arcs:
                if arc.related in instance.pins:
                    yield instance.pins[arc.related], arc, output

    def _edges(self, instance: Instance) -> Iterator[tuple[Node, Node, float, float]]:
        """Edges of gates that the forward pass has reached: cause, effect, delay, effect's transition."""
        for source, arc, output in self._arcs(instance):
            load = self._netlist.loads[output]
            for direction, delay in arc.delay.items():
                for cause in _CAUSES[arc.sense][direction]:
                    before = Node(source, cause)
                    if before in self._arrival:
                        slew = self.slews[before]
                        transition = arc.transition.get(direction, _ZERO)(slew, load)
                        yield before, Node(output, direction), delay(slew, load), transition

    def _arrive(self, node: Node, time: float, slew: float, cause: Node | None, by: Instance | None) -> None:
        if time > self._arrival.get(node, -1.0):
            self._arrival[node] = time
            if by:
                self._origin[node] = cause, by
        self.slews[node] = max(slew, self.slews.get(node, 0.0))

    def _forward(self) -> None:
        for bit in self._netlist.port_bits("input"):
            for direction in ("rise", "fall"):
                self._arrive(Node(bit, direction), 0.0, 0.0, None, None)
        for instance in self._netlist.instances:
            if instance.cell.clock:
                for _, arc, output in self._arcs(instance):
                    for direction, delay in arc.delay.items():
                        load = self._netlist.loads[output]
                        transition = arc.transition.get(direction, _ZERO)(0.0, load)
                        self._arrive(Node(output, direction), delay(0.0, load), transition, None, instance)
        for instance in self._order:
            for before, after, delay, transition in self._edges(instance):
                self._arrive(after, self._arrival[before] + delay, transition, before, instance)

    def _backward(self) -> None:
        for bit in self._netlist.port_bits("output"):
            for direction in ("rise", "fall"):
                self._departure[Node(bit, direction)] = 0.0
        for instance in self._netlist.instances:
            if not instance.cell.clock:
                continue
            register = self._netlist.register(instance)
            for pin, bit in instance.pins.items():
                for direction, setup in instance.cell.pins[pin].setup.items():
                    node = Node(bit, direction)
                    time = setup(self.slews.get(node, 0.0), 0.0)
                    if time >= self._departure.get(node, 0.0):
                        self._departure[node] = time
                        # A path that ends at a flip-flop is known by the register that it sets.
                        self._ends[bit] = register
        for instance in reversed(self._order):
            for before, after, delay, _ in self._edges(instance):
                if after in self._departure:
                    time = delay + self._departure[after]
                    if time > self._departure.get(before, -1.0):
                        self._departure[before] = time
                        self._destination[before] = after, instance


def _outputs(instance: Instance) -> Iterator[tuple[str, Bit]]:
    for pin in instance.cell.outputs:
        if pin.name in instance.pins:
            yield pin.name, instance.pins[pin.name]


def submodules(gates: Sequence[Instance]) -> tuple[str, ...]:
    """Submodules of these gates, in order, without immediate repetitions."""
    modules = [gate.module for gate in gates]
    return tuple(module for i, module in enumerate(modules) if not i or module != modules[i - 1])
