"""Bit fields, bit counts and bit reversal of the ALU."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.wiring import Component, In, Out

from hw.core.control_fields import AluOperation


def leading_zeros(m: Module, value: Value, name: str) -> tuple[Signal, Signal]:
    """Number of zeros above the highest one (5 bits, 31 at most), and whether there is no one at all."""
    count = Signal(5, name=f"{name}_count")
    none = Signal(name=f"{name}_none")
    m.d.comb += none.eq(~value.any())
    rest = value
    for bit in reversed(range(5)):
        half = 1 << bit
        high_empty = Signal(name=f"{name}_empty{half}")
        remaining = Signal(half, name=f"{name}_rest{half}")
        m.d.comb += [
            high_empty.eq(~rest[half:].any()),
            count[bit].eq(high_empty),
            remaining.eq(Mux(high_empty, rest[:half], rest[half:])),
        ]
        rest = remaining
    return count, none


def reverse(value: Value, radix: Value) -> Value:
    """Groups of ``radix + 1`` bits of a word in reverse order, single bits for radix 3.

    The ten groups of three bits leave out bits 1 and 0; the upper two of the result are then 0.
    """

    def groups(width: int) -> Value:
        return Cat(*(value[32 - width * (i + 1) : 32 - width * i] for i in range(32 // width)))

    return Mux(radix == 1, groups(2), Mux(radix == 2, groups(3), groups(1)))


class BitField(Component):
    """Extracts, inserts, clears and sets bits ``low`` to ``min(low + width - 1, 31)``; combinational.

    Members
    -------
    operation : In(AluOperation)
        EXTRACT, EXTRACTU, INSERT, BCLR, BSET.
    a, c : In(32)
        rs1, and the old rd for INSERT.
    field : In(10)
        width - 1 in bits 9:5, low in bits 4:0.
    shifted : In(32)
        a shifted by low: right for the extracts (with its sign for EXTRACT), left for INSERT.
    result : Out(32)
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "operation": In(AluOperation),
                "a": In(32),
                "c": In(32),
                "field": In(10),
                "shifted": In(32),
                "result": Out(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        low, span = self.field[:5], self.field[5:]
        extracting = Signal()
        first = Signal(5)
        last = Signal(6)
        mask = Signal(32)
        m.d.comb += [
            extracting.eq(
                (self.operation == AluOperation.EXTRACT) | (self.operation == AluOperation.EXTRACTU)
            ),
            first.eq(Mux(extracting, 0, low)),
            last.eq(first + span),
            mask.eq(Cat(*((bit >= first) & (bit <= last) for bit in range(32)))),
        ]
        with m.Switch(self.operation):
            with m.Case(AluOperation.EXTRACT, AluOperation.EXTRACTU):
                sign = self.shifted.bit_select(span, 1) & (self.operation == AluOperation.EXTRACT)
                m.d.comb += self.result.eq((self.shifted & mask) | (sign.replicate(32) & ~mask))
            with m.Case(AluOperation.INSERT):
                m.d.comb += self.result.eq((self.shifted & mask) | (self.c & ~mask))
            with m.Case(AluOperation.BSET):
                m.d.comb += self.result.eq(self.a | mask)
            with m.Default():
                m.d.comb += self.result.eq(self.a & ~mask)
        return m


class BitCount(Component):
    """Position of the first or last one, leading sign bits, number of ones; combinational.

    Members
    -------
    operation : In(AluOperation)
        FF1, FL1 (32 if there is no one), CLB (leading sign bits less one; 0 for 0), CNT.
    a : In(32)
    result : Out(6)
    """

    def __init__(self) -> None:
        super().__init__({"operation": In(AluOperation), "a": In(32), "result": Out(6)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        searched = Signal(32)
        with m.Switch(self.operation):
            with m.Case(AluOperation.FF1):
                m.d.comb += searched.eq(Cat(*reversed(list(self.a))))
            with m.Case(AluOperation.CLB):
                m.d.comb += searched.eq(self.a ^ self.a[31].replicate(32))
            with m.Default():
                m.d.comb += searched.eq(self.a)
        count, none = leading_zeros(m, searched, "search")
        with m.Switch(self.operation):
            with m.Case(AluOperation.FF1):
                m.d.comb += self.result.eq(Mux(none, 32, count))
            with m.Case(AluOperation.FL1):
                m.d.comb += self.result.eq(Mux(none, 32, ~count))
            with m.Case(AluOperation.CLB):
                m.d.comb += self.result.eq(Mux(none, Mux(self.a[31], 31, 0), count - 1))
            with m.Default():
                m.d.comb += self.result.eq(sum(self.a[1:], start=self.a[0]))
        return m
