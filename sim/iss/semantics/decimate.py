"""XDecimate: unpack an index, load that byte into a lane, count (arXiv 2503.06183, section 4)."""

from collections.abc import Callable

from sim.iss.bits import MASK
from sim.iss.state import Operation, Site, State, destination


def _decimate(m: int) -> Callable[[State, Site], Operation]:
    index_bits = 2 if m == 4 else 4
    indices_per_word = 32 // index_bits

    def bind(state: State, site: Site) -> Operation:
        registers, csrs, load = state.registers, state.csrs, state.memory.load
        rs1, rs2, rd = site.fields["rs1"], site.fields["rs2"], site.fields["rd"]
        target = destination(rd)

        def operation() -> None:
            counter = csrs.decimate
            index = registers[rs2] >> counter % indices_per_word * index_bits & (1 << index_bits) - 1
            block, lane = counter >> 1, counter >> 1 & 3
            byte = load(registers[rs1] + m * block + index & MASK, 1)
            registers[target] = registers[rd] & ~(0xFF << 8 * lane) | byte << 8 * lane
            csrs.decimate = counter + 1

        return operation

    return bind


def _clear(state: State, site: Site) -> Operation:
    csrs = state.csrs

    def operation() -> None:
        csrs.decimate = 0

    return operation


ACTIONS = {
    "xdecimate.m4": _decimate(4),
    "xdecimate.m8": _decimate(8),
    "xdecimate.m16": _decimate(16),
    "xdecimate.clear": _clear,
}
