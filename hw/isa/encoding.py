"""Rows of a table that have an encoding, and the notation it is written in.

An encoding is read from its highest bit down to bit 0 as tokens separated by blanks:

========================  ==========================================================================
``0``/``1`` strings       fixed bits
``rd rs1 rs2 rs3``        a 5-bit register number; ``rs3`` is a source that sits in the rd position
``rd+``                   a destination that is also read (accumulators, inserts, byte merges)
``rs1+``                  a source that is also written (post-incremented pointers)
``rd' rs1' rs2'``         in a compressed code: 3 bits that name x8 to x15
``imm[12|10:5]``          bits 12 and 10..5 of the sign-extended immediate ``imm``
``imm5[4:0]``             likewise, of a second sign-extended immediate
``uimm[4:0]``, ``is2``    likewise, for a zero-extended field of any other name
========================  ==========================================================================
"""

import re
from dataclasses import dataclass
from functools import cached_property

#: Fields that are sign-extended.
SIGNED_FIELDS = ("imm", "imm5")
#: Bits of a register field that names none: of all registers, and of x8 to x15.
_DEFAULT_BITS = ("4:0", "2:0")


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


class Encoded:
    """A row with a mnemonic, and with an encoding of ``WIDTH`` bits.

    Raises ``ValueError`` at the first use of an encoding that has more bits or fewer.
    """

    WIDTH: int
    mnemonic: str
    encoding: str

    @cached_property
    def _parsed(self) -> tuple[int, int, dict[str, tuple[Slice, ...]]]:
        mask = match = 0
        fields: dict[str, list[Slice]] = {}
        position = self.WIDTH
        for token in self.encoding.split():
            if re.fullmatch("[01]+", token):
                position -= len(token)
                mask |= ((1 << len(token)) - 1) << position
                match |= int(token, 2) << position
                continue
            name, _, bits = token.rstrip("]+").partition("[")
            for part in bits.split("|") if bits else (_DEFAULT_BITS[name.endswith("'")],):
                high, _, low = part.partition(":")
                width = int(high) - int(low or high) + 1
                position -= width
                fields.setdefault(name, []).append(Slice(position, width, int(low or high)))
        if position != 0:
            raise ValueError(
                f"{self.mnemonic}: the encoding must fill {self.WIDTH} bits, but {position} bits are left"
            )
        return mask, match, {name: tuple(slices) for name, slices in fields.items()}

    @cached_property
    def mask(self) -> int:
        """Bits that are fixed."""
        return self._parsed[0]

    @cached_property
    def match(self) -> int:
        """Values of the fixed bits."""
        return self._parsed[1]

    @cached_property
    def fields(self) -> dict[str, tuple[Slice, ...]]:
        """Position of each operand field."""
        return self._parsed[2]

    def field_width(self, name: str) -> int:
        """Bits of a field's value, counting implied zeros below (a branch offset has 13)."""
        return max(s.field_lsb + s.width for s in self.fields[name])

    def values(self, name: str) -> range:
        """All values that a field holds, in the steps that bits left out below it make."""
        width = self.field_width(name)
        step = 1 << min(s.field_lsb for s in self.fields[name])
        if name in SIGNED_FIELDS:
            return range(-(1 << width - 1), 1 << width - 1, step)
        return range(0, 1 << width, step)

    def bounds(self, name: str) -> tuple[int, int, int]:
        """Lowest and highest value of an operand that ``encode`` takes, and the step between its values."""
        values = self.values(name)
        return values.start, values.stop - 1, values.step

    def encode(self, **operands: int) -> int:
        """The code for these operand values.

        Raises ``ValueError`` when a field is missing, unknown or out of range.
        """
        if set(operands) != set(self.fields):
            raise ValueError(
                f"{self.mnemonic}: operands must be {sorted(self.fields)}, not {sorted(operands)}"
            )
        code = self.match
        for name, value in operands.items():
            low, high, step = self.bounds(name)
            if not low <= value <= high or value % step:
                raise ValueError(
                    f"{self.mnemonic}: {name} must be in {low}..{high} in steps of {step}, not {value}"
                )
            for part in self.fields[name]:
                code |= part.put(value)
        return code

    def decode(self, code: int) -> dict[str, int]:
        """Operand values of a code; those of ``SIGNED_FIELDS`` are sign-extended."""
        values = {}
        for name, slices in self.fields.items():
            value = sum(part.get(code) for part in slices)
            if name in SIGNED_FIELDS:
                sign = 1 << self.field_width(name) - 1
                value = (value ^ sign) - sign
            values[name] = value
        return values
