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
        A unit multiplies bytes in this cycle; a word's product or a dot product of bytes in EX waits.
        Excludes operation SCALE.
    bytes_a, bytes_b : In(32), In(32), with such a unit
        Its signed operands.
    byte_products : Out(4 x signed 16), with such a unit
        Their products.
    scale_value : In(32), with such a unit
        With operation SCALE: the value of each of steps 0 to 3, signed. In the step after, ``result`` is
        ``((value * b[15:0] >> 16) + c) >> amount``.
    scale_step : Out(3), with such a unit
        The step.
    scale_sum : Out(32), with such a unit
        What ``result`` is before it is shifted, from step 1 on.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        self._lends = any(unit.borrows_multiplier for unit in config.units)
        self._complex = config.has("xcvcplx")
        #: Operations whose result is a shifted sum.
        self._shifting = (Op.HALF,) * config.has("xcvmac") + (Op.SCALE,) * self._lends
        lent = {
            "bytes_valid": In(1),
            "bytes_a": In(32),
            "bytes_b": In(32),
            "byte_products": Out(data.ArrayLayout(signed(16), 4)),
            "scale_value": In(32),
            "scale_step": Out(3),
            "scale_sum": Out(32),
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
        is_stepped = is_high | (self.operation == Op.SCALE) if self._lends else is_high
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
            with m.Case(Op.DOT):
                m.d.comb += [
                    x[0].eq(Cat(a_low, self.a_signed & self.a[15])),
                    y[0].eq(Cat(b_low, self.b_signed & self.b[15])),
                    x[1].eq(Cat(a_high, a_sign)),
                    y[1].eq(Cat(b_high, b_sign)),
                ]
                if self._complex:
                    self._cross(m, x, y)
            if self._lends:
                with m.Case(Op.SCALE):
                    m.d.comb += [x[0].eq(partial[16:32].as_signed()), y[0].eq(b_low)]
                    m.d.comb += [x[1].eq(partial[:16]), y[1].eq(1)]
            with m.Case(Op.MUL, Op.MAC, Op.MSU):
                m.d.comb += [x[0].eq(a_low), y[0].eq(b_high), x[1].eq(a_high), y[1].eq(b_low)]
        # All that is added to these two products goes into one sum: one carry chain, not one after the other.
        addend = self._addend(m, Mux(step == 0, 0, partial), y[1])
        accumulated = Signal(signed(36))
        m.d.comb += accumulated.eq(x[0] * y[0] + x[1] * y[1] + addend + (self._half() if mac else 0))
        lanes_a, lanes_b = self._lent(m) if self._lends else (self.a, self.b)
        low_product = Signal(32)
        m.d.comb += low_product.eq(lanes_a[:16] * lanes_b[:16])
        # c - a*b is the complement of ~c + a*b.
        subtracting = self.operation == Op.MSU
        accumulator = Signal(32)
        word = Signal(32)
        # Outside of the switch, where a unit sees the products of any operation.
        dot_bytes = self._dot_bytes(m, lanes_a, lanes_b) if self._lends else None
        m.d.comb += [
            accumulator.eq(self.c ^ subtracting.replicate(32) if mac else 0),
            word.eq(low_product + (accumulated[:16] << 16) + accumulator),
        ]

        with m.Switch(self.operation):
            with m.Case(Op.HIGH):
                m.d.comb += self.result.eq(partial)
            if self._shifting:
                with m.Case(*self._shifting):
                    m.d.comb += self.result.eq(self._shifted(accumulated[:32]))
            if simd:
                with m.Case(Op.DOT):
                    total_bytes = self._dot_bytes(m, lanes_a, lanes_b) if dot_bytes is None else dot_bytes
                    halves = self._part(accumulated) if self._complex else accumulated
                    m.d.comb += self.result.eq(Mux(self.lanes == Lanes.HALF, halves, total_bytes + self.c))
            with m.Default():
                m.d.comb += self.result.eq(word ^ subtracting.replicate(32) if mac else word)
        if self._lends:
            m.d.comb += self.scale_sum.eq(accumulated)
        with m.If(self.valid & is_stepped & (step != 4)):
            shifts = (step == 0) | (step == 2)
            m.d.sync += partial.eq(Mux(shifts, accumulated >> 16, accumulated))
            if self._lends:
                # A value's lower half first; what its product carries, and the upper half, for the next step.
                with m.If(self.operation == Op.SCALE):
                    m.d.sync += partial.eq(Cat(low_product[16:], self.scale_value[16:]))
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
            is_word = ~Value.cast(self.operation)[2]
            is_dot_of_bytes = (self.operation == Op.DOT) & (self.lanes == Lanes.BYTE)
            with m.If(self.bytes_valid & (is_word | is_dot_of_bytes)):
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
            if self._shifting:
                with m.Case(*self._shifting):
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

    def _lent(self, m: Module) -> tuple[Signal, Signal]:
        """Factors of the products of bytes and of lower halves: the unit's, or the operands.

        The products of the lower two bytes have most of their partial products in common with that of lower
        halves, as long as they have the same factors; so all three take the unit's.
        """
        a, b = Signal(32, name="lanes_a"), Signal(32, name="lanes_b")
        m.d.comb += [a.eq(self.a), b.eq(self.b)]
        with m.If(self.operation == Op.SCALE):
            m.d.comb += a[:16].eq(self.scale_value)
        with m.If(self.bytes_valid):
            m.d.comb += [a.eq(self.bytes_a), b.eq(self.bytes_b)]
        return a, b

    def _dot_bytes(self, m: Module, lanes_a: Value, lanes_b: Value) -> Signal:
        """Sum of the four products of bytes."""
        products = []
        for byte in range(4):
            x = Signal(signed(9), name=f"byte_x{byte}")
            y = Signal(signed(9), name=f"byte_y{byte}")
            a, b = lanes_a.word_select(byte, 8), lanes_b.word_select(byte, 8)
            a_signed, b_signed = self.a_signed, self.b_signed
            if self._lends:
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
