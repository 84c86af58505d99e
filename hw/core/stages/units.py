"""Extension units between the operands, the load/store unit and the CSRs."""

from typing import TYPE_CHECKING

from amaranth.hdl import Module

from hw.core.pipeline import Pipeline

if TYPE_CHECKING:
    from hw.core.core import Core


def connect_decimate(m: Module, core: "Core", pipeline: Pipeline) -> None:
    """The XDecimate unit between the operands and the load/store unit, with its adder and register."""
    parts, ex, wb = pipeline.parts, pipeline.ex, pipeline.wb
    lsu, csrs, unit = parts.lsu, parts.csr_file, parts.decimate
    execute = ex.controls
    m.d.comb += [
        parts.operands.loading_decimate.eq(execute.decimate),
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
    with m.If(parts.controller.issue):
        m.d.sync += ex.decimate_forward.eq(parts.operands.decimate_forward)
    with m.If(core.data.req & core.data.gnt):
        m.d.sync += wb.decimate.eq(execute.decimate)
    with m.If(wb.decimate):
        m.d.comb += pipeline.wb_result.eq(unit.result_data)
