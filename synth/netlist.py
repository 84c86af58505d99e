"""A mapped, flat netlist as a graph: areas by block, longest paths."""

import json
from collections import defaultdict, deque
from dataclasses import dataclass
from pathlib import Path

from synth.cells import AREAS, DELAYS, FLIP_FLOP_CLOCK_TO_Q, FLIP_FLOP_SETUP


@dataclass(frozen=True)
class Longest:
    """A longest path: its length in inverter delays, and where it starts and ends."""

    delay: float
    start: str
    end: str


class Netlist:
    """Cells of the embedded library in one module whose names keep the hierarchy (``alu.adder.…``)."""

    def __init__(self, path: Path, top: str) -> None:
        module = json.loads(path.read_text())["modules"][top]
        # flatten puts a prefix of its own before each level of the hierarchy, abc before its cells.
        self._cells: dict[str, dict] = {
            name.replace("$flatten\\", ""): cell for name, cell in module["cells"].items()
        }
        self._names = {
            bit: name
            for name, net in module["netnames"].items()
            if not net.get("hide_name")
            for bit in net["bits"]
        }
        # A path that ends at a flip-flop is known by the register that it sets.
        for cell in self._cells.values():
            if cell["type"] == "DFF":
                pins = cell["connections"]
                self._names[pins["D"][0]] = self._names.get(pins["Q"][0], "?")

    def blocks(self) -> dict[str, float]:
        """Area in GE by submodule of the top (its own cells as ``(glue)``), largest first."""
        areas: dict[str, float] = defaultdict(float)
        for name, cell in self._cells.items():
            block = name.partition(".")[0]
            areas["(glue)" if block.startswith("$") else block] += AREAS[cell["type"]]
        return dict(sorted(areas.items(), key=lambda item: -item[1]))

    def longest_path(self, through: str = "") -> Longest:
        """Longest path from a flip-flop or port to one, through a cell whose name starts with ``through``.

        Structural: false paths count.
        """
        gates = {name: cell for name, cell in self._cells.items() if cell["type"] != "DFF"}
        arrival: dict[int, float] = defaultdict(float)
        origin: dict[int, int] = {}
        departure: dict[int, float] = defaultdict(float)
        destination: dict[int, int] = {}
        for cell in self._cells.values():
            if cell["type"] == "DFF":
                arrival[cell["connections"]["Q"][0]] = FLIP_FLOP_CLOCK_TO_Q
                departure[cell["connections"]["D"][0]] = FLIP_FLOP_SETUP
        order = self._topological(gates)
        for name in order:
            output, inputs = self._pins(gates[name])
            worst = max(inputs, key=lambda bit: arrival[bit])
            arrival[output] = arrival[worst] + DELAYS[gates[name]["type"]]
            origin[output] = origin.get(worst, worst)
        for name in reversed(order):
            output, inputs = self._pins(gates[name])
            for bit in inputs:
                delay = departure[output] + DELAYS[gates[name]["type"]]
                if delay > departure[bit]:
                    departure[bit] = delay
                    destination[bit] = destination.get(output, output)
        outputs = [self._pins(cell)[0] for name, cell in gates.items() if name.startswith(through)]
        best = max(outputs, key=lambda bit: arrival[bit] + departure[bit])
        return Longest(
            round(arrival[best] + departure[best], 1),
            self._names.get(origin.get(best, best), "?"),
            self._names.get(destination.get(best, best), "?"),
        )

    @staticmethod
    def _pins(cell: dict) -> tuple[int, list[int]]:
        output = cell["connections"]["Y"][0]
        return output, [bits[0] for pin, bits in cell["connections"].items() if pin != "Y"]

    def _topological(self, gates: dict[str, dict]) -> list[str]:
        drivers = {self._pins(cell)[0]: name for name, cell in gates.items()}
        waiting = {}
        users: dict[str, list[str]] = defaultdict(list)
        for name, cell in gates.items():
            sources = {drivers[bit] for bit in self._pins(cell)[1] if bit in drivers}
            waiting[name] = len(sources)
            for source in sources:
                users[source].append(name)
        ready = deque(name for name, count in waiting.items() if not count)
        order = []
        while ready:
            name = ready.popleft()
            order.append(name)
            for user in users[name]:
                waiting[user] -= 1
                if not waiting[user]:
                    ready.append(user)
        if len(order) != len(gates):
            raise ValueError(f"the netlist has a combinational loop through {len(gates) - len(order)} cells")
        return order
