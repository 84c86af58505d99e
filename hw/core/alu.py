"""The ALU of EX: words, and lanes of halves and bytes."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib.wiring import Component, In, Out

from hw.config import CoreConfig
from hw.core.adder import LaneAdder, LaneComparator
from hw.core.bit_field import BitCount, BitField, reverse
from hw.core.control_fields import AluOperation, ComplexOperation, Lanes, is_among
from hw.core.shifter import LaneShifter
from hw.core.shuffle import ByteNetwork

Op = AluOperation

_NORMALISED = (Op.ADDN, Op.ADDUN, Op.ADDRN, Op.ADDURN, Op.SUBN, Op.SUBUN, Op.SUBRN, Op.SUBURN)
_COMPARISONS = (
    Op.CMPEQ,
    Op.CMPNE,
    Op.CMPLT,
    Op.CMPGE,
    Op.CMPLTU,
    Op.CMPGEU,
    Op.CMPGT,
    Op.CMPLE,
    Op.CMPGTU,
    Op.CMPLEU,
)
_UNSIGNED = (Op.CMPLTU, Op.CMPGEU, Op.CMPGTU, Op.CMPLEU, Op.MINU, Op.MAXU)
_SUBTRACTING = (
    Op.SUB, Op.SUBN, Op.SUBUN, Op.SUBRN, Op.SUBURN,
    *_COMPARISONS, Op.MIN, Op.MINU, Op.MAX, Op.MAXU,
)  # fmt: skip


class Alu(Component):
    """Combinational ALU; which operations it has follows from the configuration.

    Members
    -------
    operation, lanes : In(AluOperation), In(Lanes)
    a, b, c : In(32)
        Operands; c is the old rd of operations that keep part of it.
    amount : In(5)
        Shift of the normalising additions, and of complex numbers.
    reverses : In(1), with extension xcvbitrev
        With operation SLL: reverse the order of groups of b[6:5] + 1 bits.
    complex : In(ComplexOperation), with extension xcvcplx
        Turns operation ADDN, SUBN or ABS on halves into one on complex numbers.
    result : Out(32)
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        super().__init__(
            {
                "operation": In(AluOperation),
                "lanes": In(Lanes),
                "a": In(32),
                "b": In(32),
                "c": In(32),
                "amount": In(5),
                **({"reverses": In(1)} if config.has("xcvbitrev") else {}),
                **({"complex": In(ComplexOperation)} if config.has("xcvcplx") else {}),
                "result": Out(32),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        has = self._config.has
        simd, general = has("xcvsimd"), has("xcvalu")
        total, carry_out = self._add(m)
        less, equal = self._compare(m, carry_out)
        shifted = self._shift(m, total)
        moved = shifted
        if has("xcvbitrev"):
            moved = Mux(self.reverses, reverse(shifted, self.b[5:7]), shifted)

        # Comparisons: a 0 or 1 of words, masks of lanes.
        holds = Signal(4)
        with m.Switch(self.operation):
            for operations, value in (
                ((Op.CMPEQ,), equal),
                ((Op.CMPNE,), ~equal),
                ((Op.CMPLT, Op.CMPLTU), less),
                ((Op.CMPGE, Op.CMPGEU), ~less),
                ((Op.CMPGT, Op.CMPGTU), ~(less | equal)),
            ):
                with m.Case(*operations):
                    m.d.comb += holds.eq(value)
            with m.Default():
                m.d.comb += holds.eq(less | equal)

        with m.Switch(self.operation):
            with m.Case(Op.ADD, Op.SUB):
                m.d.comb += self.result.eq(total)
            with m.Case(Op.AND):
                m.d.comb += self.result.eq(self.a & self.b)
            with m.Case(Op.OR):
                m.d.comb += self.result.eq(self.a | self.b)
            with m.Case(Op.XOR):
                m.d.comb += self.result.eq(self.a ^ self.b)
            with m.Case(Op.SLL, Op.SRL, Op.SRA, Op.ROR, *(_NORMALISED if general else ())):
                m.d.comb += self.result.eq(moved)
            with m.Case(*_COMPARISONS):
                mask = Cat(*(holds[byte].replicate(8) for byte in range(4)))
                m.d.comb += self.result.eq(
                    Mux(self.lanes == Lanes.WORD, holds[3], mask) if simd else holds[3]
                )
            if general or simd:
                with m.Case(Op.MIN, Op.MINU, Op.MAX, Op.MAXU):
                    wants_less = is_among(self.operation, Op.MIN, Op.MINU)
                    for byte in range(4):
                        a, b = self.a.word_select(byte, 8), self.b.word_select(byte, 8)
                        m.d.comb += self.result.word_select(byte, 8).eq(Mux(less[byte] == wants_less, a, b))
                with m.Case(Op.ABS):
                    m.d.comb += self.result.eq(total)
            if general:
                with m.Case(Op.CLIP, Op.CLIPU):
                    m.d.comb += self.result.eq(self._clip(total))
            if simd:
                with m.Case(Op.AVG, Op.AVGU):
                    m.d.comb += self.result.eq(self._average(total))
            if has("xcvbitmanip"):
                m.submodules.bit_field = bit_field = BitField()
                m.submodules.bit_count = bit_count = BitCount()
                m.d.comb += [
                    bit_field.operation.eq(self.operation),
                    bit_field.a.eq(self.a),
                    bit_field.c.eq(self.c),
                    bit_field.field.eq(self.b[:10]),
                    bit_field.shifted.eq(shifted),
                    bit_count.operation.eq(self.operation),
                    bit_count.a.eq(self.a),
                ]
                with m.Case(Op.EXTRACT, Op.EXTRACTU, Op.INSERT, Op.BCLR, Op.BSET):
                    m.d.comb += self.result.eq(bit_field.result)
                with m.Case(Op.FF1, Op.FL1, Op.CLB, Op.CNT):
                    m.d.comb += self.result.eq(bit_count.result)
            if general or simd:
                m.submodules.byte_network = network = ByteNetwork()
                m.d.comb += [
                    network.operation.eq(self.operation),
                    network.lanes.eq(self.lanes),
                    network.a.eq(self.a),
                    network.b.eq(self.b),
                    network.c.eq(self.c),
                ]
                with m.Default():
                    m.d.comb += self.result.eq(network.result)
        return m

    def _add(self, m: Module) -> tuple[Signal, Signal]:
        """The lane adder on what the operation adds: a + b, a - b, -a where negative, a against its bound."""
        m.submodules.adder = adder = LaneAdder()
        subtracting = Signal()
        m.d.comb += [
            subtracting.eq(is_among(self.operation, *_SUBTRACTING)),
            adder.a.eq(self.a),
            adder.b.eq(self.b),
            adder.lanes.eq(self.lanes),
            adder.invert_b.eq(subtracting.replicate(4)),
            adder.carry.eq(subtracting.replicate(4)),
        ]
        if self._config.has("xcvalu") or self._config.has("xcvsimd"):
            negative = Signal(4)  # sign of the lane each byte belongs to
            with m.Switch(self.lanes):
                with m.Case(Lanes.BYTE):
                    m.d.comb += negative.eq(Cat(*(self.a[8 * byte + 7] for byte in range(4))))
                with m.Case(Lanes.HALF):
                    m.d.comb += negative.eq(Cat(self.a[15].replicate(2), self.a[31].replicate(2)))
                with m.Default():
                    m.d.comb += negative.eq(self.a[31].replicate(4))
            with m.If(self.operation == Op.ABS):  # b is x0
                m.d.comb += [adder.invert_a.eq(negative), adder.carry.eq(negative)]
        if self._config.has("xcvcplx"):
            with m.If(self.complex == ComplexOperation.ROTATE):
                m.d.comb += [
                    adder.a.eq(Cat(self.a[16:], self.b[:16])),
                    adder.b.eq(Cat(self.b[16:], self.a[:16])),
                ]
            with m.If(self.complex == ComplexOperation.CONJUGATE):
                m.d.comb += [adder.invert_a.eq(0b1100), adder.carry.eq(0b1100)]
        if self._config.has("xcvalu"):
            # A clip compares with bound b from above, or with ~b from below: a - b or a - ~b = a + b + 1.
            with m.If(is_among(self.operation, Op.CLIP, Op.CLIPU)):
                m.d.comb += [
                    adder.b[31].eq(0),
                    adder.invert_b.eq((~self.a[31]).replicate(4)),
                    adder.carry.eq(0b0001),
                ]
        return adder.sum, adder.carry_out

    def _compare(self, m: Module, carry_out: Signal) -> tuple[Signal, Signal]:
        m.submodules.comparator = comparator = LaneComparator()
        m.d.comb += [
            comparator.a.eq(self.a),
            comparator.b.eq(self.b),
            comparator.lanes.eq(self.lanes),
            comparator.carry_out.eq(carry_out),
            comparator.is_signed.eq(~is_among(self.operation, *_UNSIGNED)),
        ]
        return comparator.less, comparator.equal

    def _shift(self, m: Module, total: Signal) -> Signal:
        """The shifter on a, or on the rounded sum of a normalising addition."""
        m.submodules.shifter = shifter = LaneShifter()
        m.d.comb += [
            shifter.value.eq(self.a),
            shifter.amounts.eq(self.b),
            shifter.lanes.eq(self.lanes),
            shifter.left.eq(is_among(self.operation, Op.SLL, Op.INSERT)),
            shifter.rotate.eq(self.operation == Op.ROR),
            shifter.arithmetic.eq(
                is_among(self.operation, Op.SRA, Op.EXTRACT, Op.ADDN, Op.ADDRN, Op.SUBN, Op.SUBRN)
            ),
        ]
        if self._config.has("xcvalu"):
            half = Signal(32)  # 2**(amount - 1)
            m.d.comb += half.eq(Cat(*(self.amount == bit + 1 for bit in range(31))))
            amounts = self.amount
            if self._config.has("xcvcplx"):
                amounts = Cat(self.amount, Const(0, 11)).replicate(2)  # both halves
            # One sum of three numbers, not the adder's and then another one's.
            rounds = is_among(self.operation, Op.ADDRN, Op.ADDURN, Op.SUBRN, Op.SUBURN)
            subtracts = is_among(self.operation, Op.SUBN, Op.SUBUN, Op.SUBRN, Op.SUBURN)
            rounded = Signal(32)
            m.d.comb += rounded.eq(
                self.a + (self.b ^ subtracts.replicate(32)) + (half & rounds.replicate(32)) + subtracts
            )
            if self._config.has("xcvcplx"):
                rounded = Mux(self.complex == ComplexOperation.NONE, rounded, total)
            with m.If(is_among(self.operation, *_NORMALISED)):
                m.d.comb += [shifter.value.eq(rounded), shifter.amounts.eq(amounts)]
        return shifter.result

    def _clip(self, difference: Signal) -> Value:
        """a within [-(b + 1), b], or [0, b] for CLIPU; ``difference`` is a - b, or a - ~b if a < 0."""
        bound = self.b[:31]
        below = Mux(self.operation == Op.CLIPU, 0, Mux(difference[31], Cat(~bound, 1), self.a))
        return Mux(self.a[31], below, Mux(difference[31], self.a, bound))

    def _average(self, total: Signal) -> Value:
        """Half of each lane's wrapped sum."""
        is_signed = self.operation == Op.AVG
        halves = Cat(*(Cat(half[1:], half[15] & is_signed) for half in (total[:16], total[16:])))
        octets = Cat(
            *(Cat(octet[1:], octet[7] & is_signed) for octet in (total.word_select(i, 8) for i in range(4)))
        )
        return Mux(self.lanes == Lanes.HALF, halves, octets)
