"""ID: decode, read, forward, and hand over to EX."""

from amaranth.hdl import Cat, Module, Value

from hw.core.pipeline import Pipeline


def connect_decode(m: Module, pipeline: Pipeline) -> None:
    """Decoder, register file and operands around the instruction in ID, and what the controller must know."""
    parts, ex, wb = pipeline.parts, pipeline.ex, pipeline.wb
    operands, controller = parts.operands, parts.controller
    execute, controls = ex.controls, parts.decoder.controls
    word = pipeline.fetched.word
    m.d.comb += [
        parts.decoder.instruction.eq(word),
        operands.instruction.eq(word),
        operands.controls.eq(controls),
        operands.pc.eq(pipeline.id_pc),
        operands.registers.eq(parts.register_file.read_value),
        # A load's data come at the earliest in the cycle after it leaves EX: ID's use of them waits.
        operands.loading.eq(pipeline.ex_valid & execute.memory & execute.write_rd),
        operands.loading_register.eq(ex.rd),
        operands.memory_pending.eq(parts.lsu.wb_pending & wb.write_rd),
        operands.memory_register.eq(wb.rd),
        Value.cast(parts.register_file.read_register).eq(Cat(word[15:20], word[20:25], word[7:12])),
        controller.id_valid.eq(pipeline.id_valid),
        controller.id_pc.eq(pipeline.id_pc),
        controller.id_instruction.eq(word),
        controller.id_fault.eq(pipeline.fetched.fault),
        controller.legal.eq(controls.legal),
        controller.system.eq(controls.system),
        controller.jump.eq(controls.jump),
        controller.flushes.eq(controls.flushes),
        controller.hazard.eq(operands.hazard | pipeline.loop_waits),
        controller.target.eq(operands.target),
        controller.next_pc.eq(parts.fetch.pc),
    ]
    if pipeline.config.has("xcvelw"):
        rd, rs1 = word[7:12], word[15:20]
        m.d.comb += [
            controller.event.eq(controls.execute.event),
            controller.event_in_wb.eq((rd == rs1) & rd.any()),
        ]
    if pipeline.config.has("c"):
        compressed = pipeline.fetched.compressed
        m.d.comb += [
            operands.compressed.eq(compressed),
            controller.id_fault_behind.eq(~compressed),
        ]


def connect_issue(m: Module, pipeline: Pipeline) -> None:
    """The registers between ID and EX."""
    parts, ex, word = pipeline.parts, pipeline.ex, pipeline.fetched.word
    operands, controller, controls = parts.operands, parts.controller, parts.decoder.controls
    # Behind an instruction that EX's branch kills, EX is not valid; its address stays for a profiler.
    with m.If(controller.advance):
        m.d.sync += [
            ex.controls.eq(controls.execute),
            ex.a.eq(operands.a),
            ex.b.eq(operands.b),
            ex.c.eq(operands.c),
            ex.amount.eq(operands.amount),
            ex.rd.eq(word[7:12]),
            ex.rs1.eq(word[15:20]),
            # Register 0 is never written, forwarded or waited for.
            ex.controls.write_rd.eq(controls.execute.write_rd & word[7:12].any()),
        ]
    with m.If(controller.issue):
        m.d.sync += [pipeline.ex_valid.eq(1), ex.pc.eq(pipeline.id_pc)]
    # An access fault in WB kills the younger instruction in EX, which has had no effect yet.
    with m.Elif(pipeline.ex_done | controller.kill_ex):
        m.d.sync += pipeline.ex_valid.eq(0)
