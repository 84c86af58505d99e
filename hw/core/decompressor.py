"""The decompressor: a compressed code becomes the 32-bit instruction that it stands for."""

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib.wiring import Component, In, Out

from hw.isa.compressed import UNCOMPRESSED, Compressed
from hw.isa.compressed_table import COMPRESSED


class Decompressor(Component):
    """Combinational, by the table of ``hw.isa.compressed_table``.

    Members
    -------
    fetched : In(32)
        An instruction, or in its lower half a compressed one.
    instruction : Out(32)
        What ID decodes: a 32-bit instruction as it is, a compressed one expanded. A code that is no
        instruction stays as it is, with zeros above, and is no instruction to the decoder either.
    """

    def __init__(self) -> None:
        super().__init__({"fetched": In(32), "instruction": Out(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        code = self.fetched[:16]
        chosen = {row.mnemonic: Signal(name=row.mnemonic.replace(".", "_")) for row in COMPRESSED}
        m.d.comb += [chosen[row.mnemonic].eq(_matches(code, row)) for row in COMPRESSED]
        # No code is in two rows, so the expansions need no order.
        expansions = [_expansion(code, row) & chosen[row.mnemonic].replicate(32) for row in COMPRESSED]
        legal = Cat(*chosen.values()).any()
        with m.If(code[:2] == UNCOMPRESSED):
            m.d.comb += self.instruction.eq(self.fetched)
        with m.Elif(legal):
            m.d.comb += self.instruction.eq(reduce(or_, expansions))
        with m.Else():
            m.d.comb += self.instruction.eq(code)
        return m


def _matches(code: Value, row: Compressed) -> Value:
    """The code is one of this row's."""
    found = (code & row.mask) == row.match
    for fields in row.excluded:
        places = [
            (part.lsb + offset, value >> part.field_lsb + offset & 1)
            for name, value in fields.items()
            for part in row.fields[name]
            for offset in range(part.width)
        ]
        found &= ~Cat(*(code[bit] == value for bit, value in places)).all()
    return found


def _expansion(code: Value, row: Compressed) -> Value:
    """The 32-bit instruction of a code of this row, bit by bit."""
    return Cat(*(code[bit] if bit >= 0 else Const(-1 - bit, 1) for bit in row.bits))
