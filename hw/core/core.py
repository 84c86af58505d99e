"""The core: the pipeline registers, and the wiring between the stages."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out, Signature, connect, flipped

from hw.bus import DataSignature, FetchSignature
from hw.config import CoreConfig
from hw.core.alu import Alu
from hw.core.controller import Controller
from hw.core.controls import Unit
from hw.core.csr_file import INTERRUPTS, CsrFile
from hw.core.decoder import Decoder
from hw.core.divider import Divider
from hw.core.fetch import Fetched, FetchUnit
from hw.core.hwloop import HardwareLoops
from hw.core.lsu import LoadStoreUnit
from hw.core.multiplier import Multiplier
from hw.core.operands import Operands
from hw.core.pipeline_registers import execute_stage, memory_stage
from hw.core.register_file import RegisterFile
from hw.core.rvfi import Pipeline, RvfiSignature, trace_retirement
from hw.decimate.unit import DecimateUnit


class Core(Component):
    """RV32IM_Zicsr in machine mode with CORE-V extensions and XDecimate, four stages, in order.

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
        Waiting in wfi.
    rvfi : Out(RvfiSignature), with ``rvfi``
    execute_pc : Out(32)
        Address of the instruction in EX, or of the one that was there last.
    starved : Out(1)
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
                "starved": Out(1),
                "operand_wait": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config
        m.submodules.fetch = fetch = FetchUnit(config)
        m.submodules.decoder = decoder = Decoder(config)
        m.submodules.register_file = registers = RegisterFile()
        m.submodules.operands = operands = Operands(config)
        m.submodules.controller = controller = Controller()
        m.submodules.alu = alu = Alu(config)
        m.submodules.lsu = lsu = LoadStoreUnit(config)
        m.submodules.csr_file = csrs = CsrFile(config, traced=self._rvfi)
        connect(m, fetch.bus, flipped(self.instr))
        connect(m, lsu.bus, flipped(self.data))

        # Only the valid bits are reset: what they qualify is never looked at before it is written.
        ex_valid = Signal()
        ex = Signal(execute_stage(config), reset_less=True)
        wb = Signal(memory_stage(config), reset_less=True)
        ex_done = Signal()  # EX's instruction leaves it at this clock edge
        ex_result = Signal(32)
        unit_done = Signal()
        execute = ex.controls

        # IF to ID.
        id_valid = Signal()
        fetched = Signal(Fetched, reset_less=True)
        id_pc = Signal(32, reset_less=True)
        m.d.comb += [
            fetch.boot_address.eq(self.boot_address),
            fetch.ready.eq(controller.accept),
            fetch.redirect_valid.eq(controller.redirect_valid),
            fetch.redirect_target.eq(controller.redirect_target),
        ]
        with m.If(controller.redirect_valid):
            m.d.sync += id_valid.eq(0)
        with m.Elif(controller.accept):
            m.d.sync += id_valid.eq(fetch.valid)
            with m.If(fetch.valid):
                m.d.sync += [fetched.eq(fetch.fetched), id_pc.eq(fetch.pc)]
        with m.Elif(controller.issue):
            m.d.sync += id_valid.eq(0)

        # ID: decode, read, forward.
        word = fetched.word
        controls = decoder.controls
        loop_waits = Signal()
        m.d.comb += [
            decoder.instruction.eq(word),
            operands.instruction.eq(word),
            operands.controls.eq(controls),
            operands.pc.eq(id_pc),
            operands.registers.eq(registers.read_value),
            operands.loading.eq(ex_valid & execute.memory & execute.write_rd),
            operands.loading_register.eq(ex.rd),
            operands.memory_pending.eq(lsu.wb_pending & wb.write_rd),
            operands.memory_register.eq(wb.rd),
            Value.cast(registers.read_register).eq(Cat(word[15:20], word[20:25], word[7:12])),
            controller.id_valid.eq(id_valid),
            controller.id_pc.eq(id_pc),
            controller.id_instruction.eq(word),
            controller.id_fault.eq(fetched.fault),
            controller.legal.eq(controls.legal),
            controller.system.eq(controls.system),
            controller.jump.eq(controls.jump),
            controller.flushes.eq(controls.flushes),
            controller.hazard.eq(operands.hazard | loop_waits),
            controller.target.eq(operands.target),
            controller.next_pc.eq(fetch.pc),
        ]

        # ID to EX.
        # Data that WB still waits for could be an operand of what enters EX, so it enters when they come.
        ex_ready = ex_done | (~ex_valid & lsu.wb_ready)
        with m.If(controller.issue):
            m.d.sync += [
                ex_valid.eq(1),
                ex.controls.eq(controls.execute),
                ex.pc.eq(id_pc),
                ex.a.eq(operands.a),
                ex.b.eq(operands.b),
                ex.c.eq(operands.c),
                ex.amount.eq(operands.amount),
                ex.rd.eq(word[7:12]),
                ex.rs1.eq(word[15:20]),
                # Register 0 is never written, forwarded or waited for.
                ex.controls.write_rd.eq(controls.execute.write_rd & word[7:12].any()),
            ]
        with m.Elif(ex_done | controller.kill_ex):
            m.d.sync += ex_valid.eq(0)

        # EX: results.
        m.d.comb += [
            alu.operation.eq(execute.alu),
            alu.lanes.eq(execute.lanes),
            alu.a.eq(ex.a),
            alu.b.eq(ex.b),
            alu.c.eq(ex.c),
            alu.amount.eq(ex.amount),
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
            csrs.commit.eq(ex_done & (execute.unit == Unit.CSR)),
        ]
        if config.has("m"):
            m.submodules.multiplier = multiplier = self.MULTIPLIER(config)
            m.submodules.divider = divider = self.DIVIDER()
            self._connect_multiplier(m, multiplier, ex, ex_valid, ex_done)
            self._connect_divider(m, divider, ex, ex_valid, ex_done)
        with m.Switch(execute.unit):
            with m.Case(Unit.LSU):
                m.d.comb += [ex_result.eq(lsu.pointer), unit_done.eq(~execute.memory | lsu.request_done)]
            with m.Case(Unit.CSR):
                m.d.comb += [ex_result.eq(csrs.read_data), unit_done.eq(1)]
            if config.has("m"):
                with m.Case(Unit.MULTIPLIER):
                    m.d.comb += [ex_result.eq(multiplier.result), unit_done.eq(multiplier.done)]
                with m.Case(Unit.DIVIDER):
                    m.d.comb += [ex_result.eq(divider.result), unit_done.eq(divider.done)]
            with m.Default():
                m.d.comb += [ex_result.eq(alu.result), unit_done.eq(1)]
        ex_writes = Mux(execute.memory, execute.post_increment & ex.rs1.any(), execute.write_rd)
        m.d.comb += [
            ex_done.eq(ex_valid & unit_done & lsu.wb_ready),
            self.retire.eq(ex_done & ~(controller.trap.valid & controller.ex_branches)),
            operands.execute_write.enable.eq(ex_valid & ex_writes),
            operands.execute_write.register.eq(Mux(execute.memory, ex.rs1, ex.rd)),
            operands.execute_write.value.eq(ex_result),
            registers.write_execute.eq(operands.execute_write),
            registers.write_execute.enable.eq(ex_done & ex_writes),
            controller.ex_valid.eq(ex_valid),
            controller.ex_ready.eq(ex_ready),
            controller.ex_pc.eq(ex.pc),
            controller.ex_branches.eq(ex_done & execute.branch & alu.condition),
            controller.ex_target.eq(ex.c),
        ]

        # EX to WB.
        with m.If(self.data.req & self.data.gnt):
            m.d.sync += [
                wb.pc.eq(ex.pc),
                wb.rd.eq(ex.rd),
                wb.rs1.eq(ex.rs1),
                wb.write_rd.eq(execute.write_rd),
                wb.post_increment.eq(execute.post_increment & ex.rs1.any()),
            ]

        # WB: load data, or what an access fault takes back.
        wb_result = Signal(32)
        m.d.comb += [
            wb_result.eq(lsu.load_data),
            operands.memory_write.enable.eq(lsu.wb_done & wb.write_rd),
            operands.memory_write.register.eq(wb.rd),
            operands.memory_write.value.eq(wb_result),
            registers.write_memory.eq(operands.memory_write),
            controller.wb_pending.eq(lsu.wb_pending),
            controller.wb_fault.eq(lsu.wb_fault),
            controller.wb_store.eq(lsu.wb_access.store),
            controller.wb_pc.eq(wb.pc),
            controller.wb_address.eq(lsu.wb_access.address),
        ]
        with m.If(lsu.wb_fault & wb.post_increment):
            m.d.comb += [
                registers.write_memory.enable.eq(1),
                registers.write_memory.register.eq(wb.rs1),
                registers.write_memory.value.eq(lsu.wb_access.address),
            ]

        # Traps and counters.
        m.d.comb += [
            controller.interrupt.eq(csrs.interrupt),
            controller.interrupt_cause.eq(csrs.interrupt_cause),
            controller.wake.eq(csrs.wake),
            controller.vector.eq(csrs.vector),
            controller.return_address.eq(csrs.return_address),
            csrs.trap.eq(controller.trap),
            csrs.mret.eq(controller.mret),
            csrs.irq.eq(Cat(*(getattr(self.irq, name) for name in INTERRUPTS))),
            csrs.hart_id.eq(self.hart_id),
            csrs.retire.eq(self.retire),
            csrs.unretire.eq(lsu.wb_fault & lsu.wb_last),
            self.sleep.eq(controller.sleep),
            self.execute_pc.eq(ex.pc),
            self.starved.eq(~id_valid),
            self.operand_wait.eq(id_valid & operands.hazard),
        ]
        if config.has("xcvhwlp"):
            self._connect_loops(m, fetched, ex, ex_valid, wb, loop_waits)
        if config.has("xdecimate"):
            self._connect_decimate(m, ex, ex_valid, ex_done, wb, wb_result)
        if self._rvfi:
            pipeline = Pipeline(
                parts=m.submodules,
                config=config,
                id_word=word,
                id_fault=fetched.fault,
                id_pc=id_pc,
                ex=ex,
                ex_done=ex_done,
                ex_result=ex_result,
                wb=wb,
                wb_result=wb_result,
            )
            m.submodules.rvfi = trace_retirement(pipeline, self.rvfi)
        return m

    def _connect_multiplier(
        self, m: Module, multiplier: Multiplier, ex: data.View, ex_valid: Signal, ex_done: Signal
    ) -> None:
        execute = ex.controls
        m.d.comb += [
            multiplier.valid.eq(ex_valid & (execute.unit == Unit.MULTIPLIER)),
            multiplier.advance.eq(ex_done),
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

    def _connect_divider(
        self, m: Module, divider: Divider, ex: data.View, ex_valid: Signal, ex_done: Signal
    ) -> None:
        execute = ex.controls
        m.d.comb += [
            divider.valid.eq(ex_valid & (execute.unit == Unit.DIVIDER)),
            divider.advance.eq(ex_done),
            divider.is_signed.eq(execute.a_signed),
            divider.wants_remainder.eq(execute.wants_remainder),
            divider.a.eq(ex.a),
            divider.b.eq(ex.b),
        ]

    def _connect_loops(
        self,
        m: Module,
        fetched: data.View,
        ex: data.View,
        ex_valid: Signal,
        wb: data.View,
        loop_waits: Signal,
    ) -> None:
        """Hardware loops are set and counted in ID, and taken back if the instruction does not retire."""
        fetch, operands = m.submodules.fetch, m.submodules.operands
        controller, lsu = m.submodules.controller, m.submodules.lsu
        controls = m.submodules.decoder.controls
        m.submodules.hardware_loops = loops = HardwareLoops()
        word = fetched.word
        issue = controller.issue
        sets_all = controls.loop.start & controls.loop.end
        state = loops.state
        last_of_0 = fetched.ends[0] & state[0].count.any()
        last_of_1 = fetched.ends[1] & state[1].count.any() & ~last_of_0
        counts = issue.replicate(2) & Cat(last_of_0, last_of_1)
        m.d.comb += [
            # A set-up cannot be taken back, so it waits until nothing older can fault.
            loop_waits.eq(Value.cast(controls.loop).any() & ex_valid & ex.controls.memory),
            loops.writes.eq(Mux(issue, Value.cast(controls.loop), 0)),
            loops.loop.eq(word[7]),
            loops.start.eq(
                Mux(sets_all, fetch.pc, Mux(controls.loop_immediate, operands.target, operands.rs1))
            ),
            loops.end.eq(Mux(sets_all | controls.loop_immediate, operands.target, operands.rs1)),
            loops.count.eq(Mux(controls.loop_immediate, word[20:32], operands.rs1)),
            loops.counts.eq(counts),
            loops.restores.eq(
                lsu.wb_fault.replicate(2)
                & ((wb.counts & lsu.wb_last.replicate(2)) | (ex.counts & ex_valid.replicate(2)))
            ),
            fetch.loops.eq(state),
            m.submodules.csr_file.loops.eq(state),
        ]
        with m.If(issue):
            m.d.sync += ex.counts.eq(counts)
        with m.If(self.data.req & self.data.gnt):
            m.d.sync += wb.counts.eq(ex.counts)

    def _connect_decimate(
        self,
        m: Module,
        ex: data.View,
        ex_valid: Signal,
        ex_done: Signal,
        wb: data.View,
        wb_result: Signal,
    ) -> None:
        """The XDecimate unit between the operands and the load/store unit, with its adder and register."""
        lsu, csrs, controller = m.submodules.lsu, m.submodules.csr_file, m.submodules.controller
        m.submodules.decimate = unit = DecimateUnit(standalone=False)
        execute = ex.controls
        m.d.comb += [
            m.submodules.operands.loading_decimate.eq(execute.decimate),
            unit.issue_valid.eq(ex_valid & execute.decimate),
            unit.issue_operation.eq(execute.decimate_operation),
            unit.issue_rs2.eq(ex.b),
            unit.issue_rs3.eq(ex.c),
            unit.issue_forward.eq(ex.decimate_forward),
            unit.commit_valid.eq(ex_done),
            unit.mem_result_valid.eq(lsu.wb_pending & self.data.rvalid),
            unit.mem_result_rdata.eq(lsu.wb_byte),
            unit.mem_result_err.eq(self.data.err),
            lsu.hold_we.eq(unit.hold_we),
            lsu.hold_wdata.eq(unit.hold_wdata),
            unit.hold_rdata.eq(lsu.hold_rdata),
            unit.csr_we.eq(csrs.decimate_write),
            unit.csr_wdata.eq(csrs.decimate_data),
            csrs.decimate_counter.eq(unit.csr_rdata),
        ]
        with m.If(execute.decimate):
            m.d.comb += lsu.offset.eq(unit.mem_offset)
        with m.If(controller.issue):
            m.d.sync += ex.decimate_forward.eq(m.submodules.operands.decimate_forward)
        with m.If(self.data.req & self.data.gnt):
            m.d.sync += wb.decimate.eq(execute.decimate)
        with m.If(wb.decimate):
            m.d.comb += wb_result.eq(unit.result_data)
