"""The multiplier for XDecmac, which borrows it: products of bytes at any time, and the four values of xdecq.

As in the multiplier's own proofs, a product of 32 bits is specified by products of halves: that of a word and
16 bits, shifted right by 16, is ``a_h*b + (a_l*b >> 16)`` (tests/verif/formal/test_lemmas.py).
"""

from amaranth.hdl import Assert, Cat, Module, ResetSignal, Signal, signed
from amaranth.lib.wiring import Component, In

from hw.config import XDECMAC
from hw.core.control_fields import Lanes
from hw.core.control_fields import MultiplierOperation as Operation
from hw.core.multiplier import Multiplier
from hw.units.decmac.unit import SCALE_STEPS
from verif.formal.harness import reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof
from verif.formal.proofs import slow_unit

#: Operations of one cycle, and whether they wait in EX while the unit multiplies.
_WAITS = {Operation.MUL: True, Operation.MAC: True, Operation.MSU: True, Operation.HALF: False}


class BytesHarness(Component):
    """Products of bytes beside any operation of EX, and the same operation without them."""

    def __init__(self) -> None:
        super().__init__(
            {
                **dict.fromkeys(("a_signed", "b_signed", "high_halves", "rounds"), In(1)),
                **dict.fromkeys(("a", "b", "c", "bytes_a", "bytes_b"), In(32)),
                "amount": In(5),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for operation, waits in _WAITS.items():
            self._pair(m, operation, Lanes.WORD, waits=waits)
        self._pair(m, Operation.DOT, Lanes.HALF, waits=False)
        self._pair(m, Operation.DOT, Lanes.BYTE, waits=True)
        return m

    def _pair(self, m: Module, operation: Operation, lanes: Lanes, *, waits: bool) -> None:
        """Two units for one operation, which is fixed for the solver's sake; one of them is lent."""
        lent, left = Multiplier(XDECMAC), Multiplier(XDECMAC)
        name = f"{operation.name.lower()}_{lanes.name.lower()}"
        m.submodules += lent, left
        for unit, lends in ((lent, 1), (left, 0)):
            m.d.comb += [
                unit.valid.eq(1),
                unit.bytes_valid.eq(lends),
                unit.operation.eq(operation),
                unit.lanes.eq(lanes),
                *(
                    getattr(unit, member).eq(getattr(self, member))
                    for member in ("a_signed", "b_signed", "high_halves", "rounds")
                ),
                *(
                    getattr(unit, member).eq(getattr(self, member))
                    for member in ("a", "b", "c", "bytes_a", "bytes_b", "amount")
                ),
            ]
        m.d.comb += Assert(lent.done == (not waits), f"{name} {'waits' if waits else 'does not wait'}")
        if not waits:
            m.d.comb += Assert(lent.result == left.result, f"{name} is as without")
        for byte in range(4):
            a, b = (value.word_select(byte, 8).as_signed() for value in (self.bytes_a, self.bytes_b))
            m.d.comb += Assert(lent.byte_products[byte] == a * b, f"product {byte} beside {name}")


class ScaleHarness(Component):
    """xdecq between other operations, for a free host."""

    def __init__(self) -> None:
        super().__init__(
            {
                **dict.fromkeys(slow_unit.MEMBERS, In(1)),
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
        given = Cat(self.factor, self.above, self.c, self.amount)
        goes_on = slow_unit.host(m, self, unit, given)
        m.d.comb += [
            unit.operation.eq(Operation.SCALE),
            unit.lanes.eq(Lanes.WORD),
            unit.a_signed.eq(1),
            unit.scale_value.eq(self.value),
            unit.b.eq(Cat(self.factor, self.above)),
            unit.c.eq(self.c),
            unit.amount.eq(self.amount),
        ]
        # What one step leaves to the next: the value's upper half, and what its lower half's product carries.
        step, upper, carried = Signal(3), Signal(signed(16)), Signal(16)
        running = self.valid & ~self.killed
        with m.If(~running | unit.advance):
            m.d.sync += step.eq(0)
        with m.Elif(step != SCALE_STEPS):
            m.d.sync += [
                step.eq(step + 1),
                upper.eq(self.value[16:]),
                carried.eq((self.value[:16] * self.factor) >> 16),
            ]
        partial = inside["partial"]
        # Made of the unit's own register, which is equal, the products are the same to the solver.
        left = partial[16:32].as_signed() * self.factor + partial[:16]
        total = (left + self.c)[:32].as_signed()
        begun = self.valid & (step != 0)
        with m.If(~ResetSignal()):
            m.d.comb += [
                Assert(~self.valid | (unit.scale_step == step), "step"),
                Assert(~self.valid | (unit.done == (step == SCALE_STEPS)), "done in the fifth cycle"),
                Assert(~begun | (partial[:32] == Cat(carried, upper)), "what a step leaves to the next"),
                Assert(~begun | (unit.scale_sum == total.as_unsigned()), "sum"),
                Assert(~begun | (unit.result.as_signed() == total >> self.amount), "result"),
                Assert(goes_on | (step == 0), "invariant: idle"),
            ]
        return m


PROOFS = (
    Proof(
        name="decmac.bytes",
        what="the multiplier multiplies XDecmac's bytes at any time, a word's product or a dot product of "
        "bytes in EX waits, and other operations do not notice",
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
