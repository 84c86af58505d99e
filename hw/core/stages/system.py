"""Traps, counters and what the core shows outside."""

from typing import TYPE_CHECKING

from amaranth.hdl import Cat, Module

from hw.core.csr_file import INTERRUPTS
from hw.core.pipeline import Pipeline

if TYPE_CHECKING:
    from hw.core.core import Core


def connect_system(m: Module, core: "Core", pipeline: Pipeline) -> None:
    """Controller and CSRs, and the core's ports beside its buses."""
    controller, csrs, lsu = pipeline.parts.controller, pipeline.parts.csr_file, pipeline.parts.lsu
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
        core.sleep.eq(controller.sleep),
        core.execute_pc.eq(pipeline.ex.pc),
        core.fetch_starved.eq(~pipeline.id_valid),
        core.operand_wait.eq(pipeline.id_valid & pipeline.parts.operands.hazard),
    ]
