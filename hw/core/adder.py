"""The ALU's adder: one carry chain, cut between the lanes, that also compares."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib.wiring import Component, In, Out

from hw.core.control_fields import Lanes


class LaneAdder(Component):
    """Adds or subtracts words, halves or bytes and compares the lanes; combinational.

    Between two bytes of the operands lies one bit that passes the carry of the lower byte on (1 + 0) or
    starts a new lane with a carry of its own (1 + 1 or 0 + 0).

    Members
    -------
    a, b : In(32), In(32)
        Operands.
    lanes : In(Lanes)
        Width of the elements.
    invert_b : In(4)
        Per byte: add the complement of b.
    invert_a : In(4)
        Per byte: add the complement of a.
    carry : In(4)
        Carry into the lane that starts at this byte.
    sum : Out(32)
        The sum, wrapped in each lane.
    carry_out : Out(4)
        Per byte: the carry out of it, meaningful where a lane ends.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "a": In(32),
                "b": In(32),
                "lanes": In(Lanes),
                "invert_a": In(4),
                "invert_b": In(4),
                "carry": In(4),
                "sum": Out(32),
                "carry_out": Out(4),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        starts = Signal(4)  # a lane starts at this byte
        with m.Switch(self.lanes):
            with m.Case(Lanes.BYTE):
                m.d.comb += starts.eq(0b1111)
            with m.Case(Lanes.HALF):
                m.d.comb += starts.eq(0b0101)
            with m.Default():
                m.d.comb += starts.eq(0b0001)
        left, right = [], []
        for byte in range(4):
            cut = starts[byte]
            left += [
                Mux(cut, self.carry[byte], 1) if byte else self.carry[0],
                self.a.word_select(byte, 8) ^ self.invert_a[byte].replicate(8),
            ]
            right += [
                cut & self.carry[byte] if byte else self.carry[0],
                self.b.word_select(byte, 8) ^ self.invert_b[byte].replicate(8),
            ]
        total = Signal(37)
        m.d.comb += total.eq(Cat(*left) + Cat(*right))
        for byte in range(4):
            m.d.comb += self.sum.word_select(byte, 8).eq(total[9 * byte + 1 : 9 * byte + 9])
            # The bit above a byte is the carry, inverted where the next byte passes it on.
            inverted = ~starts[byte + 1] if byte < 3 else 0
            m.d.comb += self.carry_out[byte].eq(total[9 * byte + 9] ^ inverted)
        return m


class LaneComparator(Component):
    """Less-than and equality of the lanes from the adder's subtraction; combinational.

    Members
    -------
    a, b, lanes, carry_out
        As the adder's, while it computes a - b in every lane.
    is_signed : In(1)
        Compare as signed numbers.
    less, equal : Out(4), Out(4)
        Per byte, the same for all bytes of a lane.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "a": In(32),
                "b": In(32),
                "lanes": In(Lanes),
                "carry_out": In(4),
                "is_signed": In(1),
                "less": Out(4),
                "equal": Out(4),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        less = Signal(4)
        equal = Signal(4)
        for byte in range(4):
            sign_a, sign_b = self.a[8 * byte + 7], self.b[8 * byte + 7]
            m.d.comb += [
                less[byte].eq(
                    Mux(sign_a ^ sign_b, Mux(self.is_signed, sign_a, sign_b), ~self.carry_out[byte])
                ),
                equal[byte].eq(self.a.word_select(byte, 8) == self.b.word_select(byte, 8)),
            ]
        with m.Switch(self.lanes):
            with m.Case(Lanes.BYTE):
                m.d.comb += [self.less.eq(less), self.equal.eq(equal)]
            with m.Case(Lanes.HALF):
                low, high = equal[:2].all(), equal[2:].all()
                m.d.comb += [
                    self.less.eq(Cat(less[1].replicate(2), less[3].replicate(2))),
                    self.equal.eq(Cat(low.replicate(2), high.replicate(2))),
                ]
            with m.Default():
                m.d.comb += [
                    self.less.eq(less[3].replicate(4)),
                    self.equal.eq(equal.all().replicate(4)),
                ]
        return m
