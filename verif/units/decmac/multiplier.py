"""The multiplier for XDecmac, which borrows it: products of bytes at any time, and the four values of xdecq.

As in the multiplier's own proofs, a product of 32 bits is specified by products of halves: that of a word and
16 bits, shifted right by 16, is ``a_h*b + (a_l*b >> 16)`` (tests/verif/formal/test_lemmas.py).
"""

from amaranth.hdl import Assert, Assume, Cat, Module, ResetSignal, Signal
from amaranth.lib.wiring import Component, In

from hw.config import XDECMAC
from hw.core.control_fields import Lanes, MultiplierOperation
from hw.core.multiplier import Multiplier
from hw.units.decmac.unit import SCALE_STEPS
from verif.formal.harness import reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof
from verif.formal.proofs import slow_unit


class BytesHarness(Component):
    """Products of bytes beside any operation of EX, and the same operation without them."""

    def __init__(self) -> None:
        super().__init__(
            {
                "operation": In(MultiplierOperation),
                "lanes": In(Lanes),
                **dict.fromkeys(("a_signed", "b_signed", "high_halves", "rounds"), In(1)),
                **dict.fromkeys(("a", "b", "c", "bytes_a", "bytes_b"), In(32)),
                "amount": In(5),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.lent = lent = Multiplier(XDECMAC)
        m.submodules.left = left = Multiplier(XDECMAC)
        for unit, lends in ((lent, 1), (left, 0)):
            m.d.comb += [
                unit.valid.eq(1),
                unit.bytes_valid.eq(lends),
                unit.scales.eq(0),
                *(
                    getattr(unit, name).eq(getattr(self, name))
                    for name in ("operation", "lanes", "a_signed", "b_signed", "high_halves", "rounds")
                ),
                *(
                    getattr(unit, name).eq(getattr(self, name))
                    for name in ("a", "b", "c", "bytes_a", "bytes_b", "amount")
                ),
            ]
        dots = (self.operation == MultiplierOperation.DOT) & (self.lanes == Lanes.BYTE)
        high = self.operation == MultiplierOperation.HIGH
        m.d.comb += [
            Assume(~high),
            Assume((self.operation != MultiplierOperation.DOT) | dots | (self.lanes == Lanes.HALF)),
            Assert(lent.done == ~dots, "a dot product of bytes waits, and nothing else"),
            Assert(dots | (lent.result == left.result), "the others are as without"),
        ]
        for byte in range(4):
            a, b = (value.word_select(byte, 8).as_signed() for value in (self.bytes_a, self.bytes_b))
            m.d.comb += Assert(lent.byte_products[byte] == a * b, f"product {byte}")
        return m


class ScaleHarness(Component):
    """xdecq between other operations, for a free host."""

    def __init__(self) -> None:
        super().__init__(
            {
                **dict.fromkeys(slow_unit.MEMBERS, In(1)),
                "scales": In(1),
                "value": In(32),
                "factor": In(16),
                "above": In(16),
                "c": In(32),
                "amount": In(5),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        unit = Multiplier(XDECMAC)
        inside = Inside(unit)
        m.submodules.unit = inside.fragment
        reset_once(m)
        given = Cat(self.scales, self.factor, self.above, self.c, self.amount)
        goes_on = slow_unit.host(m, self, unit, given)
        m.d.comb += [
            Assume(self.scales),
            unit.operation.eq(MultiplierOperation.HALF),
            unit.lanes.eq(Lanes.WORD),
            unit.a_signed.eq(1),
            unit.scales.eq(self.scales),
            unit.scale_value.eq(self.value),
            unit.b.eq(Cat(self.factor, self.above)),
            unit.c.eq(self.c),
            unit.amount.eq(self.amount),
        ]
        step, scaled = Signal(3), Signal(32)
        running = self.valid & ~self.killed
        with m.If(~running | unit.advance):
            m.d.sync += step.eq(0)
        with m.Elif(step != SCALE_STEPS):
            low, high = self.value[:16], self.value[16:].as_signed()
            m.d.sync += [step.eq(step + 1), scaled.eq(high * self.factor + (low * self.factor >> 16))]
        total = (scaled + self.c)[:32].as_signed()
        partial = inside["partial"]
        with m.If(~ResetSignal()):
            m.d.comb += [
                Assert(~self.valid | (unit.scale_step == step), "step"),
                Assert(~self.valid | (unit.done == (step == SCALE_STEPS)), "done in the fifth cycle"),
                Assert(~self.valid | (step == 0) | (partial[:32] == scaled), "invariant: scaled"),
                Assert(
                    ~self.valid | (step == 0) | (unit.result.as_signed() == total >> self.amount), "result"
                ),
                Assert(goes_on | (step == 0), "invariant: idle"),
            ]
        return m


PROOFS = (
    Proof(
        name="decmac.bytes",
        what="the multiplier multiplies XDecmac's bytes at any time, a dot product of bytes in EX waits, and "
        "other operations do not notice",
        method=Method.COMBINATIONAL,
        depth=1,
        build=lambda: sources(BytesHarness()),
        cheap=True,
    ),
    Proof(
        name="decmac.scale",
        what="the multiplier scales the four values of an xdecq in five cycles, whatever was stalled or "
        "aborted before",
        method=Method.INDUCTION,
        depth=3,
        build=lambda: sources(ScaleHarness()),
        cheap=True,
    ),
)
