"""IF to ID: where fetch goes, and when ID takes its next instruction."""

from typing import TYPE_CHECKING

from amaranth.hdl import Module

from hw.core.pipeline import Pipeline

if TYPE_CHECKING:
    from hw.core.core import Core


def connect_fetch(m: Module, core: "Core", pipeline: Pipeline) -> None:
    """The fetch unit, and the registers between it and ID."""
    fetch, controller = pipeline.parts.fetch, pipeline.parts.controller
    id_valid = pipeline.id_valid
    m.d.comb += [
        fetch.boot_address.eq(core.boot_address),
        fetch.ready.eq(controller.accept),
        fetch.redirect_valid.eq(controller.redirect_valid),
        fetch.redirect_target.eq(controller.redirect_target),
    ]
    # A redirection kills what ID holds, even if it stalls: a jump, a branch or a trap goes elsewhere.
    with m.If(controller.redirect_valid):
        m.d.sync += id_valid.eq(0)
    with m.Elif(controller.accept):
        m.d.sync += id_valid.eq(fetch.valid)
    # A serialising instruction leaves ID and accepts no successor: what follows is fetched again after it.
    with m.Elif(controller.issue):
        m.d.sync += id_valid.eq(0)
    with m.If(controller.accept & fetch.valid):
        m.d.sync += [pipeline.fetched.eq(fetch.fetched), pipeline.id_pc.eq(fetch.pc)]
