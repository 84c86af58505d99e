"""WB: load data, and what an access fault takes back."""

from amaranth.hdl import Module

from hw.core.pipeline import Pipeline


def connect_write_back(m: Module, pipeline: Pipeline) -> None:
    """The write of load data, and the access that the controller must know of."""
    parts, wb = pipeline.parts, pipeline.wb
    lsu, operands, controller, registers = parts.lsu, parts.operands, parts.controller, parts.register_file
    m.d.comb += [
        pipeline.wb_result.eq(lsu.load_data),
        operands.memory_write.enable.eq(lsu.wb_done & wb.write_rd),
        operands.memory_write.register.eq(wb.rd),
        operands.memory_write.value.eq(pipeline.wb_result),
        registers.write_memory.eq(operands.memory_write),
        controller.wb_pending.eq(lsu.wb_pending),
        controller.wb_fault.eq(lsu.wb_fault),
        controller.wb_store.eq(lsu.wb_access.store),
        controller.wb_pc.eq(wb.pc),
        controller.wb_address.eq(lsu.wb_access.address),
    ]
    # The pointer was incremented when the access left EX. A fault undoes it, so that the handler can repeat
    # the instruction; the address that was accessed is the old pointer.
    with m.If(lsu.wb_fault & wb.post_increment):
        m.d.comb += [
            registers.write_memory.enable.eq(1),
            registers.write_memory.register.eq(wb.rs1),
            registers.write_memory.value.eq(lsu.wb_access.address),
        ]
