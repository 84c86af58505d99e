"""The divider against the definition of division, for all 32-bit operands, by induction on its steps.

No product is given to the solver: a shadow forms ``multiple = quotient * |b|`` as on paper, adding
``|b| << k`` where bit k of the quotient is set.
"""

from amaranth.hdl import Assert, Cat, Const, Module, Mux, ResetSignal, Signal
from amaranth.lib.wiring import Component, In

from hw.core.divider import Divider
from verif.formal.harness import reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof
from verif.formal.proofs import slow_unit

LOAD, DIVIDE, FINISH = range(3)


class DividerHarness(Component):
    """The divider between a free host and the shadow."""

    def __init__(self) -> None:
        free = dict.fromkeys((*slow_unit.MEMBERS, "is_signed", "wants_remainder"), In(1))
        super().__init__({**free, "a": In(32), "b": In(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        unit = Divider()
        inside = Inside(unit)
        m.submodules.unit = inside.fragment
        reset_once(m)
        given = Cat(self.is_signed, self.wants_remainder, self.a, self.b)
        goes_on = slow_unit.host(m, self, unit, given)
        m.d.comb += [
            unit.is_signed.eq(self.is_signed),
            unit.wants_remainder.eq(self.wants_remainder),
            unit.a.eq(self.a),
            unit.b.eq(self.b),
        ]
        state, left, divisor = inside["state_state"], inside["left"], inside["divisor"]
        rest, quotient, bit = inside["remainder"], inside["quotient"], inside["fits"]

        size_a, size_b = Signal(32), Signal(32)
        minus_a, minus_b, by_zero = Signal(), Signal(), Signal()
        multiple, shadow = Signal(33), Signal(33)
        cycles = Signal(6)
        m.d.comb += [
            minus_a.eq(self.is_signed & self.a[31]),
            minus_b.eq(self.is_signed & self.b[31]),
            size_a.eq(Mux(minus_a, -self.a, self.a)),
            size_b.eq(Mux(minus_b, -self.b, self.b)),
            by_zero.eq(self.b == 0),
        ]
        m.d.sync += cycles.eq(Mux(self.valid & ~unit.done, cycles + 1, 0))
        with m.If(state == LOAD):
            m.d.sync += [multiple.eq(0), shadow.eq(0)]
        with m.If(state == DIVIDE):
            with m.If(bit):
                m.d.sync += [multiple.eq(multiple + (size_b << left)[:32]), shadow.eq(shadow | (1 << left))]

        magnitude = Mux(self.wants_remainder, rest, shadow[:32])
        negative = Mux(self.wants_remainder, minus_a, minus_a ^ minus_b)
        ones = Const((1 << 33) - 1, 33)
        with m.If(~ResetSignal()):
            m.d.comb += [
                Assert(goes_on | (state != FINISH) | ~self.valid, "nothing is left of an aborted division"),
                Assert((state == LOAD) | goes_on | ~self.valid, "begins afresh"),
                Assert(state != 3, "invariant: state"),
            ]
            with m.If(self.valid & unit.done & by_zero):
                by_zero_result = Mux(self.wants_remainder, self.a, 0xFFFF_FFFF)
                m.d.comb += Assert(unit.result == by_zero_result, "division by zero")
            with m.If(self.valid & unit.done & ~by_zero):
                m.d.comb += [
                    Assert(multiple + rest == size_a, "dividend is quotient times divisor plus remainder"),
                    Assert(rest < size_b, "remainder is less than the divisor"),
                    Assert(unit.result == Mux(negative, -magnitude, magnitude)[:32], "signs"),
                ]
            with m.If(self.valid & (state == DIVIDE)):
                m.d.comb += [
                    Assert(left <= inside["shift"], "invariant: left"),
                    Assert(cycles == 1 + inside["shift"] - left, "invariant: cycles"),
                    Assert(divisor == (size_b << left)[:32], "invariant: divisor"),
                    Assert(quotient == (shadow >> (left + 1))[:32], "invariant: quotient"),
                    Assert((shadow & ~(ones << (left + 1))) == 0, "invariant: bits to come"),
                    Assert(by_zero | ~shadow[32], "invariant: bits so far"),
                    Assert(by_zero | (rest < 2 * divisor), "invariant: remainder"),
                    Assert(by_zero | (rest + multiple == size_a), "invariant: sum"),
                    Assert(~by_zero | ((rest == size_a) & (divisor == 0)), "invariant: dividend by zero"),
                    Assert(~by_zero | (shadow == (ones << (left + 1))[:33]), "invariant: quotient by zero"),
                ]
            with m.If(self.valid & (state == FINISH)):
                m.d.comb += [
                    Assert(quotient == shadow[:32], "invariant: last quotient"),
                    Assert(by_zero | ~shadow[32], "invariant: 32 bits"),
                    Assert(by_zero | (rest + multiple == size_a), "invariant: last sum"),
                    Assert(by_zero | (rest < size_b), "invariant: last remainder"),
                    Assert(~by_zero | ((quotient == 0xFFFF_FFFF) & (rest == size_a)), "invariant: by zero"),
                ]
            m.d.comb += Assert((state != LOAD) | (cycles == 0), "invariant: idle")
            m.d.comb += Assert(cycles <= 34, "at most 35 cycles")
        return m


PROOFS = (
    Proof(
        name="divider.division",
        what="div, divu, rem and remu give quotient and remainder of all 32-bit operands, zero divisor and "
        "overflow included, within 35 cycles, whatever was stalled or aborted before",
        method=Method.INDUCTION,
        depth=2,
        build=lambda: sources(DividerHarness()),
    ),
)
