"""The XDecmac functional unit: accumulators behind the multiplier, and the bytes that they are scaled to."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value, signed, unsigned
from amaranth.lib import data, enum
from amaranth.lib.wiring import Component, In, Out

from hw.units.decmac.instructions import LANES


class Operation(enum.Enum, shape=unsigned(3)):
    """Operation of an instruction of the extension; the lower two bits are those of its funct7."""

    M4 = 0
    M8 = 1
    M16 = 2
    M1 = 3
    QUANTIZE = 4


#: Bits of the product of two bytes.
PRODUCT_WIDTH = 16
#: Steps of xdecq in which the multiplier scales an accumulator; in the step after each it gives the result.
SCALE_STEPS = LANES


class DecmacUnit(Component):
    """``xdecmac.mM rs3, rs1, rs2`` over execute, write-back and a stage behind it, and ``xdecq``.

    One ``xdecmac`` per cycle when the memory grants one request per cycle. The unit uses parts that the core
    has: XDecimate's counter and address, the load/store unit's register, which holds the word from memory,
    and the multiplier, which multiplies its four bytes by the weight in the cycle after the response.

    Parameters
    ----------
    positions : int
        Accumulators: 4, or 8 in two banks, of which an xdecmac has one.
    accumulator_width : int
        Bits of an accumulator, 32 at most.

    Members
    -------
    issue_weights : In(32)
        Four weights of the instruction in execute (rs3).
    issue_lane : In(2)
        Byte of ``issue_weights`` that the instruction multiplies by.
    issue_bank : In(1), with 8 positions
        Bank of accumulators that the instruction adds to; only with 8 positions.
    commit_valid : In(1)
        An xdecmac leaves execute at this clock edge.
    mem_result_valid : In(1)
        Response to the xdecmac in write-back, without a fault: its word is multiplied in the next cycle.
    multiply_valid : Out(1)
        The multiplier is to multiply the word's bytes in this cycle.
    multiply_weight : Out(8)
        Weight that the multiplier multiplies them by.
    products : In(4 x signed 16)
        The products, with ``multiply_valid``.
    quantize_step : In(3)
        Step of the xdecq in execute that the multiplier is at, with ``quantize_valid``. In steps 0 to 3 it
        takes ``accumulator``, in steps 1 to 4 it gives ``scale_sum`` and ``scaled``.
    quantize_valid : In(1)
        An xdecq is in execute, and no xdecmac before it is on its way: it can no longer be killed.
    accumulator : Out(accumulator_width)
        The first accumulator.
    scale_sum, scale_amount : In(32), In(5)
        The accumulator of the step before times the factor and with what is added, and the shift that is left
        to do, an arithmetic one.
    scaled : In(8)
        The lower bits of what that gives.
    kept : In(32)
        The load/store unit's register, which holds the bytes made so far.
    bytes : Out(32)
        This step's byte above those made before: goes into the load/store unit's register, and is rd in step
        4.
    csr_we : In(1)
        Write to xacc: the accumulators move down by one, and ``csr_wdata`` enters as the last. Excludes
        ``multiply_valid`` and ``quantize_valid``.
    csr_wdata : In(accumulator_width)
        Value written to xacc.
    """

    def __init__(self, *, positions: int = LANES, accumulator_width: int = 32) -> None:
        self._width = accumulator_width
        self._positions = positions
        super().__init__(
            {
                "issue_weights": In(32),
                "issue_lane": In(2),
                **({"issue_bank": In(1)} if positions > LANES else {}),
                "commit_valid": In(1),
                "mem_result_valid": In(1),
                "multiply_valid": Out(1),
                "multiply_weight": Out(8),
                "products": In(data.ArrayLayout(signed(PRODUCT_WIDTH), LANES)),
                "quantize_step": In(3),
                "quantize_valid": In(1),
                "accumulator": Out(accumulator_width),
                "scale_sum": In(32),
                "scale_amount": In(5),
                "scaled": In(8),
                "kept": In(32),
                "bytes": Out(32),
                "csr_we": In(1),
                "csr_wdata": In(accumulator_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        # Execute to write-back, and from there to the stage that multiplies.
        weight = Signal(8, reset_less=True)
        multiplying = Signal()
        with m.If(self.commit_valid):
            m.d.sync += weight.eq(self.issue_weights.word_select(self.issue_lane, 8))
        m.d.sync += multiplying.eq(self.mem_result_valid)
        with m.If(self.mem_result_valid):
            m.d.sync += self.multiply_weight.eq(weight)
        m.d.comb += self.multiply_valid.eq(multiplying)
        adds = self._banks(m, multiplying)

        accumulators = [Signal(signed(self._width), name=f"accumulator{i}") for i in range(self._positions)]
        scales, moves = Signal(), Signal()
        entering = Signal(signed(self._width))
        m.d.comb += [
            scales.eq(self.quantize_valid & (self.quantize_step != SCALE_STEPS)),
            moves.eq(self.csr_we | scales),
            entering.eq(Mux(scales, 0, self.csr_wdata)),
            self.accumulator.eq(accumulators[0]),
        ]
        for number, accumulator in enumerate(accumulators):
            with m.If(moves):
                m.d.sync += accumulator.eq([*accumulators[1:], entering][number])
            with m.Else():
                product = self.products[number % LANES]
                m.d.sync += accumulator.eq(accumulator + Mux(adds[number // LANES], product, 0))

        # A byte a step, and the ones before it below. Whether a value fits is seen before its shift, which
        # takes the rest of the cycle.
        outside = Signal()
        byte = Signal(8)
        sign = self.scale_sum[31]
        above = Cat(self.scale_amount <= bit for bit in range(24))  # bits 7 to 30 that the shift leaves above
        m.d.comb += [
            outside.eq(((self.scale_sum[7:31] ^ sign.replicate(24)) & above).any()),
            byte.eq(Mux(outside, Cat((~sign).replicate(7), sign), self.scaled)),
            self.bytes.eq(Cat(self.kept[8:], byte)),
        ]
        return m

    def _banks(self, m: Module, multiplying: Signal) -> list[Value]:
        """Each bank of accumulators adds the products in this cycle."""
        if self._positions == LANES:
            return [multiplying]
        waiting = Signal(reset_less=True)
        bank = Signal(reset_less=True)
        with m.If(self.commit_valid):
            m.d.sync += waiting.eq(self.issue_bank)
        with m.If(self.mem_result_valid):
            m.d.sync += bank.eq(waiting)
        return [multiplying & ~bank, multiplying & bank]
