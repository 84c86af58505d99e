"""The divider of EX: one quotient bit a cycle, from the first that can be set."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib.wiring import Component, In, Out

from hw.core.bit_field import leading_zeros


class Divider(Component):
    """Signed and unsigned quotient and remainder in 3 to 35 cycles.

    The cycles are CV32E40P's: 3 plus the leading zeros of the divisor, or its leading ones less one if it is
    negative, or 32 if it is zero. Division by zero and overflow give what the RISC-V manual says.

    Members
    -------
    valid, advance : In(1)
        As the multiplier's.
    is_signed, wants_remainder : In(1)
    a, b : In(32)
        Dividend and divisor.
    done : Out(1)
    result : Out(32)
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "valid": In(1),
                "advance": In(1),
                "is_signed": In(1),
                "wants_remainder": In(1),
                "a": In(32),
                "b": In(32),
                "done": Out(1),
                "result": Out(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        remainder = Signal(32, reset_less=True)
        divisor = Signal(32, reset_less=True)
        quotient = Signal(32, reset_less=True)
        left = Signal(6, reset_less=True)  # quotient bits to come, less one

        a_negative, b_negative = Signal(), Signal()
        a_size, b_size = Signal(32), Signal(32)
        m.d.comb += [
            a_negative.eq(self.is_signed & self.a[31]),
            b_negative.eq(self.is_signed & self.b[31]),
            a_size.eq((self.a ^ a_negative.replicate(32)) + a_negative),
            b_size.eq((self.b ^ b_negative.replicate(32)) + b_negative),
        ]
        zeros, none = leading_zeros(m, self.b ^ b_negative.replicate(32), "divisor")
        shift = Signal(6)
        m.d.comb += shift.eq(Mux(none, 32, zeros) - b_negative)

        fits = Signal()
        m.d.comb += fits.eq(remainder >= divisor)
        # A zero divisor fits always: all quotient bits set, the dividend left over, and no sign to restore.
        negate = Mux(self.wants_remainder, a_negative, (a_negative ^ b_negative) & self.b.any())
        size = Mux(self.wants_remainder, remainder, quotient)
        m.d.comb += self.result.eq((size ^ negate.replicate(32)) + negate)

        with m.FSM(name="state"):
            with m.State("LOAD"):
                with m.If(self.valid):
                    m.d.sync += [
                        remainder.eq(a_size),
                        divisor.eq((b_size << shift)[:32]),
                        quotient.eq(0),
                        left.eq(shift),
                    ]
                    m.next = "DIVIDE"
            with m.State("DIVIDE"):
                with m.If(fits):
                    m.d.sync += remainder.eq(remainder - divisor)
                m.d.sync += [
                    quotient.eq(Cat(fits, quotient)),
                    divisor.eq(divisor >> 1),
                    left.eq(left - 1),
                ]
                with m.If(~self.valid):
                    m.next = "LOAD"
                with m.Elif(left == 0):
                    m.next = "FINISH"
            with m.State("FINISH"):
                m.d.comb += self.done.eq(1)
                with m.If(self.advance | ~self.valid):
                    m.next = "LOAD"
        return m
