"""RV32I, XCVmem and XCVelw: loads and stores, plain, post-incrementing and register-register.

The event load is a load: without timing nothing can be seen of its sleep.
"""

from collections.abc import Callable

from sim.iss.bits import MASK
from sim.iss.bits import signed as sign_extend
from sim.iss.state import Operation, Site, State, destination


def _addressing(state: State, site: Site, register_offset: str) -> tuple[Callable[[], int], bool]:
    """The offset of an access, and whether it is added to rs1 only after it."""
    registers = state.registers
    post_increments = "rs1" in site.instruction.writes
    if "imm" in site.fields:
        imm = site.fields["imm"]
        return (lambda: imm), post_increments
    number = site.fields[register_offset]
    return (lambda: registers[number]), post_increments


def _load(size: int, *, signed: bool) -> Callable[[State, Site], Operation]:
    def bind(state: State, site: Site) -> Operation:
        registers, load = state.registers, state.memory.load
        rs1, rd = site.fields["rs1"], destination(site.fields["rd"])
        pointer = destination(rs1)
        offset, post_increments = _addressing(state, site, "rs2")

        def extended(address: int) -> int:
            value = load(address, size)
            return sign_extend(value, 8 * size) & MASK if signed else value

        def plain() -> None:
            registers[rd] = extended(registers[rs1] + offset() & MASK)

        def post_incrementing() -> None:
            value = extended(registers[rs1])
            registers[pointer] = registers[rs1] + offset() & MASK
            registers[rd] = value  # last: it wins over the pointer when rd is rs1

        return post_incrementing if post_increments else plain

    return bind


def _store(size: int) -> Callable[[State, Site], Operation]:
    def bind(state: State, site: Site) -> Operation:
        registers, store = state.registers, state.memory.store
        rs1, rs2 = site.fields["rs1"], site.fields["rs2"]
        pointer = destination(rs1)
        offset, post_increments = _addressing(state, site, "rs3")

        def plain() -> None:
            store(registers[rs1] + offset() & MASK, size, registers[rs2])

        def post_incrementing() -> None:
            store(registers[rs1], size, registers[rs2])  # the old rs2, also when it is rs1
            registers[pointer] = registers[rs1] + offset() & MASK

        return post_incrementing if post_increments else plain

    return bind


_ACCESSES = {
    "lb": _load(1, signed=True),
    "lh": _load(2, signed=True),
    "lw": _load(4, signed=False),
    "lbu": _load(1, signed=False),
    "lhu": _load(2, signed=False),
    "sb": _store(1),
    "sh": _store(2),
    "sw": _store(4),
}
ACTIONS = _ACCESSES | {f"cv.{name}": access for name, access in _ACCESSES.items()}
ACTIONS |= {"cv.elw": _ACCESSES["lw"]}
