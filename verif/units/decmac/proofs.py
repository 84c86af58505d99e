"""The XDecmac unit against its specification, for a host that keeps the protocol.

The specification is a shadow of the four accumulators. The host's choices (weights, stalls, responses,
faults, products, CSR accesses, scaled values) are free in every cycle, within the protocol that
``DecmacUnit`` states.
"""

from amaranth.hdl import Assert, Assume, Cat, Module, Mux, ResetSignal, Signal, Value, signed
from amaranth.lib import data
from amaranth.lib.wiring import Component, In

from hw.units.decmac.instructions import LANES
from hw.units.decmac.unit import PRODUCT_WIDTH, SCALE_STEPS, DecmacUnit
from verif.formal.harness import reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof


def clipped(value: Value) -> Value:
    """A signed word limited to -128..127, as 8 bits."""
    value = value.as_signed()
    return Mux(value > 127, 127, Mux(value < -128, -128, value))[:8]


class UnitHarness(Component):
    """The unit beside the specification."""

    def __init__(self, positions: int, width: int) -> None:
        self._positions = positions
        self._width = width
        super().__init__(
            {
                "bank": In(1),
                "weights": In(32),
                "lane": In(2),
                "commit": In(1),
                "response": In(1),
                "products": In(data.ArrayLayout(signed(PRODUCT_WIDTH), LANES)),
                "quantize": In(1),
                "scale_sum": In(32),
                "scale_amount": In(5),
                "csr_we": In(1),
                "csr_wdata": In(width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        positions, width = self._positions, self._width
        unit = DecmacUnit(positions=positions, accumulator_width=width)
        inside = Inside(unit)
        m.submodules.unit = inside.fragment
        reset_once(m)
        step = Signal(3)
        kept = Signal(32)
        scaled = Signal(signed(32))
        m.d.comb += [
            scaled.eq(self.scale_sum.as_signed() >> self.scale_amount),
            unit.issue_weights.eq(self.weights),
            unit.issue_lane.eq(self.lane),
            *([unit.issue_bank.eq(self.bank)] if positions > LANES else []),
            unit.commit_valid.eq(self.commit),
            unit.mem_result_valid.eq(self.response),
            unit.products.eq(self.products),
            unit.quantize_valid.eq(self.quantize),
            unit.quantize_step.eq(step),
            unit.scale_sum.eq(self.scale_sum),
            unit.scale_amount.eq(self.scale_amount),
            unit.scaled.eq(scaled),
            unit.kept.eq(kept),
            unit.csr_we.eq(self.csr_we),
            unit.csr_wdata.eq(self.csr_wdata),
        ]

        # The architecture: accumulators, an instruction in write-back, and one whose products come now.
        accumulators = [Signal(signed(width), name=f"shadow{i}") for i in range(positions)]
        waits, multiplies = Signal(), Signal()
        waiting_bank, bank = Signal(), Signal()
        waiting_weight, weight = Signal(8), Signal(8)
        with m.If(self.response):
            m.d.sync += [waits.eq(0), weight.eq(waiting_weight), bank.eq(waiting_bank)]
        with m.If(self.commit):
            m.d.sync += [
                waits.eq(1),
                waiting_weight.eq((self.weights >> (self.lane << 3))[:8]),
                waiting_bank.eq(self.bank if positions > LANES else 0),
            ]
        m.d.sync += multiplies.eq(self.response)
        with m.If(multiplies):
            for number, total in enumerate(accumulators):
                with m.If(bank == number // LANES):
                    m.d.sync += total.eq(total + self.products[number % LANES])
        with m.If(self.csr_we):
            m.d.sync += Cat(*accumulators).eq(Cat(*accumulators[1:], self.csr_wdata))

        # xdecq: the accumulators when it begins, and the bytes made so far.
        begun = [Signal(signed(width), name=f"begun{i}") for i in range(positions)]
        made = Signal(24)
        first = [Mux(step == 0, now, then) for now, then in zip(accumulators, begun, strict=True)]
        with m.If(self.quantize):
            m.d.sync += [
                step.eq(Mux(step == SCALE_STEPS, 0, step + 1)),
                kept.eq(unit.bytes),
                *(then.eq(now) for then, now in zip(begun, first, strict=True)),
            ]
            with m.If(step == 0):
                m.d.sync += Cat(*accumulators).eq(Cat(*accumulators[LANES:]))
            m.d.comb += Assume(~multiplies)
            with m.Switch(step):
                for number in range(1, LANES):
                    with m.Case(number):
                        m.d.sync += made.word_select(number - 1, 8).eq(clipped(scaled))

        # The protocol.
        m.d.comb += [
            Assume(~self.response | waits),
            Assume(~self.commit | ~waits | self.response),
            Assume(~(self.csr_we | self.quantize) | ~(waits | multiplies | self.commit)),
            Assume(~(self.csr_we & self.quantize)),
            Assume((step == 0) | self.quantize),
        ]
        own = [inside[f"accumulator{i}"] for i in range(positions)]
        unit_waiting, unit_bank = (inside["waiting"], inside["bank"]) if positions > LANES else (0, 0)
        with m.If(~ResetSignal()):
            m.d.comb += [
                Assert(unit.multiply_valid == multiplies, "multiplies behind a response"),
                Assert(~multiplies | (unit.multiply_weight == weight), "by its weight"),
                Assert(
                    self.quantize | (unit.accumulator == accumulators[0].as_unsigned()), "first accumulator"
                ),
                Assert(
                    ~self.quantize | (step != SCALE_STEPS) | (unit.bytes == Cat(made, clipped(scaled))),
                    "bytes",
                ),
                Assert(~waits | (inside["weight"] == waiting_weight), "invariant: weight"),
                Assert(~waits | (waiting_bank == unit_waiting), "invariant: bank in write-back"),
                Assert(~multiplies | (bank == unit_bank), "invariant: bank"),
                Assert(step <= SCALE_STEPS, "invariant: steps"),
            ]
            for number in range(LANES):
                m.d.comb += Assert(
                    ~self.quantize | (step != number) | (unit.accumulator == first[number].as_unsigned()),
                    f"scales accumulator {number}",
                )
            for number in range(positions):
                after = begun[number + LANES] if number + LANES < positions else 0
                m.d.comb += [
                    Assert((step != 0) | (own[number] == accumulators[number]), f"accumulator {number}"),
                    Assert((step == 0) | (accumulators[number] == after), f"moves into accumulator {number}"),
                ]
            for number in range(1, SCALE_STEPS + 1):
                left = [*begun[number:], *[0] * number]
                with m.If(step == number):
                    m.d.comb += [
                        *(
                            Assert(is_now == was, f"invariant: accumulator {i} in step {number}")
                            for i, (is_now, was) in enumerate(zip(own, left, strict=True))
                        ),
                        Assert(
                            (kept >> 8 * (LANES - number + 1))[: 8 * (number - 1)]
                            == made[: 8 * (number - 1)],
                            f"invariant: bytes in step {number}",
                        ),
                    ]
        return m


def proof_name(positions: int, width: int) -> str:
    """Name of the proof of a variant."""
    return f"decmac.unit.{positions}_positions_{width}_bits"


PROOFS = tuple(
    Proof(
        name=proof_name(positions, width),
        what="each xdecmac multiplies by its weight once, in the cycle after its response, and adds the "
        "products; xdecq takes and clears the accumulators in order and packs the clipped bytes; a write of "
        "xacc moves them down",
        method=Method.INDUCTION,
        depth=4,
        build=lambda positions=positions, width=width: sources(UnitHarness(positions, width)),
        cheap=True,
    )
    for positions, width in ((4, 32), (4, 28), (8, 32))
)
