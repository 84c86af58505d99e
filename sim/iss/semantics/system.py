"""System instructions, CSR accesses and fences."""

from collections.abc import Callable

from sim.iss.bits import MASK
from sim.iss.state import Operation, Site, State, destination
from sim.iss.traps import Cause, Trap


def _ecall(state: State, site: Site) -> Operation:
    def operation() -> None:
        raise Trap(Cause.ECALL)

    return operation


def _ebreak(state: State, site: Site) -> Operation:
    def operation() -> None:
        raise Trap(Cause.BREAKPOINT, site.pc)

    return operation


def _mret(state: State, site: Site) -> Operation:
    return state.csrs.leave_trap


def _wfi(state: State, site: Site) -> Operation:
    def operation() -> None:
        state.waiting = True

    return operation


def _fence(state: State, site: Site) -> Operation:
    """Orders nothing here: accesses take effect one after another."""
    return lambda: None


def _fence_i(state: State, site: Site) -> Operation:
    return state.code.clear


def _csr(combine: Callable[[int, int], int], *, always_writes: bool) -> Callable[[State, Site], Operation]:
    def bind(state: State, site: Site) -> Operation:
        registers, csrs, fields = state.registers, state.csrs, site.fields
        rd = destination(fields["rd"])
        counts = {"lpcount0": 0, "lpcount1": 1}
        # Set and clear do not write, and so are fine on read-only registers, when rs1 is x0 or uimm is 0.
        writes = always_writes or fields.get("rs1", 0) != 0 or fields.get("uimm", 0) != 0

        def operation() -> None:
            name = csrs.access(fields["csr"], site.word, writes=writes)
            old = csrs.read(name)
            if old and name in counts and csrs.lpend[counts[name]] == site.following:
                old -= 1  # the last instruction of a body sees its own iteration counted
            if writes:
                operand = fields["uimm"] if "uimm" in fields else registers[fields["rs1"]]
                csrs.write(name, combine(old, operand))
            registers[rd] = old

        return operation

    return bind


_WRITE = _csr(lambda old, operand: operand, always_writes=True)
_SET = _csr(lambda old, operand: old | operand, always_writes=False)
_CLEAR = _csr(lambda old, operand: old & ~operand & MASK, always_writes=False)

ACTIONS = {
    "ecall": _ecall,
    "ebreak": _ebreak,
    "mret": _mret,
    "wfi": _wfi,
    "fence": _fence,
    "fence.i": _fence_i,
    "csrrw": _WRITE,
    "csrrwi": _WRITE,
    "csrrs": _SET,
    "csrrsi": _SET,
    "csrrc": _CLEAR,
    "csrrci": _CLEAR,
}
