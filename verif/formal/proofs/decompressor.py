"""The decompressor and the decoder behind it against the table of compressed instructions, for every code.

The table's operands are compared as values: fields of the code, and fields of the instruction that comes out.
"""

from amaranth.hdl import Assert, Cat, Const, Module, Value
from amaranth.lib.wiring import Component, In

from hw.config import config_named
from hw.core.decoder import Decoder
from hw.core.decompressor import Decompressor
from hw.isa.compressed import FIRST_SHORT, UNCOMPRESSED, Compressed
from hw.isa.compressed_table import COMPRESSED
from verif.formal.harness import sources
from verif.formal.instruction import matches
from verif.formal.proof import Method, Proof
from verif.formal.specification import field


def _operand(row: Compressed, code: Value, source: str | int) -> Value:
    """A number, or a field of a code as the number that it means."""
    if isinstance(source, int):
        return Const(source, 32)
    value = field(row, code, source)
    return value + FIRST_SHORT if source.endswith("'") else value


def _is(row: Compressed, code: Value) -> Value:
    """The code is one of this row's."""
    others = [
        Cat(*(field(row, code, name) == value for name, value in fields.items())).all()
        for fields in row.excluded
    ]
    return ((code & row.mask) == row.match) & ~Cat(*others).any()


class DecompressorHarness(Component):
    """Both blocks behind a free word."""

    def __init__(self) -> None:
        super().__init__({"word": In(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.decompressor = decompressor = Decompressor()
        m.submodules.decoder = decoder = Decoder(config_named("rv32im+c"))
        code, instruction = self.word[:16], decompressor.instruction
        m.d.comb += [decompressor.fetched.eq(self.word), decoder.instruction.eq(instruction)]
        own = {row.mnemonic: _is(row, code) for row in COMPRESSED}
        compressed = code[:2] != UNCOMPRESSED
        legal = Cat(*own.values()).any()
        m.d.comb += [
            Assert(compressed | (instruction == self.word), "others stay as they are"),
            Assert(~(compressed & legal) | decoder.controls.legal, "legal if in the table"),
            Assert(
                ~(compressed & ~legal) | (~decoder.controls.legal & (instruction == code)),
                "illegal if not, with the code for mtval",
            ),
        ]
        for row in COMPRESSED:
            operands = [
                field(row.row, instruction, name) == _operand(row, code, source)
                for name, source in row.sources.items()
            ]
            right = matches(instruction, row.row) & Cat(*operands).all()
            m.d.comb += Assert(~own[row.mnemonic] | right, f"expansion of {row.mnemonic}")
        return m


PROOFS = (
    Proof(
        name="decompressor.codes",
        what="all 2^16 codes expand to the instructions and operands of the table, those that no row has are "
        "illegal to the decoder, and words of 32 bits stay as they are",
        method=Method.COMBINATIONAL,
        depth=1,
        build=lambda: sources(DecompressorHarness()),
        cheap=True,
    ),
)
