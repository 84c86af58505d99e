"""XDecimate in the core: its controls, and its wires between operands, load/store unit and CSRs."""

from typing import TYPE_CHECKING, Any

from amaranth.hdl import Module, Value

from hw.core.control_fields import FunctionalUnit
from hw.isa.instruction import Instruction
from hw.units.decimate.index import Operation
from hw.units.decimate.instructions import COUNTER, EXTENSION, INSTRUCTIONS, PSEUDOCODE
from hw.units.decimate.unit import DecimateUnit
from hw.units.unit import Unit

if TYPE_CHECKING:
    from hw.config import CoreConfig
    from hw.core.core import Core
    from hw.core.pipeline import Pipeline


def _decode(row: Instruction) -> dict[str, Any]:
    return {"execute.unit": FunctionalUnit.LSU, "execute.memory": int(row.accesses_memory)}


def _connect(m: Module, core: "Core", pipeline: "Pipeline") -> None:
    """The unit beside the load/store unit, whose adder and register it uses."""
    parts, ex = pipeline.parts, pipeline.ex
    lsu, csrs, unit = parts.lsu, parts.csr_file, parts.decimate
    execute = ex.controls
    m.d.comb += [
        unit.issue_valid.eq(pipeline.ex_valid & execute.decimate),
        unit.issue_operation.eq(execute.decimate_operation),
        unit.issue_rs2.eq(ex.b),
        unit.issue_rs3.eq(ex.c),
        unit.issue_forward.eq(ex.decimate_forward),
        unit.commit_valid.eq(pipeline.ex_done),
        unit.mem_result_valid.eq(lsu.wb_pending & core.data.rvalid),
        unit.mem_result_rdata.eq(lsu.wb_byte),
        unit.mem_result_err.eq(core.data.err),
        lsu.hold_we.eq(unit.hold_we),
        lsu.hold_wdata.eq(unit.hold_wdata),
        unit.hold_rdata.eq(lsu.hold_rdata),
        unit.csr_we.eq(csrs.decimate_write),
        unit.csr_wdata.eq(csrs.decimate_data),
        csrs.decimate_counter.eq(unit.csr_rdata),
    ]
    with m.If(execute.decimate):
        m.d.comb += lsu.offset.eq(unit.mem_offset)
    with m.If(pipeline.wb.decimate):
        m.d.comb += pipeline.wb_result.eq(unit.result_data)


def _component(config: "CoreConfig") -> DecimateUnit:
    # A function: one partial() never equals another, so that a record would not equal its own pickled copy.
    return DecimateUnit(standalone=False, words=any(EXTENSION in unit.needs for unit in config.units))


def _forwarded(unit: Any) -> Value:
    return unit.hold_wdata


DECIMATE = Unit(
    name="decimate",
    extension=EXTENSION,
    source="arXiv 2503.06183, section 4",
    instructions=INSTRUCTIONS,
    pseudocode=PSEUDOCODE,
    state=(COUNTER,),
    operation=Operation,
    decode=_decode,
    component=_component,
    connect=_connect,
    accesses_memory=True,
    borrows_crossing_register=True,
    forwarded=_forwarded,
    standalone=DecimateUnit,
    model="sim.iss.units.decimate",
    verification="verif.units.decimate.verification",
)
