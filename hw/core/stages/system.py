"""Traps, counters and what the core shows outside."""

from typing import TYPE_CHECKING

from amaranth.hdl import Cat, Module, Value

from hw.core.csr_file import INTERRUPTS
from hw.core.pipeline import Pipeline

if TYPE_CHECKING:
    from hw.core.core import Core


def connect_system(m: Module, core: "Core", pipeline: Pipeline) -> None:
    """Controller and CSRs, and the core's ports beside its buses."""
    controller, csrs, lsu = pipeline.parts.controller, pipeline.parts.csr_file, pipeline.parts.lsu
    sleep = controller.sleep
    if pipeline.config.has("xcvelw"):
        sleep |= _waits_for_event(core, pipeline)
    m.d.comb += [
        controller.interrupt.eq(csrs.interrupt),
        controller.interrupt_cause.eq(csrs.interrupt_cause),
        controller.wake.eq(csrs.wake),
        controller.vector.eq(csrs.vector),
        controller.return_address.eq(csrs.return_address),
        csrs.trap.eq(controller.trap),
        csrs.mret.eq(controller.mret),
        csrs.irq.eq(Cat(*(getattr(core.irq, name) for name in INTERRUPTS))),
        csrs.hart_id.eq(core.hart_id),
        csrs.retire.eq(core.retire),
        # An access counts as retired when it leaves EX, so its fault takes one off again.
        csrs.unretire.eq(lsu.wb_fault & lsu.wb_last),
        core.sleep.eq(sleep),
        core.execute_pc.eq(pipeline.ex.pc),
        core.fetch_starved.eq(~pipeline.id_valid),
        core.operand_wait.eq(pipeline.id_valid & pipeline.parts.operands.hazard),
    ]


def _waits_for_event(core: "Core", pipeline: Pipeline) -> Value:
    """Memory holds back the grant of an event load or its answer, and no instruction is being fetched."""
    requests = pipeline.ex.controls.event & core.data.req & ~core.data.gnt
    awaits = pipeline.wb.event & pipeline.parts.lsu.wb_pending & ~core.data.rvalid
    return (requests | awaits) & ~pipeline.parts.fetch.busy
