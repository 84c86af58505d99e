"""XDecimate: unpack an index, load that byte into a lane, count (arXiv 2503.06183, section 4)."""

from collections.abc import Callable

from hw.units.decimate.instructions import COUNTER
from sim.iss.bits import MASK
from sim.iss.state import Operation, Site, State, destination
from sim.iss.unit_model import UnitModel

_COUNTER = COUNTER.csr.name
_COUNTER_MASK = (1 << COUNTER.width) - 1


class Model(UnitModel):
    """The counter, and the instructions that load by it."""

    @property
    def actions(self) -> dict[str, Callable[[State, Site], Operation]]:
        loads = {f"xdecimate.m{m}": self._load(m) for m in (4, 8, 16)}
        return loads | {"xdecimate.clear": self._clear}

    def _load(self, m: int) -> Callable[[State, Site], Operation]:
        index_bits = 2 if m == 4 else 4
        indices_per_word = 32 // index_bits
        values = self.values

        def bind(state: State, site: Site) -> Operation:
            registers, load = state.registers, state.memory.load
            rs1, rs2, rd = site.fields["rs1"], site.fields["rs2"], site.fields["rd"]
            target = destination(rd)

            def operation() -> None:
                counter = values[_COUNTER]
                index = registers[rs2] >> counter % indices_per_word * index_bits & (1 << index_bits) - 1
                block, lane = counter >> 1, counter >> 1 & 3
                byte = load(registers[rs1] + m * block + index & MASK, 1)
                registers[target] = registers[rd] & ~(0xFF << 8 * lane) | byte << 8 * lane
                values[_COUNTER] = counter + 1 & _COUNTER_MASK

            return operation

        return bind

    def _clear(self, state: State, site: Site) -> Operation:
        def operation() -> None:
            self.values[_COUNTER] = 0

        return operation
