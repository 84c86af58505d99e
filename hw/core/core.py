"""The core: its parts, and the order in which the stages are wired."""

from amaranth.hdl import Module
from amaranth.lib.wiring import Component, In, Out, Signature, connect, flipped

from hw.bus import DataSignature, FetchSignature
from hw.config import CoreConfig
from hw.core.alu import Alu
from hw.core.branch import Branch
from hw.core.controller import Controller
from hw.core.csr_file import INTERRUPTS, CsrFile
from hw.core.decoder import Decoder
from hw.core.divider import Divider
from hw.core.fetch import FetchUnit
from hw.core.hwloop import HardwareLoops
from hw.core.lsu import LoadStoreUnit
from hw.core.multiplier import Multiplier
from hw.core.operands import Operands
from hw.core.pipeline import Pipeline
from hw.core.register_file import RegisterFile
from hw.core.rvfi import RvfiSignature, trace_retirement
from hw.core.stages.decode import connect_decode, connect_issue
from hw.core.stages.execute import connect_execute
from hw.core.stages.fetch import connect_fetch
from hw.core.stages.hardware_loops import connect_loops
from hw.core.stages.system import connect_system
from hw.core.stages.units import connect_units
from hw.core.stages.write_back import connect_write_back


class Core(Component):
    """RV32IM_Zicsr in machine mode with CORE-V extensions and extension units, four stages, in order.

    Cycles are CV32E40P's (hw.isa.instruction.Cycles). Reset is synchronous and active high.

    Parameters
    ----------
    config : CoreConfig
        Extensions to build; nothing of the others is left in the netlist.
    rvfi : bool
        Add the retirement trace.

    Members
    -------
    hart_id : In(32)
        What mhartid reads; constant.
    boot_address : In(32)
        First address fetched after reset, a multiple of 4; constant.
    irq.external, irq.software, irq.timer : In(1)
        Level-sensitive interrupt line, synchronous to the clock.
    instr : Out(FetchSignature)
    data : Out(DataSignature)
    retire : Out(1)
        An instruction leaves EX at this clock edge (its memory access can still fault).
    sleep : Out(1)
        Waiting in wfi, or for the answer to an event load, with nothing else under way.
    rvfi : Out(RvfiSignature), with ``rvfi``
    execute_pc : Out(32)
        Address of the instruction in EX, or of the one that was there last.
    fetch_starved : Out(1)
        ID has no instruction.
    operand_wait : Out(1)
        ID's instruction waits for an operand.
    """

    #: Units that a proof may stand something simpler in for.
    MULTIPLIER = Multiplier
    DIVIDER = Divider

    def __init__(self, config: CoreConfig, *, rvfi: bool = False) -> None:
        self._config = config
        self._rvfi = rvfi
        super().__init__(
            {
                "hart_id": In(32),
                "boot_address": In(32),
                "irq": In(Signature({name: Out(1) for name in INTERRUPTS})),
                "instr": Out(FetchSignature()),
                "data": Out(DataSignature()),
                "retire": Out(1),
                "sleep": Out(1),
                **({"rvfi": Out(RvfiSignature())} if rvfi else {}),
                "execute_pc": Out(32),
                "fetch_starved": Out(1),
                "operand_wait": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        self._add_parts(m)
        pipeline = Pipeline(self._config, m)
        connect(m, m.submodules.fetch.bus, flipped(self.instr))
        connect(m, m.submodules.lsu.bus, flipped(self.data))
        connect_fetch(m, self, pipeline)
        connect_decode(m, pipeline)
        connect_issue(m, pipeline)
        connect_execute(m, self, pipeline)
        connect_write_back(m, pipeline)
        connect_system(m, self, pipeline)
        if self._config.has("xcvhwlp"):
            connect_loops(m, self, pipeline)
        connect_units(m, self, pipeline)
        if self._rvfi:
            m.submodules.rvfi = trace_retirement(pipeline, self.rvfi)
        return m

    def _add_parts(self, m: Module) -> None:
        config = self._config
        m.submodules.fetch = FetchUnit(config, traced=self._rvfi)
        m.submodules.decoder = Decoder(config)
        m.submodules.register_file = RegisterFile()
        m.submodules.operands = Operands(config)
        m.submodules.controller = Controller(compresses=config.has("c"), events=config.has("xcvelw"))
        m.submodules.alu = Alu(config)
        m.submodules.branch = Branch()
        m.submodules.lsu = LoadStoreUnit(config)
        m.submodules.csr_file = CsrFile(config, traced=self._rvfi)
        if config.has("m"):
            m.submodules.multiplier = self.MULTIPLIER(config)
            m.submodules.divider = self.DIVIDER()
        if config.has("xcvhwlp"):
            m.submodules.hardware_loops = HardwareLoops()
        for unit in config.units:
            m.submodules[unit.name] = unit.component(config)
