"""RV32I and XCVbi: jumps, branches and auipc."""

from collections.abc import Callable

from sim.iss.bits import MASK, signed
from sim.iss.state import Operation, Site, State, destination
from sim.iss.traps import Cause, Trap


def _checked(target: int, alignment: int) -> int:
    """A target that a jump may go to: a multiple of 4, or of 2 with compressed instructions."""
    if target & alignment - 1:
        raise Trap(Cause.INSTRUCTION_MISALIGNED, target)
    return target


def _auipc(state: State, site: Site) -> Operation:
    registers, rd = state.registers, destination(site.fields["rd"])
    value = site.pc + site.fields["imm"] & MASK

    def operation() -> None:
        registers[rd] = value

    return operation


def _jal(state: State, site: Site) -> Operation:
    registers, rd = state.registers, destination(site.fields["rd"])
    target, link = site.pc + site.fields["imm"] & MASK, site.following
    alignment = state.alignment

    def operation() -> int:
        _checked(target, alignment)
        registers[rd] = link
        return target

    return operation


def _jalr(state: State, site: Site) -> Operation:
    registers, rd = state.registers, destination(site.fields["rd"])
    rs1, imm, link = site.fields["rs1"], site.fields["imm"], site.following
    alignment = state.alignment

    def operation() -> int:
        target = _checked(registers[rs1] + imm & MASK & ~1, alignment)
        registers[rd] = link
        return target

    return operation


def _branch(taken: Callable[[int, int], bool]) -> Callable[[State, Site], Operation]:
    def bind(state: State, site: Site) -> Operation:
        registers, rs1, rs2 = state.registers, site.fields["rs1"], site.fields["rs2"]
        target = site.pc + site.fields["imm"] & MASK
        alignment = state.alignment

        def operation() -> int | None:
            return _checked(target, alignment) if taken(registers[rs1], registers[rs2]) else None

        return operation

    return bind


def _branch_immediate(taken: Callable[[int, int], bool]) -> Callable[[State, Site], Operation]:
    def bind(state: State, site: Site) -> Operation:
        registers, rs1, value = state.registers, site.fields["rs1"], site.fields["imm5"] & MASK
        target = site.pc + site.fields["imm"] & MASK
        alignment = state.alignment

        def operation() -> int | None:
            return _checked(target, alignment) if taken(registers[rs1], value) else None

        return operation

    return bind


ACTIONS = {
    "auipc": _auipc,
    "jal": _jal,
    "jalr": _jalr,
    "beq": _branch(lambda a, b: a == b),
    "bne": _branch(lambda a, b: a != b),
    "blt": _branch(lambda a, b: signed(a) < signed(b)),
    "bge": _branch(lambda a, b: signed(a) >= signed(b)),
    "bltu": _branch(lambda a, b: a < b),
    "bgeu": _branch(lambda a, b: a >= b),
    "cv.beqimm": _branch_immediate(lambda a, b: a == b),
    "cv.bneimm": _branch_immediate(lambda a, b: a != b),
}
