"""One row of the instruction table, and the notation its encodings are written in.

An encoding is read from bit 31 down to bit 0 as tokens separated by blanks:

========================  ==========================================================================
``0``/``1`` strings       fixed bits
``rd rs1 rs2 rs3``        a 5-bit register number; ``rs3`` is a source that sits in the rd position
``rd+``                   a destination that is also read (accumulators, inserts, byte merges)
``rs1+``                  a source that is also written (post-incremented pointers)
``rd' rs1' rs2'``         in a compressed code: 3 bits that name x8 to x15
``imm[12|10:5]``          bits 12 and 10..5 of the sign-extended immediate ``imm``
``uimm[4:0]``, ``is2``    likewise, for a zero-extended field of any other name
========================  ==========================================================================
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

REGISTER_FIELDS = ("rd", "rs1", "rs2", "rs3")
SIGNED_FIELD = "imm"
#: Bits of a register field that names none: of all registers, and of x8 to x15.
_DEFAULT_BITS = ("4:0", "2:0")


class Cycles(StrEnum):
    """Cycle class: what an instruction costs with zero-wait-state memory."""

    SINGLE = "single"
    MULH = "mulh"
    DIVIDE = "divide"
    LOAD = "load"
    STORE = "store"
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
    Cycles.JUMP: "2",
    Cycles.JUMP_REGISTER: "2, one more if rs1 was just computed, two more if it was just loaded",
    Cycles.BRANCH: "1 not taken, 3 taken",
    Cycles.CSR: "1, 4 for counters and trap registers",
    Cycles.FENCE: "4",
    Cycles.TRAP: "drains the pipeline",
}


@dataclass(frozen=True)
class Slice:
    """``width`` bits of the instruction at ``lsb`` that hold bits ``field_lsb`` up of a field."""

    lsb: int
    width: int
    field_lsb: int

    def get(self, word: int) -> int:
        return ((word >> self.lsb) & ((1 << self.width) - 1)) << self.field_lsb

    def put(self, value: int) -> int:
        return ((value >> self.field_lsb) & ((1 << self.width) - 1)) << self.lsb


@dataclass(frozen=True)
class Encoding:
    """Fixed bits of an encoding, their values, and the position of each operand field."""

    mask: int
    match: int
    fields: dict[str, tuple[Slice, ...]]

    def width(self, name: str) -> int:
        """Bits of a field's value, counting implied zeros below (a branch offset has 13)."""
        return max(s.field_lsb + s.width for s in self.fields[name])

    def value(self, name: str, word: int) -> int:
        """A field of an instruction word; ``imm`` is sign-extended."""
        value = sum(part.get(word) for part in self.fields[name])
        if name == SIGNED_FIELD:
            sign = 1 << self.width(name) - 1
            value = (value ^ sign) - sign
        return value

    def bounds(self, name: str) -> tuple[int, int, int]:
        """Lowest and highest value of a field, and the step between its values."""
        width = self.width(name)
        low, high = (
            (-(1 << width - 1), (1 << width - 1) - 1) if name == SIGNED_FIELD else (0, (1 << width) - 1)
        )
        return low, high, 1 << min(part.field_lsb for part in self.fields[name])


def parse(encoding: str, width: int, name: str) -> Encoding:
    """Read an encoding of ``width`` bits; ``ValueError`` names the instruction if it has more or fewer."""
    mask = match = 0
    fields: dict[str, list[Slice]] = {}
    position = width
    for token in encoding.split():
        if re.fullmatch("[01]+", token):
            position -= len(token)
            mask |= ((1 << len(token)) - 1) << position
            match |= int(token, 2) << position
            continue
        field, _, bits = token.rstrip("]+").partition("[")
        for part in bits.split("|") if bits else (_DEFAULT_BITS[field.endswith("'")],):
            high, _, low = part.partition(":")
            bits_here = int(high) - int(low or high) + 1
            position -= bits_here
            fields.setdefault(field, []).append(Slice(position, bits_here, int(low or high)))
    if position != 0:
        raise ValueError(f"{name}: the encoding must fill {width} bits, but {position} bits are left")
    return Encoding(mask, match, {field: tuple(slices) for field, slices in fields.items()})


@dataclass(frozen=True)
class Instruction:
    """One instruction of the table.

    Parameters
    ----------
    mnemonic : str
        As clang and GNU as write it.
    extension : str
        Name of the extension in ``hw.isa.table``.
    encoding : str
        See the module's notation.
    operands : str
        Assembly operands with the encoding's field names.
    operation : str
        ``unit.operation``, what the decoder makes of it.
    cycles : Cycles
        Cycle class.
    """

    mnemonic: str
    extension: str
    encoding: str
    operands: str
    operation: str
    cycles: Cycles

    @cached_property
    def _parsed(self) -> Encoding:
        return parse(self.encoding, 32, self.mnemonic)

    @cached_property
    def mask(self) -> int:
        """Bits of the word that are fixed."""
        return self._parsed.mask

    @cached_property
    def match(self) -> int:
        """Values of the fixed bits."""
        return self._parsed.match

    @cached_property
    def fields(self) -> dict[str, tuple[Slice, ...]]:
        """Position of each operand field."""
        return self._parsed.fields

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
        return self.cycles in (Cycles.LOAD, Cycles.STORE)

    def field_width(self, name: str) -> int:
        """Bits of a field's value, counting implied zeros below (a branch offset has 13)."""
        return self._parsed.width(name)

    def encode(self, **operands: int) -> int:
        """The instruction word for these operand values.

        Raises ``ValueError`` when a field is missing, unknown or out of range.
        """
        if set(operands) != set(self.fields):
            raise ValueError(
                f"{self.mnemonic}: operands must be {sorted(self.fields)}, not {sorted(operands)}"
            )
        word = self.match
        for name, value in operands.items():
            low, high, step = self._parsed.bounds(name)
            if self.operands == "rd, imm" and name == SIGNED_FIELD and step > 2:
                low, high = -(1 << 31), (1 << 32) - 1  # lui, auipc: either sign is a fine upper half
            if not low <= value <= high or value % step:
                raise ValueError(
                    f"{self.mnemonic}: {name} must be in {low}..{high} in steps of {step}, not {value}"
                )
            for part in self.fields[name]:
                word |= part.put(value)
        return word

    def decode(self, word: int) -> dict[str, int]:
        """Operand values of an instruction word; ``imm`` is sign-extended."""
        return {name: self._parsed.value(name, word) for name in self.fields}


def rows(extension: str, literal: Iterable[tuple[str, str, str, str, Cycles]]) -> tuple[Instruction, ...]:
    """Instructions of one extension: mnemonic, encoding, operands, operation and cycles of each."""
    return tuple(
        Instruction(mnemonic, extension, encoding, operands, operation, cycles)
        for mnemonic, encoding, operands, operation, cycles in literal
    )
