"""XDecmac: products of an indexed word, their accumulators and requantization (docs/xdecmac.md)."""

from collections.abc import Callable

from hw.units.decimate.instructions import COUNTER
from hw.units.decmac.instructions import LANES
from hw.units.unit import Unit
from sim.iss.bits import MASK, join, signed
from sim.iss.state import Operation, Site, State, destination
from sim.iss.unit_model import UnitModel

_COUNTER = COUNTER.csr.name
#: Bits of an index by block size M.
_INDEX_BITS = {1: 0, 4: 2, 8: 4, 16: 4}


class Model(UnitModel):
    """The accumulators, and the instructions that multiply into them or scale them."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit)
        [state] = unit.state
        self._width = state.width
        self._accumulators = [0] * state.depth

    @property
    def actions(self) -> dict[str, Callable[[State, Site], Operation]]:
        products = {f"xdecmac.m{m}": self._multiply(m) for m in _INDEX_BITS}
        return products | {"xdecq": self._quantize}

    def read(self, name: str) -> int:
        return self._accumulators[0] & MASK

    def write(self, name: str, value: int) -> None:
        self._accumulators = [*self._accumulators[1:], signed(value, self._width)]

    def _multiply(self, m: int) -> Callable[[State, Site], Operation]:
        bits = _INDEX_BITS[m]

        def bind(state: State, site: Site) -> Operation:
            registers, load, csrs = state.registers, state.memory.load, state.csrs
            rs1, rs2, rs3 = site.fields["rs1"], site.fields["rs2"], site.fields["rs3"]

            def operation() -> None:
                counter = csrs.read(_COUNTER)
                number = counter >> 1
                index = registers[rs2] >> number * bits % 32 & (1 << bits) - 1
                word = load(registers[rs1] + 4 * (m * number + index) & MASK & ~3, 4)
                weight = signed(registers[rs3] >> 8 * (number & 3) & 0xFF, 8)
                totals = self._accumulators
                # Two banks take turns, one advances the counter by two.
                first = LANES * (counter & 1) if len(totals) > LANES else 0
                for lane in range(LANES):
                    product = weight * signed(word >> 8 * lane & 0xFF, 8)
                    totals[first + lane] = signed(totals[first + lane] + product, self._width)
                csrs.write(_COUNTER, counter + 2 * LANES // len(totals))

            return operation

        return bind

    def _quantize(self, state: State, site: Site) -> Operation:
        registers, csrs = state.registers, state.csrs
        rs1, rs2, rd = site.fields["rs1"], site.fields["rs2"], destination(site.fields["rd"])

        def operation() -> None:
            factor, shift, addend = registers[rs1] & 0xFFFF, registers[rs1] >> 16 & 0x1F, registers[rs2]
            scaled = [
                signed((total * factor >> 16) + addend, 32) >> shift for total in self._accumulators[:LANES]
            ]
            registers[rd] = join((max(-128, min(127, value)) for value in scaled), "b")
            self._accumulators = [*self._accumulators[LANES:], *[0] * LANES]
            csrs.write(_COUNTER, 0)

        return operation
