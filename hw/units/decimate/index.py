"""Address of the activation byte that the next non-zero weight needs: arithmetic on the decimate counter."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value, unsigned
from amaranth.lib import enum

#: Bits of the counter, and of its upper part that numbers the N:M block.
COUNTER_WIDTH = 16
BLOCK_WIDTH = COUNTER_WIDTH - 1
#: Bits of the offset from rs1: the last block of M = 16, and one more for an M = 8 index of 8 to 15.
OFFSET_WIDTH = BLOCK_WIDTH + 4


class Operation(enum.Enum, shape=unsigned(2)):
    """Operation of an instruction of the extension; the values are its funct7."""

    M4 = 0
    M8 = 1
    M16 = 2
    CLEAR = 3


def lane(counter: Value) -> Value:
    """Byte of rd that the counter addresses (2 bits): it moves on every second execution."""
    return counter[1:3]


#: All block sizes M.
SIZES = (4, 8, 16)


def block_offset(
    m: Module,
    operation: Value,
    counter: Value,
    indices: Value,
    sizes: tuple[int, ...] = SIZES,
    words: Value | None = None,
) -> Value:
    """Unpack the index that the counter addresses and form ``M * block + index``, for M in ``sizes``.

    M = 4 has sixteen 2-bit indices in a word, M = 8 and 16 have eight of 4 bits. An M = 8 index with its
    upper bit set reaches into the next block: the sum is the specification's, carry and all.

    With ``words``, the instruction may be another unit's that counts words instead of bytes: the upper 15
    bits of the counter number its indices, and ``Operation.CLEAR`` is M = 1, without indices.

    Returns
    -------
    Value
        ``OFFSET_WIDTH`` bits.
    """
    is_m4 = Signal()
    nibble = Signal(4)
    pair = Signal(2)
    block = Signal(BLOCK_WIDTH + 1)
    offset = Signal(OFFSET_WIDTH)
    number = counter if words is None else Mux(words, counter[1:], counter)
    m.d.comb += [
        is_m4.eq((operation == Operation.M4) if 4 in sizes else 0),
        nibble.eq(indices.word_select(Mux(is_m4, number[1:4], number[0:3]), 4)),
        pair.eq(nibble.word_select(number[0], 2)),
        block.eq(counter[1:] + ((operation == Operation.M8) & nibble[3])),
    ]
    with m.Switch(operation):
        if 4 in sizes:
            with m.Case(Operation.M4):
                m.d.comb += offset.eq(Cat(pair, block))
        with m.Case(Operation.M8):
            m.d.comb += offset.eq(Cat(nibble[:3], block))
        with m.Default():
            m.d.comb += offset.eq(Cat(nibble, block))
    if words is not None:
        with m.If(words & (operation == Operation.CLEAR)):
            m.d.comb += offset.eq(block)
    return offset
