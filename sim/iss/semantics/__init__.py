"""Actions of instructions by mnemonic, one file per extension; ``sim.iss.units`` has those of units.

``VALUES`` of a file holds functions that compute the value of rd from those of the operands, in the
assembler's order: registers as words, immediates as the encoding extends them, and the old rd first where
the instruction reads it.

``ACTIONS`` holds what does more than that: functions of the machine's state and the instruction's site that
return its operation. An operation that raises ``Trap`` has changed nothing.
"""

from collections.abc import Callable

from sim.iss.semantics import (
    alu,
    bitmanip,
    complex,
    control,
    hwloop,
    integer,
    mac,
    memory,
    multiply,
    shuffle,
    simd,
    system,
)
from sim.iss.state import Operation, Site, State

VALUES: dict[str, Callable[..., int]] = {
    **integer.VALUES,
    **multiply.VALUES,
    **alu.VALUES,
    **bitmanip.VALUES,
    **mac.VALUES,
    **simd.VALUES,
    **shuffle.VALUES,
    **complex.VALUES,
}
ACTIONS: dict[str, Callable[[State, Site], Operation]] = {
    **control.ACTIONS,
    **memory.ACTIONS,
    **system.ACTIONS,
    **hwloop.ACTIONS,
}
