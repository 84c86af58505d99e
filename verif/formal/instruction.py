"""Instruction words in a harness: which rows of the table they are of, and what ID makes of them."""

from amaranth.hdl import Cat, Module, Value

from hw.config import CoreConfig
from hw.core.decoder import Decoder
from hw.core.operands import Operands
from hw.isa.instruction import Instruction


def matches(word: Value, row: Instruction) -> Value:
    """The word is one of this row's."""
    return (word & row.mask) == row.match


def any_of(word: Value, rows: list[Instruction]) -> Value:
    """The word is of one of these rows."""
    return Cat(*(matches(word, row) for row in rows)).any()


def decode(m: Module, config: CoreConfig, word: Value) -> tuple[Decoder, Operands]:
    """Decoder and operands of an instruction word, wired as in the core; ``pc`` and ``registers`` are not."""
    m.submodules.decoder = decoder = Decoder(config)
    m.submodules.operands = operands = Operands(config)
    m.d.comb += [
        decoder.instruction.eq(word),
        operands.instruction.eq(word),
        operands.controls.eq(decoder.controls),
    ]
    return decoder, operands
