"""riscv-formal's alternative arithmetic: sums and differences, masked, in place of products and quotients.

The checks then show that operands and results get to and from the units; what the units compute is not their
subject. Each result comes after any number of cycles, so every stall is among the cases.
"""

from amaranth.hdl import Instance, Module, Mux, Signal

from hw.core.controls import MultiplierOperation
from hw.core.core import Core
from hw.core.divider import Divider
from hw.core.multiplier import Multiplier

#: Low halves of the masks in riscv-formal's docs/source/rvfi.rst.
MUL, MULH, MULHSU, MULHU = 0x5876_063E, 0xF658_3FB7, 0xECFB_E137, 0x949C_E5E8
DIV, DIVU, REM, REMU = 0x7F85_29EC, 0x10E8_FD70, 0x8DA6_8FA5, 0x3138_D0E1


class AlternativeMultiplier(Multiplier):
    """Sums and differences instead of products."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.free = Instance("free_choice", o_value=self.done)
        is_high = self.operation == MultiplierOperation.HIGH
        total, difference = Signal(32), Signal(32)
        m.d.comb += [
            total.eq(self.a + self.b),
            difference.eq(self.a - self.b),
            self.result.eq(total ^ MUL),
        ]
        with m.If(is_high):
            m.d.comb += self.result.eq(
                Mux(self.a_signed, Mux(self.b_signed, total ^ MULH, difference ^ MULHSU), total ^ MULHU)
            )
        return m


class AlternativeDivider(Divider):
    """Differences instead of quotients and remainders."""

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.free = Instance("free_choice", o_value=self.done)
        signed, unsigned = (Mux(self.wants_remainder, *masks) for masks in ((REM, DIV), (REMU, DIVU)))
        m.d.comb += [
            self.result.eq((self.a - self.b)[:32] ^ Mux(self.is_signed, signed, unsigned)),
        ]
        return m


class AlternativeCore(Core):
    """The core with alternative arithmetic."""

    MULTIPLIER = AlternativeMultiplier
    DIVIDER = AlternativeDivider
