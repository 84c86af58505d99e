"""The ALU's shifter: five stages of a right shift, each cut between the lanes."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.wiring import Component, In, Out

from hw.core.control_fields import Lanes


def reverse_bits(value: Value) -> Value:
    """The bits in opposite order; a left shift is a right shift of the reversed word."""
    return Cat(*reversed(list(value)))


class LaneShifter(Component):
    """Shifts words, halves or bytes right, each lane by its own amount; combinational.

    Members
    -------
    value : In(32)
        What to shift.
    amounts : In(32)
        The amount in the low bits of each lane: 5 of a word, 4 of a half, 3 of a byte.
    lanes : In(Lanes)
        Width of the elements.
    arithmetic, rotate : In(1), In(1)
        Fill with the sign, or (words only) with what falls out below; otherwise with zeros.
    left : In(1)
        Shift left instead, filling with zeros.
    result : Out(32)
        The shifted lanes.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "value": In(32),
                "amounts": In(32),
                "lanes": In(Lanes),
                "arithmetic": In(1),
                "rotate": In(1),
                "left": In(1),
                "result": Out(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        amounts = [Signal(5, name=f"amount{byte}") for byte in range(4)]
        fill = Signal(4)
        value = Signal(32)
        m.d.comb += value.eq(Mux(self.left, reverse_bits(self.value), self.value))
        is_word = self.lanes == Lanes.WORD
        is_byte = self.lanes == Lanes.BYTE
        byte_amounts = [self.amounts[8 * byte : 8 * byte + 5] for byte in range(4)]
        with m.Switch(self.lanes):
            with m.Case(Lanes.BYTE):
                ordered = [Mux(self.left, byte_amounts[3 - byte], byte_amounts[byte]) for byte in range(4)]
                m.d.comb += [amount.eq(source[:3]) for amount, source in zip(amounts, ordered, strict=True)]
            with m.Case(Lanes.HALF):
                low = Mux(self.left, byte_amounts[2], byte_amounts[0])
                high = Mux(self.left, byte_amounts[0], byte_amounts[2])
                sources = (low, low, high, high)
                m.d.comb += [amount.eq(source[:4]) for amount, source in zip(amounts, sources, strict=True)]
            with m.Default():
                m.d.comb += [amount.eq(byte_amounts[0]) for amount in amounts]
        signs = Cat(
            *(
                Mux(is_byte, value[8 * byte + 7], Mux(is_word, value[31], value[31 if byte > 1 else 15]))
                for byte in range(4)
            )
        )
        m.d.comb += fill.eq(self.arithmetic.replicate(4) & signs)
        for stage in range(5):
            value = self._stage(m, stage, value, amounts, fill, is_word, is_byte)
        m.d.comb += self.result.eq(Mux(self.left, reverse_bits(value), value))
        return m

    def _stage(
        self,
        m: Module,
        stage: int,
        value: Signal,
        amounts: list[Signal],
        fill: Signal,
        is_word: Value,
        is_byte: Value,
    ) -> Signal:
        """Shift by 2**stage where the amount's bit says so; no bit crosses from another lane."""
        step = 1 << stage
        shifted = Signal(32, name=f"stage{stage}")
        for bit in range(32):
            byte, source = bit // 8, bit + step
            filled = fill[byte]
            if source >= 32:
                incoming = Mux(self.rotate, value[source - 32], filled)
            elif source // 16 != bit // 16:
                incoming = Mux(is_word, value[source], filled)
            elif source // 8 != byte:
                incoming = Mux(is_byte, filled, value[source])
            else:
                incoming = value[source]
            m.d.comb += shifted[bit].eq(Mux(amounts[byte][stage], incoming, value[bit]))
        return shifted
