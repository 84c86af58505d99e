"""One row of the instruction table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from hw.isa.encoding import Encoded

REGISTER_FIELDS = ("rd", "rs1", "rs2", "rs3")


class Cycles(StrEnum):
    """Cycle class: what an instruction costs with zero-wait-state memory."""

    SINGLE = "single"
    MULH = "mulh"
    DIVIDE = "divide"
    LOAD = "load"
    STORE = "store"
    EVENT = "event"
    JUMP = "jump"
    JUMP_REGISTER = "jump_register"
    BRANCH = "branch"
    CSR = "csr"
    FENCE = "fence"
    TRAP = "trap"


#: Clock cycles by class (CV32E40P's figures).
CYCLE_FIGURES = {
    Cycles.SINGLE: "1; the next instruction can use the result",
    Cycles.MULH: "5",
    Cycles.DIVIDE: "3 to 35, by the leading zeros of the divisor",
    Cycles.LOAD: "1, one more if the next instruction uses the data, 2 in all if it crosses a word",
    Cycles.STORE: "1, 2 if it crosses a word",
    Cycles.EVENT: "4, one more if rd is rs1 and not x0, and as many as memory lets it wait",
    Cycles.JUMP: "2",
    Cycles.JUMP_REGISTER: "2, one more if rs1 was just computed, two more if it was just loaded",
    Cycles.BRANCH: "1 not taken, 3 taken",
    Cycles.CSR: "1, 4 for counters and trap registers",
    Cycles.FENCE: "4",
    Cycles.TRAP: "drains the pipeline",
}


@dataclass(frozen=True)
class Instruction(Encoded):
    """One instruction of the table.

    Parameters
    ----------
    mnemonic : str
        As clang and GNU as write it.
    extension : str
        Name of the extension in ``hw.isa.table``.
    encoding : str
        32 bits, in the notation of ``hw.isa.encoding``.
    operands : str
        Assembly operands with the encoding's field names.
    operation : str
        ``unit.operation``, what the decoder makes of it.
    cycles : Cycles
        Cycle class.
    """

    WIDTH = 32

    mnemonic: str
    extension: str
    encoding: str
    operands: str
    operation: str
    cycles: Cycles

    @property
    def pattern(self) -> str:
        """The encoding as 32 characters of 0, 1 and -, as Amaranth's ``Case`` takes it."""
        return "".join(
            "01"[self.match >> bit & 1] if self.mask >> bit & 1 else "-" for bit in range(31, -1, -1)
        )

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Register fields that are sources; ``rd`` among them is the third read port."""
        tokens = self.encoding.split()
        return tuple(f for f in ("rs1", "rs2", "rs3") if f in self.fields) + ("rd",) * ("rd+" in tokens)

    @cached_property
    def writes(self) -> tuple[str, ...]:
        """Register fields that are destinations."""
        return ("rd",) * ("rd" in self.fields) + ("rs1",) * ("rs1+" in self.encoding.split())

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Fields that the operation takes, as the assembler orders them; the old rd first if it is read."""
        names = re.findall(r"\w+", self.operands)
        return tuple(name for name in names if name != "rd" or "rd" in self.reads)

    @property
    def accesses_memory(self) -> bool:
        """It loads or stores."""
        return self.cycles in (Cycles.LOAD, Cycles.STORE, Cycles.EVENT)

    def bounds(self, name: str) -> tuple[int, int, int]:
        low, high, step = super().bounds(name)
        if self.operands == "rd, imm" and name == "imm" and step > 2:
            low, high = -(1 << 31), (1 << 32) - 1  # lui, auipc: either sign is a fine upper half
        return low, high, step


def rows(extension: str, literal: Iterable[tuple[str, str, str, str, Cycles]]) -> tuple[Instruction, ...]:
    """Instructions of one extension: mnemonic, encoding, operands, operation and cycles of each."""
    return tuple(
        Instruction(mnemonic, extension, encoding, operands, operation, cycles)
        for mnemonic, encoding, operands, operation, cycles in literal
    )
