"""XDecmac in the core: its controls, and its wires to load/store unit, multiplier and XDecimate's counter."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from amaranth.hdl import Module, Value

from hw.core.control_fields import FunctionalUnit, MultiplierOperation, OperandB, OperandC
from hw.isa.instruction import Instruction
from hw.units.decimate.instructions import EXTENSION as XDECIMATE
from hw.units.decmac.instructions import LANES, XACC, accumulator, instructions, pseudocode
from hw.units.decmac.unit import DecmacUnit, Operation
from hw.units.unit import Unit

if TYPE_CHECKING:
    from hw.config import CoreConfig
    from hw.core.core import Core
    from hw.core.pipeline import Pipeline


def _decode(row: Instruction) -> dict[str, Any]:
    if row.accesses_memory:
        return {
            "execute.unit": FunctionalUnit.LSU,
            "execute.memory": 1,
            "execute.size": 2,
            "operand_b": OperandB.RS2,
            "operand_c": OperandC.RD,
        }
    # The multiplier takes the factor as operand b, and what is added as operand c.
    return {
        "execute.unit": FunctionalUnit.MULTIPLIER,
        "execute.multiplier": MultiplierOperation.SCALE,
        "execute.a_signed": 1,
        "operand_b": OperandB.RS1,
        "operand_c": OperandC.RS2,
    }


def _connect(m: Module, core: "Core", pipeline: "Pipeline") -> None:
    parts, ex, execute = pipeline.parts, pipeline.ex, pipeline.ex.controls
    lsu, csrs, multiplier, decimate, unit = (
        parts.lsu,
        parts.csr_file,
        parts.multiplier,
        parts.decimate,
        parts.decmac,
    )
    loads = execute.decmac & execute.memory
    quantizes = execute.decmac & ~execute.memory
    responds = lsu.wb_pending & pipeline.wb.decmac & core.data.rvalid
    on_their_way = (lsu.wb_pending & pipeline.wb.decmac) | unit.multiply_valid
    reads_accumulator = (execute.unit == FunctionalUnit.CSR) & (csrs.address == XACC)
    m.d.comb += [
        lsu.whole_word.eq(loads),
        unit.issue_weights.eq(ex.c),
        unit.issue_lane.eq(decimate.csr_rdata[1:3]),
        unit.commit_valid.eq(pipeline.ex_done & loads),
        unit.mem_result_valid.eq(responds & ~core.data.err),
        multiplier.bytes_valid.eq(unit.multiply_valid),
        multiplier.bytes_a.eq(lsu.hold_rdata),
        multiplier.bytes_b.eq(unit.multiply_weight.replicate(4)),
        unit.products.eq(multiplier.byte_products),
        multiplier.scale_value.eq(unit.accumulator.as_signed()),
        unit.quantize_step.eq(multiplier.scale_step),
        unit.quantize_valid.eq(multiplier.valid & quantizes),
        unit.scale_sum.eq(multiplier.scale_sum),
        unit.scale_amount.eq(ex.b[16:21]),
        unit.scaled.eq(multiplier.result),
        unit.kept.eq(lsu.hold_rdata),
        unit.csr_we.eq(csrs.decmac_write),
        unit.csr_wdata.eq(csrs.decmac_data),
        csrs.decmac_accumulator.eq(unit.accumulator),
        decimate.issue_words.eq(loads),
        decimate.issue_step.eq(1),
    ]
    banked = "issue_bank" in unit.signature.members
    if banked:
        m.d.comb += unit.issue_bank.eq(decimate.csr_rdata[0])
    with m.If(loads):
        m.d.comb += [
            decimate.issue_valid.eq(pipeline.ex_valid),
            decimate.issue_operation.eq(Value.cast(execute.decmac_operation)[:2]),
            decimate.issue_step.eq(1 if banked else 2),
            lsu.offset.eq(decimate.mem_offset << 2),
        ]
    with m.If(responds):
        m.d.comb += [lsu.hold_we.eq(1), lsu.hold_wdata.eq(core.data.rdata)]
    # The register holds the word of the xdecmac in write-back at the clock edge at which xdecimate wants it.
    with m.If(execute.decimate & lsu.wb_pending & pipeline.wb.decmac):
        m.d.comb += lsu.request_valid.eq(0)
    with m.If((quantizes & (lsu.wb_pending | unit.multiply_valid)) | (reads_accumulator & on_their_way)):
        m.d.comb += [multiplier.valid.eq(0), pipeline.unit_done.eq(0)]
    with m.If(quantizes):
        m.d.comb += multiplier.amount.eq(ex.b[16:21])
    with m.If(unit.quantize_valid):
        m.d.comb += [
            lsu.hold_we.eq(1),
            lsu.hold_wdata.eq(unit.bytes),
            pipeline.ex_result.eq(unit.bytes),
            decimate.csr_we.eq(pipeline.ex_done),
            decimate.csr_wdata.eq(0),
        ]


@dataclass(frozen=True)
class _Component:
    """Makes a variant; equal to its own pickled copy."""

    positions: int
    accumulator_width: int

    def __call__(self, config: "CoreConfig") -> DecmacUnit:
        return DecmacUnit(positions=self.positions, accumulator_width=self.accumulator_width)


def decmac(extension: str, *, positions: int = LANES, accumulator_width: int = 32) -> Unit:
    """The record of a variant of the unit, for an extension of this name.

    Parameters
    ----------
    extension : str
    positions : int
        4, or 8: an index then serves two words, one execution after the other, each with accumulators of its
        own.
    accumulator_width : int
        Bits of an accumulator; sums wrap.
    """

    return Unit(
        name="decmac",
        extension=extension,
        source="this project, docs/xdecmac.md",
        needs=(XDECIMATE, "xcvsimd"),
        instructions=instructions(extension),
        pseudocode=pseudocode(positions),
        state=(accumulator(extension, positions, accumulator_width),),
        operation=Operation,
        decode=_decode,
        component=_Component(positions, accumulator_width),
        connect=_connect,
        accesses_memory=True,
        loads_words=True,
        borrows_crossing_register=True,
        borrows_multiplier=True,
        standalone=None,
        model="sim.iss.units.decmac",
        verification="verif.units.decmac.verification",
    )


DECMAC = decmac("xdecmac")
DECMAC8 = decmac("xdecmac8", positions=8)
#: Shows what narrower accumulators save; its sums wrap at 28 bits, and no kernel uses it.
DECMAC28 = decmac("xdecmac28", accumulator_width=28)
