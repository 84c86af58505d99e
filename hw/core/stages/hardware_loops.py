"""Hardware loops: set up and counted in ID, and restored if the instruction does not retire."""

from typing import TYPE_CHECKING

from amaranth.hdl import Cat, Module, Mux, Value

from hw.core.pipeline import Pipeline

if TYPE_CHECKING:
    from hw.core.core import Core


def connect_loops(m: Module, core: "Core", pipeline: Pipeline) -> None:
    """The loop registers between ID, which sets and counts them, and fetch, which jumps back."""
    parts, ex, ex_valid, wb = pipeline.parts, pipeline.ex, pipeline.ex_valid, pipeline.wb
    fetch, operands, controller, lsu = parts.fetch, parts.operands, parts.controller, parts.lsu
    fetched, controls, loops = pipeline.fetched, parts.decoder.controls, parts.hardware_loops
    word = fetched.word
    issue = controller.issue
    sets_all = controls.loop.start & controls.loop.end
    state = loops.state
    last_of_0 = fetched.ends[0] & state[0].count.any()
    last_of_1 = fetched.ends[1] & state[1].count.any() & ~last_of_0
    counts = issue.replicate(2) & Cat(last_of_0, last_of_1)
    # The faulting access itself, and the instruction in EX that the fault kills, were counted in ID.
    restores = lsu.wb_fault.replicate(2) & (
        (wb.counts & lsu.wb_last.replicate(2)) | (ex.counts & ex_valid.replicate(2))
    )
    m.d.comb += [
        # A set-up cannot be rolled back, so it waits until nothing older can fault.
        pipeline.loop_waits.eq(Value.cast(controls.loop).any() & ex_valid & ex.controls.memory),
        loops.writes.eq(Mux(issue, Value.cast(controls.loop), 0)),
        loops.loop.eq(word[7]),
        loops.start.eq(Mux(sets_all, fetch.pc, Mux(controls.loop_immediate, operands.target, operands.rs1))),
        loops.end.eq(Mux(sets_all | controls.loop_immediate, operands.target, operands.rs1)),
        loops.count.eq(Mux(controls.loop_immediate, word[20:32], operands.rs1)),
        loops.counts.eq(counts),
        loops.restores.eq(restores),
        loops.second.eq(Mux(lsu.wb_fault, restores[1], last_of_1)),
        fetch.loops.eq(state),
        parts.csr_file.loops.eq(state),
    ]
    with m.If(issue):
        m.d.sync += ex.counts.eq(counts)
    with m.If(core.data.req & core.data.gnt):
        m.d.sync += wb.counts.eq(ex.counts)
