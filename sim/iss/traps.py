"""Exceptions and interrupts: causes and what goes to mtval."""

from enum import IntEnum

INTERRUPT = 1 << 31


class Cause(IntEnum):
    """Values of mcause for exceptions (privileged manual, table of mcause)."""

    INSTRUCTION_MISALIGNED = 0
    INSTRUCTION_ACCESS = 1
    ILLEGAL_INSTRUCTION = 2
    BREAKPOINT = 3
    LOAD_ACCESS = 5
    STORE_ACCESS = 7
    ECALL = 11


class Interrupt(IntEnum):
    """Bit numbers in mip and mie, highest priority first."""

    EXTERNAL = 11
    SOFTWARE = 3
    TIMER = 7


class Trap(Exception):  # noqa: N818 - the architecture's word
    """Raised by an instruction that must not take effect.

    Parameters
    ----------
    cause : int
        What mcause will read; interrupts have bit 31 set.
    value : int
        What mtval will read: the faulting address, the illegal word, the pc of an ebreak, else 0.
    """

    def __init__(self, cause: int, value: int = 0) -> None:
        super().__init__(f"cause {cause:#x}, value {value:#010x}")
        self.cause = cause
        self.value = value
