"""The pipeline of a core: its parts, its registers by stage, and the wires between the stages."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import data

from hw.config import CoreConfig
from hw.core.fetch import fetched_shape
from hw.core.pipeline_registers import execute_stage, memory_stage


class Pipeline:
    """Signals that the stages of one core share.

    Each file of ``hw.core.stages`` drives the signals of its stage. A later one may override what an earlier
    one drives: in Amaranth the last assignment wins.

    Parameters
    ----------
    config : CoreConfig
    m : Module
        The core's.

    Attributes
    ----------
    parts
        The core's submodules, by their names in it.
    id_valid, fetched, id_pc : Signal
        The instruction in ID. Only the valid bits are reset: nothing looks at what they qualify before it is
        written.
    ex_valid, ex : Signal
        The instruction in EX, as ``execute_stage`` lays it out.
    ex_done : Signal
        EX's instruction leaves it at this clock edge.
    ex_result : Signal
        32 bits that EX makes: rd, or the post-incremented pointer of an access.
    unit_done : Signal
        The functional unit of EX's instruction has its result.
    loop_waits : Signal
        ID's instruction sets up a hardware loop and must not yet.
    wb : Signal
        The access in WB, as ``memory_stage`` lays it out.
    wb_result : Signal
        32 bits that WB writes to rd.
    """

    def __init__(self, config: CoreConfig, m: Module) -> None:
        self.config = config
        self.parts: Any = m.submodules
        self.id_valid = Signal()
        self.fetched: data.View = Signal(fetched_shape(config), reset_less=True)
        self.id_pc = Signal(32, reset_less=True)
        self.ex_valid = Signal()
        self.ex: data.View = Signal(execute_stage(config), reset_less=True)
        self.ex_done = Signal()
        self.ex_result = Signal(32)
        self.unit_done = Signal()
        self.loop_waits = Signal()
        self.wb: data.View = Signal(memory_stage(config), reset_less=True)
        self.wb_result = Signal(32)
