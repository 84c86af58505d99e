"""Extension units between the operands, the load/store unit and the CSRs."""

from typing import TYPE_CHECKING

from amaranth.hdl import Module

from hw.core.pipeline import Pipeline
from hw.units.unit import Unit

if TYPE_CHECKING:
    from hw.core.core import Core


def connect_units(m: Module, core: "Core", pipeline: Pipeline) -> None:
    """The extension units of the configuration, each as its record wires it."""
    for unit in pipeline.config.units:
        _follow(m, core, pipeline, unit)
        unit.connect(m, core, pipeline)


def _follow(m: Module, core: "Core", pipeline: Pipeline, unit: Unit) -> None:
    """Drive the marks of a unit's instruction in the stages, beside its controls in EX."""
    operands, execute = pipeline.parts.operands, pipeline.ex.controls
    if unit.forwarded:
        forward = getattr(operands, f"{unit.name}_forward")
        m.d.comb += getattr(operands, f"loading_{unit.name}").eq(execute[unit.name])
        with m.If(pipeline.parts.controller.issue):
            m.d.sync += pipeline.ex[f"{unit.name}_forward"].eq(forward)
    if unit.accesses_memory:
        with m.If(core.data.req & core.data.gnt):
            m.d.sync += pipeline.wb[unit.name].eq(execute[unit.name])
