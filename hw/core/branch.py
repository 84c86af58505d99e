"""The decision of a branch, on the operands alone."""

from amaranth.hdl import Module, Signal, Value
from amaranth.lib.wiring import Component, In, Out

from hw.core.control_fields import AluOperation, is_among

Op = AluOperation


class Branch(Component):
    """Comparison of two words; combinational.

    The ALU compares too, in lanes, behind the choice of what its adder adds. A decision decides on everything
    behind EX in the same cycle, so it does not wait for that.

    Members
    -------
    comparison : In(AluOperation)
        CMPEQ, CMPNE, CMPLT, CMPGE, CMPLTU or CMPGEU; with any other, ``taken`` means nothing.
    a, b : In(32)
    taken : Out(1)
        The comparison holds.
    """

    def __init__(self) -> None:
        super().__init__({"comparison": In(AluOperation), "a": In(32), "b": In(32), "taken": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        bits = list(zip(self.a, self.b, strict=True))
        less, equal = _compare(bits[:-1])
        sign_a, sign_b = bits[-1]
        is_signed = is_among(self.comparison, Op.CMPLT, Op.CMPGE)
        # With signs, the word whose top bit is set is the smaller one.
        top_less = (sign_a ^ sign_b) & (sign_a ^ ~is_signed)
        top_equal = ~(sign_a ^ sign_b)
        holds = Signal()
        with m.If(is_among(self.comparison, Op.CMPEQ, Op.CMPNE)):
            m.d.comb += holds.eq(top_equal & equal)
        with m.Else():
            m.d.comb += holds.eq(top_less | (top_equal & less))
        m.d.comb += self.taken.eq(holds ^ is_among(self.comparison, Op.CMPNE, Op.CMPGE, Op.CMPGEU))
        return m


def _compare(bits: list[tuple[Value, Value]]) -> tuple[Value, Value]:
    """Less-than and equality of two unsigned numbers, given bit by bit, lowest first; a tree."""
    if len(bits) == 1:
        ((a, b),) = bits
        return ~a & b, ~(a ^ b)
    middle = len(bits) // 2
    low_less, low_equal = _compare(bits[:middle])
    high_less, high_equal = _compare(bits[middle:])
    return high_less | (high_equal & low_less), high_equal & low_equal
