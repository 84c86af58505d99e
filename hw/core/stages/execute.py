"""EX: the functional units, the result among theirs, and when the instruction may leave."""

from typing import TYPE_CHECKING

from amaranth.hdl import Module, Mux

from hw.core.control_fields import ComplexOperation, FunctionalUnit
from hw.core.pipeline import Pipeline

if TYPE_CHECKING:
    from hw.core.core import Core


def connect_execute(m: Module, core: "Core", pipeline: Pipeline) -> None:
    """The functional units on EX's operands, then the result, its write and the end of EX."""
    parts, ex, ex_valid = pipeline.parts, pipeline.ex, pipeline.ex_valid
    alu, lsu, csrs = parts.alu, parts.lsu, parts.csr_file
    execute = ex.controls
    m.d.comb += [
        alu.operation.eq(execute.alu),
        alu.lanes.eq(execute.lanes),
        alu.a.eq(ex.a),
        alu.b.eq(ex.b),
        alu.c.eq(ex.c),
        alu.amount.eq(ex.amount),
        parts.branch.comparison.eq(execute.alu),
        parts.branch.a.eq(ex.a),
        parts.branch.b.eq(ex.b),
        lsu.request_valid.eq(ex_valid & execute.memory),
        lsu.base.eq(ex.a),
        lsu.offset.eq(ex.b),
        lsu.post_increment.eq(execute.post_increment),
        lsu.store.eq(execute.store),
        lsu.size.eq(execute.size),
        lsu.load_signed.eq(execute.load_signed),
        lsu.store_data.eq(ex.c),
        csrs.address.eq(ex.b[:12]),
        csrs.operation.eq(execute.csr),
        csrs.operand.eq(ex.a),
        csrs.commit.eq(pipeline.ex_done & (execute.unit == FunctionalUnit.CSR)),
    ]
    if pipeline.config.has("xcvbitrev"):
        m.d.comb += alu.reverses.eq(execute.reverses)
    if pipeline.config.has("xcvcplx"):
        m.d.comb += alu.complex.eq(execute.complex)
    if pipeline.config.has("m"):
        _connect_multiplier(m, pipeline)
        _connect_divider(m, pipeline)
    _choose_result(m, pipeline)
    _finish(m, core, pipeline)


def _connect_multiplier(m: Module, pipeline: Pipeline) -> None:
    multiplier, ex, execute = pipeline.parts.multiplier, pipeline.ex, pipeline.ex.controls
    m.d.comb += [
        multiplier.valid.eq(pipeline.ex_valid & (execute.unit == FunctionalUnit.MULTIPLIER)),
        multiplier.advance.eq(pipeline.ex_done),
        multiplier.operation.eq(execute.multiplier),
        multiplier.lanes.eq(execute.lanes),
        multiplier.a_signed.eq(execute.a_signed),
        multiplier.b_signed.eq(execute.b_signed),
        multiplier.high_halves.eq(execute.high_halves),
        multiplier.rounds.eq(execute.rounds),
        multiplier.amount.eq(ex.amount),
        multiplier.a.eq(ex.a),
        multiplier.b.eq(ex.b),
        multiplier.c.eq(ex.c),
    ]
    if pipeline.config.has("xcvcplx"):
        m.d.comb += multiplier.complex.eq(execute.complex != ComplexOperation.NONE)


def _connect_divider(m: Module, pipeline: Pipeline) -> None:
    divider, ex, execute = pipeline.parts.divider, pipeline.ex, pipeline.ex.controls
    m.d.comb += [
        divider.valid.eq(pipeline.ex_valid & (execute.unit == FunctionalUnit.DIVIDER)),
        divider.advance.eq(pipeline.ex_done),
        divider.is_signed.eq(execute.a_signed),
        divider.wants_remainder.eq(execute.wants_remainder),
        divider.a.eq(ex.a),
        divider.b.eq(ex.b),
    ]


def _choose_result(m: Module, pipeline: Pipeline) -> None:
    """The result of the functional unit that the instruction uses, and whether it is there."""
    parts, execute = pipeline.parts, pipeline.ex.controls
    result, done = pipeline.ex_result, pipeline.unit_done
    with m.Switch(execute.unit):
        with m.Case(FunctionalUnit.LSU):
            # An access stays in EX until memory grants it (its second half, if it crosses a word).
            m.d.comb += [
                result.eq(parts.lsu.pointer),
                done.eq(~execute.memory | parts.lsu.request_done),
            ]
        with m.Case(FunctionalUnit.CSR):
            m.d.comb += [result.eq(parts.csr_file.read_data), done.eq(1)]
        if pipeline.config.has("m"):
            with m.Case(FunctionalUnit.MULTIPLIER):
                m.d.comb += [result.eq(parts.multiplier.result), done.eq(parts.multiplier.done)]
            with m.Case(FunctionalUnit.DIVIDER):
                m.d.comb += [result.eq(parts.divider.result), done.eq(parts.divider.done)]
        with m.Default():
            m.d.comb += [result.eq(parts.alu.result), done.eq(1)]


def _finish(m: Module, core: "Core", pipeline: Pipeline) -> None:
    """The end of EX: the write of its result, branches, and the registers between EX and WB."""
    parts, ex, wb = pipeline.parts, pipeline.ex, pipeline.wb
    lsu, operands, controller, registers = parts.lsu, parts.operands, parts.controller, parts.register_file
    execute, ex_valid, ex_done = ex.controls, pipeline.ex_valid, pipeline.ex_done
    # Data that WB still waits for could be an operand of what enters EX, so it enters when they come.
    ex_ready = ex_done | (~ex_valid & lsu.wb_ready)
    ex_writes = Mux(execute.memory, execute.post_increment & ex.rs1.any(), execute.write_rd)
    m.d.comb += [
        # The instruction waits for WB even if it accesses no memory: the access there may still fault, and
        # nothing younger may have taken effect by then.
        ex_done.eq(ex_valid & pipeline.unit_done & lsu.wb_ready),
        # A branch to a misaligned target leaves EX and traps: it does not retire.
        core.retire.eq(ex_done & ~(controller.trap.valid & controller.ex_branches)),
        operands.execute_write.enable.eq(ex_valid & ex_writes),
        operands.execute_write.register.eq(Mux(execute.memory, ex.rs1, ex.rd)),
        operands.execute_write.value.eq(pipeline.ex_result),
        registers.write_execute.eq(operands.execute_write),
        registers.write_execute.enable.eq(ex_done & ex_writes),
        controller.ex_valid.eq(ex_valid),
        controller.ex_ready.eq(ex_ready),
        controller.ex_pc.eq(ex.pc),
        controller.ex_branches.eq(ex_done & execute.branch & parts.branch.taken),
        controller.ex_target.eq(ex.c),
    ]
    with m.If(core.data.req & core.data.gnt):
        m.d.sync += [
            wb.pc.eq(ex.pc),
            wb.rd.eq(ex.rd),
            wb.rs1.eq(ex.rs1),
            wb.write_rd.eq(execute.write_rd),
            wb.post_increment.eq(execute.post_increment & ex.rs1.any()),
        ]
        if pipeline.config.has("xcvelw"):
            m.d.sync += wb.event.eq(execute.event)
