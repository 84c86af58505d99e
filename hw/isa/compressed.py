"""One row of the table of compressed instructions: a 16-bit code and the instruction that it expands to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from hw.isa.encoding import SIGNED_FIELDS, Encoded
from hw.isa.instruction import Instruction

#: Bits 1:0 of everything that is not compressed.
UNCOMPRESSED = 0b11
#: x8 is the first register that a field of three bits names.
FIRST_SHORT = 8


def is_compressed(half: int) -> bool:
    """True if a half-word is a compressed code, and not the lower half of a 32-bit instruction."""
    return half & UNCOMPRESSED != UNCOMPRESSED


@dataclass(frozen=True)
class Compressed(Encoded):
    """One compressed instruction.

    Parameters
    ----------
    mnemonic : str
        As clang and GNU as write it.
    encoding : str
        16 bits, in the notation of ``hw.isa.encoding``.
    operands : str
        Assembly operands with the encoding's field names.
    row : Instruction
        The instruction that it expands to.
    arguments : str
        The operands of ``row``, in the order and form of ``row.operands``: fields of the encoding, registers
        (``x2``) and numbers.
    excluded : tuple of mapping
        Codes that are another row's, or reserved: all fields of one of these have its values.
    hints : tuple of mapping
        Codes that the manual sets aside as HINTs, in the same form. They run as their expansion, which
        changes no register but the pc.
    """

    WIDTH = 16

    mnemonic: str
    encoding: str
    operands: str
    row: Instruction
    arguments: str
    excluded: tuple[Mapping[str, int], ...] = ()
    hints: tuple[Mapping[str, int], ...] = ()

    @cached_property
    def sources(self) -> dict[str, str | int]:
        """Fields of the expansion: a field of the code each, or a number."""
        names = re.findall(r"\w+", self.row.operands)
        values = re.findall(r"[\w']+", self.arguments)
        numbers = {value: int(value.removeprefix("x")) for value in values if value not in self.fields}
        return {name: numbers.get(value, value) for name, value in zip(names, values, strict=True)}

    def matches(self, code: int) -> bool:
        """True if the code is one of this row's."""
        return code & self.mask == self.match and not self._among(code, self.excluded)

    def is_hint(self, code: int) -> bool:
        """True if a code of this row is a HINT."""
        return self._among(code, self.hints)

    def _among(self, code: int, conditions: tuple[Mapping[str, int], ...]) -> bool:
        values = self.decode(code)
        return any(all(values[name] == value for name, value in fields.items()) for fields in conditions)

    def bounds(self, name: str) -> tuple[int, int, int]:
        low, high, step = super().bounds(name)
        first = _first(name)
        return low + first, high + first, step

    def encode(self, **operands: int) -> int:
        """The code for these operand values; a field ``rd'`` is given as ``rd``.

        Raises ``ValueError`` when a field is missing, unknown or out of range, or the code is not the row's.
        """
        given = {name if name in self.fields else f"{name}'": value for name, value in operands.items()}
        code = super().encode(**given)
        if not self.matches(code):
            raise ValueError(f"{self.mnemonic}: {operands} is no operand of this instruction")
        return code

    def decode(self, code: int) -> dict[str, int]:
        """Operand values of a code: numbers of registers, ``imm`` sign-extended."""
        return {name: value + _first(name) for name, value in super().decode(code).items()}

    def expand(self, code: int) -> int:
        """The 32-bit instruction that a code of this row stands for."""
        values = self.decode(code)
        operands = {
            name: values[source] if isinstance(source, str) else source
            for name, source in self.sources.items()
        }
        return self.row.encode(**operands)

    @cached_property
    def bits(self) -> tuple[int, ...]:
        """Origin of each bit of the expansion, from bit 0 up.

        A bit of the code by its number, or -1 for a bit that is always 0 and -2 for one that is always 1.
        """
        found = [-1 - (self.row.match >> bit & 1) for bit in range(32)]
        for name, source in self.sources.items():
            for part in self.row.fields[name]:
                for offset in range(part.width):
                    found[part.lsb + offset] = self._origin(source, part.field_lsb + offset)
        return tuple(found)

    def _origin(self, source: str | int, bit: int) -> int:
        """Origin of a bit of an operand."""
        if isinstance(source, int):
            return -1 - (source >> bit & 1)
        for part in self.fields[source]:
            if 0 <= bit - part.field_lsb < part.width:
                return part.lsb + bit - part.field_lsb
        width = self.field_width(source)
        if source in SIGNED_FIELDS and bit >= width:
            return self._origin(source, width - 1)
        return -2 if source.endswith("'") and bit == width else -1


def _first(name: str) -> int:
    """The number that a field means when its bits are 0."""
    return FIRST_SHORT if name.endswith("'") else 0
