"""A mapped, flat netlist as a graph of cells whose names keep the hierarchy (``alu.adder.…``)."""

import json
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from synth.library import Cell, Library

#: A wire, as Yosys numbers it.
Bit = int


@dataclass(frozen=True)
class Instance:
    """A cell in the netlist; pins that are constant are apart, undefined ones as 0."""

    name: str
    cell: Cell
    pins: dict[str, Bit]
    constants: dict[str, int]

    @property
    def block(self) -> str:
        """Submodule of the top that it belongs to; ``(glue)`` for the top's own."""
        first = self.name.partition(".")[0]
        return "(glue)" if first.startswith("$") else first

    @property
    def module(self) -> str:
        """The submodule, with those that contain it, as deep as it goes."""
        path = self.name.partition("$")[0].rstrip(".")
        return path or "(glue)"


class Netlist:
    """The module ``top`` of Yosys's JSON, on the cells of ``library``.

    ``submodules`` are what it had before the hierarchy was flattened, where cells no longer tell.
    """

    def __init__(self, path: Path, top: str, library: Library, submodules: Collection[str] = ()) -> None:
        module = json.loads(path.read_text())["modules"][top]
        self.library = library
        self._submodules = frozenset(submodules)
        self.instances: list[Instance] = []
        for name, cell in module["cells"].items():
            # flatten puts a prefix of its own before each level of the hierarchy, abc before its cells.
            pins = {pin: bits[0] for pin, bits in cell["connections"].items() if bits}
            self.instances.append(
                Instance(
                    name.replace("$flatten\\", "").replace("\\", ""),
                    library.cells[cell["type"]],
                    {pin: bit for pin, bit in pins.items() if isinstance(bit, int)},
                    {pin: int(bit == "1") for pin, bit in pins.items() if isinstance(bit, str)},
                )
            )
        #: Direction and bits of each port; bits that are constant as Yosys writes them.
        self.ports: dict[str, tuple[str, list[Bit | str]]] = {
            name: (port["direction"], port["bits"]) for name, port in module["ports"].items()
        }
        self._nets = module["netnames"]

    def port_bits(self, direction: str) -> set[Bit]:
        """Wires of all inputs or outputs."""
        return {
            bit
            for kind, bits in self.ports.values()
            if kind == direction
            for bit in bits
            if isinstance(bit, int)
        }

    @cached_property
    def clocks(self) -> tuple[Bit, ...]:
        """Wires at the clock pins of flip-flops."""
        pins = {
            instance.pins[instance.cell.clock]: None
            for instance in self.instances
            if instance.cell.clock in instance.pins
        }
        return tuple(pins)

    def areas(self) -> dict[str, float]:
        """Area in GE by block, largest first."""
        areas: dict[str, float] = defaultdict(float)
        for instance in self.instances:
            areas[instance.block] += instance.cell.area / self.library.nand2.area
        return dict(sorted(areas.items(), key=lambda item: -item[1]))

    def flip_flops(self) -> int:
        """Number of flip-flops."""
        return sum(bool(instance.cell.clock) for instance in self.instances)

    @cached_property
    def names(self) -> dict[Bit, str]:
        """Name of each wire: the shortest one outside the submodules, with the position in a vector."""
        blocks = self._submodules | {instance.block for instance in self.instances}
        best: dict[Bit, tuple[tuple, str]] = {}
        for name, net in self._nets.items():
            # Names that Yosys or Amaranth made up have no meaning for a reader.
            if net.get("hide_name") or "$" in name:
                continue
            rank = (name.partition(".")[0] in blocks, len(net["bits"]), len(name), name)
            for place, bit in enumerate(net["bits"]):
                if bit not in best or rank < best[bit][0]:
                    best[bit] = rank, f"{name}[{place}]" if len(net["bits"]) > 1 else name
        return {bit: name for bit, (_, name) in best.items()}

    def register(self, flip_flop: Instance) -> str:
        """Name of the register that a flip-flop belongs to."""
        outputs = [flip_flop.pins[pin.name] for pin in flip_flop.cell.outputs if pin.name in flip_flop.pins]
        return next((self.names[bit] for bit in outputs if bit in self.names), "?")

    def parts(self, ends: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
        """Area in GE by what gates work for: ``ends`` has the registers and output ports of each part.

        Gates that work for several parts are ``shared``.
        """
        labels: dict[Bit, set[str]] = defaultdict(set)

        def label(name: str) -> set[str]:
            stem = name.partition("[")[0]
            return {part for part, names in ends.items() if stem in names}

        for name, (direction, bits) in self.ports.items():
            for bit in bits if direction == "output" else ():
                if isinstance(bit, int):
                    labels[bit] |= label(name)
        areas: dict[str, float] = dict.fromkeys((*ends, "shared"), 0.0)

        def account(instance: Instance, found: set[str]) -> None:
            part = next(iter(found)) if len(found) == 1 else "shared"
            areas[part] += instance.cell.area / self.library.nand2.area
            for pin, bit in instance.pins.items():
                if not instance.cell.pins[pin].is_output and pin != instance.cell.clock:
                    labels[bit] |= found

        for instance in self.instances:
            if instance.cell.clock:
                account(instance, label(self.register(instance)))
        for instance in reversed(list(self.gates())):
            found = {part for pin in instance.cell.outputs for part in labels[instance.pins[pin.name]]}
            account(instance, found)
        return areas

    @cached_property
    def sinks(self) -> dict[Bit, list[tuple[Instance, str]]]:
        """Input pins on each wire."""
        sinks: dict[Bit, list[tuple[Instance, str]]] = defaultdict(list)
        for instance in self.instances:
            for pin, bit in instance.pins.items():
                if not instance.cell.pins[pin].is_output:
                    sinks[bit].append((instance, pin))
        return sinks

    @cached_property
    def loads(self) -> dict[Bit, float]:
        """Capacitance of the pins on each wire, in the library's unit; wires themselves have none."""
        loads: dict[Bit, float] = defaultdict(float)
        for bit, pins in self.sinks.items():
            loads[bit] = sum(instance.cell.pins[pin].capacitance for instance, pin in pins)
        return loads

    def gates(self) -> Iterator[Instance]:
        """Cells without state, drivers before what they drive."""
        drivers = {
            instance.pins[pin.name]: index
            for index, instance in enumerate(self.instances)
            if not instance.cell.clock
            for pin in instance.cell.outputs
            if pin.name in instance.pins
        }
        waiting: dict[int, int] = {}
        users: dict[int, list[int]] = defaultdict(list)
        for index, instance in enumerate(self.instances):
            if instance.cell.clock:
                continue
            sources = {
                drivers[bit]
                for pin, bit in instance.pins.items()
                if not instance.cell.pins[pin].is_output and bit in drivers
            }
            waiting[index] = len(sources)
            for source in sources:
                users[source].append(index)
        ready = deque(index for index, count in waiting.items() if not count)
        seen = 0
        while ready:
            index = ready.popleft()
            seen += 1
            yield self.instances[index]
            for user in users[index]:
                waiting[user] -= 1
                if not waiting[user]:
                    ready.append(user)
        if seen != len(waiting):
            raise ValueError(f"the netlist has a combinational loop through {len(waiting) - seen} cells")
