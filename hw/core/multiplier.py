"""The multiplier of EX: words, halves and dot products from shared 16-bit multipliers."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.config import CoreConfig
from hw.core.control_fields import Lanes, MultiplierOperation

Op = MultiplierOperation


class Multiplier(Component):
    """Products in one cycle, high words in five (CV32E40P's figures).

    A word's low product is ``low*low + ((low*high + high*low) << 16)``: the two mixed products are those of a
    dot product of halves, so one more 16-bit multiplier completes the word. A high word goes through one of
    them in four steps.

    Members
    -------
    valid : In(1)
        An operation of this unit is in EX; its inputs are stable until ``advance``. Low for a cycle without
        ``advance``: the operation is aborted, as when an older instruction faults.
    advance : In(1)
        The operation leaves EX at this clock edge.
    operation, lanes, a_signed, b_signed, high_halves, rounds, amount
        What to do (``ExecuteControls``). Only operation HALF rounds.
    a, b, c : In(32)
        Operands and accumulator (0 where none).
    complex : In(1), with extension xcvcplx
        With operation DOT on signed halves: the real part of a complex product, or with ``high_halves`` the
        imaginary part, divided by ``1 << 15 + amount``, in its half of c.
    done : Out(1)
        The result is there.
    result : Out(32)
    bytes_valid : In(1), with an extension unit that borrows the multiplier
        A unit multiplies bytes in this cycle; a dot product of bytes in EX waits.
    bytes_a, bytes_b : In(32), In(32), with such a unit
        Its signed operands.
    byte_products : Out(4 x signed 16), with such a unit
        Their products.
    scales : In(1), with such a unit
        With operation HALF: scale four values in five cycles, each to
        ``((value * b[15:0] >> 16) + c) >> amount``.
    scale_value : In(32), with such a unit
        The value of each of steps 0 to 3, signed; ``result`` is what it is scaled to, in the step after.
    scale_step : Out(3), with such a unit
        The step.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        self._lends = any(unit.borrows_multiplier for unit in config.units)
        self._complex = config.has("xcvcplx")
        lent = {
            "bytes_valid": In(1),
            "bytes_a": In(32),
            "bytes_b": In(32),
            "byte_products": Out(data.ArrayLayout(signed(16), 4)),
            "scales": In(1),
            "scale_value": In(32),
            "scale_step": Out(3),
        }
        super().__init__(
            {
                **(lent if self._lends else {}),
                **({"complex": In(1)} if self._complex else {}),
                "valid": In(1),
                "advance": In(1),
                "operation": In(MultiplierOperation),
                "lanes": In(Lanes),
                "a_signed": In(1),
                "b_signed": In(1),
                "high_halves": In(1),
                "rounds": In(1),
                "amount": In(5),
                "a": In(32),
                "b": In(32),
                "c": In(32),
                "done": Out(1),
                "result": Out(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        mac, simd = self._config.has("xcvmac"), self._config.has("xcvsimd")
        is_high = Signal()
        m.d.comb += is_high.eq(self.operation == Op.HIGH)
        is_stepped, is_scale = is_high, None
        if self._lends:
            is_scale = self.scales
            is_stepped = is_high | is_scale
        step, partial = self._steps(m, is_stepped)

        # Two multipliers of 17 signed bits: the lanes of a dot product, or the mixed products of a word.
        x = [Signal(signed(17), name=f"x{lane}") for lane in range(2)]
        y = [Signal(signed(17), name=f"y{lane}") for lane in range(2)]
        a_low, a_high = self.a[:16], self.a[16:]
        b_low, b_high = self.b[:16], self.b[16:]
        a_sign, b_sign = self.a_signed & self.a[31], self.b_signed & self.b[31]
        with m.Switch(self.operation):
            with m.Case(Op.HIGH):
                m.d.comb += [
                    x[0].eq(Mux(step[1], Cat(a_high, a_sign), a_low)),
                    y[0].eq(Mux(step[0], Cat(b_high, b_sign), b_low)),
                ]
            with m.Case(Op.HALF):
                halves = self.high_halves
                m.d.comb += [
                    x[0].eq(Mux(halves, Cat(a_high, a_sign), Cat(a_low, self.a_signed & self.a[15]))),
                    y[0].eq(Mux(halves, Cat(b_high, b_sign), Cat(b_low, self.b_signed & self.b[15]))),
                ]
                if self._lends:
                    with m.If(self.scales):
                        m.d.comb += x[0].eq(Cat(self.scale_value[16:], self.scale_value[31]))
            with m.Case(Op.DOT):
                m.d.comb += [
                    x[0].eq(Cat(a_low, self.a_signed & self.a[15])),
                    y[0].eq(Cat(b_low, self.b_signed & self.b[15])),
                    x[1].eq(Cat(a_high, a_sign)),
                    y[1].eq(Cat(b_high, b_sign)),
                ]
                if self._complex:
                    self._cross(m, x, y)
            with m.Case(Op.MUL, Op.MAC, Op.MSU):
                m.d.comb += [x[0].eq(a_low), y[0].eq(b_high), x[1].eq(a_high), y[1].eq(b_low)]
        low_product = a_low * b_low
        if is_scale is not None:
            low_product = Signal(32)
            m.d.comb += low_product.eq(Mux(is_scale, self.scale_value[:16], a_low) * b_low)
        # All that is added to these two products goes into one sum: one carry chain, not one after the other.
        addend = self._addend(m, Mux(step == 0, 0, partial), y[1])
        if is_scale is not None:
            with m.If(is_scale):
                m.d.comb += addend.eq(low_product[16:])
        accumulated = Signal(signed(36))
        m.d.comb += accumulated.eq(x[0] * y[0] + x[1] * y[1] + addend + (self._half() if mac else 0))

        # c - a*b is the complement of ~c + a*b.
        subtracting = self.operation == Op.MSU
        accumulator = Signal(32)
        word = Signal(32)
        # Outside of the switch, where a unit sees the products of any operation.
        dot_bytes = self._dot_bytes(m) if self._lends else None
        m.d.comb += [
            accumulator.eq(self.c ^ subtracting.replicate(32) if mac else 0),
            word.eq(low_product + (accumulated[:16] << 16) + accumulator),
        ]

        with m.Switch(self.operation):
            with m.Case(Op.HIGH):
                m.d.comb += self.result.eq(partial)
            if mac:
                with m.Case(Op.HALF):
                    product = accumulated[:32]
                    if is_scale is not None:
                        product = Mux(is_scale, (partial + self.c)[:32], product)
                    m.d.comb += self.result.eq(self._shifted(product))
            if simd:
                with m.Case(Op.DOT):
                    total_bytes = self._dot_bytes(m) if dot_bytes is None else dot_bytes
                    halves = self._part(accumulated) if self._complex else accumulated
                    m.d.comb += self.result.eq(Mux(self.lanes == Lanes.HALF, halves, total_bytes + self.c))
            with m.Default():
                m.d.comb += self.result.eq(word ^ subtracting.replicate(32) if mac else word)
        with m.If(self.valid & is_stepped & (step != 4)):
            shifts = (step == 0) | (step == 2)
            if is_scale is not None:
                shifts &= ~is_scale
            m.d.sync += partial.eq(Mux(shifts, accumulated >> 16, accumulated))
        return m

    def _steps(self, m: Module, is_stepped: Value) -> tuple[Signal, Signal]:
        """The step of an operation of several cycles, and the sum that it leaves to the next.

        A high word takes low*low, low*high, high*low and high*high; scaling takes one value a step.
        """
        step = Signal(3)
        partial = Signal(signed(35), reset_less=True)
        m.d.comb += self.done.eq(~is_stepped | (step == 4))
        with m.If(~self.valid | self.advance):
            m.d.sync += step.eq(0)
        with m.Elif(is_stepped & (step != 4)):
            m.d.sync += step.eq(step + 1)
        if self._lends:
            m.d.comb += self.scale_step.eq(step)
            with m.If(self.bytes_valid & (self.operation == Op.DOT) & (self.lanes == Lanes.BYTE)):
                m.d.comb += self.done.eq(0)
        return step, partial

    def _cross(self, m: Module, x: list[Signal], y: list[Signal]) -> None:
        """Factors of one part of a complex product; the negative one is ~x[1] * y[1] + y[1]."""
        with m.If(self.complex):
            with m.If(self.high_halves):
                m.d.comb += [y[0].eq(self.b[16:].as_signed()), y[1].eq(self.b[:16].as_signed())]
            with m.Else():
                m.d.comb += x[1].eq(~self.a[16:].as_signed())

    def _addend(self, m: Module, carried: Value, factor: Value) -> Signal:
        """The addend of the two products: the accumulator, the step before, or nothing for a word."""
        addend = Signal(signed(35))
        with m.Switch(self.operation):
            with m.Case(Op.HIGH):
                m.d.comb += addend.eq(carried)
            if self._config.has("xcvmac"):
                with m.Case(Op.HALF):
                    m.d.comb += addend.eq(self.c)
            if self._config.has("xcvsimd"):
                with m.Case(Op.DOT):
                    m.d.comb += addend.eq(self.c)
                    if self._complex:
                        with m.If(self.complex):
                            m.d.comb += addend.eq(Mux(self.high_halves, 0, factor))
        return addend

    def _half(self) -> Value:
        """Half of what the shift of a rounded product drops; only operation HALF rounds."""
        return Cat(*((self.amount == bit + 1) & self.rounds for bit in range(31)))

    def _part(self, total: Signal) -> Value:
        """A dot product with its accumulator, or the part of a complex product in its half of c."""
        part = (total[15:32].as_signed() >> self.amount[:2])[:16]
        halves = Mux(self.high_halves, Cat(self.c[:16], part), Cat(part, self.c[16:]))
        return Mux(self.complex, halves, total[:32])

    def _dot_bytes(self, m: Module) -> Signal:
        """Sum of the four products of bytes."""
        products = []
        for byte in range(4):
            x = Signal(signed(9), name=f"byte_x{byte}")
            y = Signal(signed(9), name=f"byte_y{byte}")
            a, b = self.a.word_select(byte, 8), self.b.word_select(byte, 8)
            a_signed, b_signed = self.a_signed, self.b_signed
            if self._lends:
                a = Mux(self.bytes_valid, self.bytes_a.word_select(byte, 8), a)
                b = Mux(self.bytes_valid, self.bytes_b.word_select(byte, 8), b)
                a_signed, b_signed = a_signed | self.bytes_valid, b_signed | self.bytes_valid
            m.d.comb += [
                x.eq(Cat(a, a_signed & a[7])),
                y.eq(Cat(b, b_signed & b[7])),
            ]
            product = x * y
            if self._lends:
                product = Signal(signed(18), name=f"byte_product{byte}")
                m.d.comb += [product.eq(x * y), self.byte_products[byte].eq(product)]
            products.append(product)
        total = Signal(signed(20))
        m.d.comb += total.eq(sum(products[1:], start=products[0]))
        return total

    def _shifted(self, total: Value) -> Value:
        return (Cat(total, self.a_signed & total[31]).as_signed() >> self.amount)[:32]
