"""The retirement trace: RVFI, the interface of riscv-formal, with the extra ports of CV32E40P's."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import FlippedInterface, Out, PureInterface, Signature

from hw.core.control_fields import CsrOperation, Jump, System
from hw.core.controller import Cause
from hw.core.csr_file import INTERRUPTS, TRACED_CSRS
from hw.core.operands import RD, RS1, RS2
from hw.core.pipeline import Pipeline
from hw.isa.csr import ADDRESSES

#: Ports beside those of the CSRs. riscv-formal's, then rd2 and rs3 as CV32E40P has them, then ``irq``.
_PORTS = {
    "valid": 1,
    "order": 64,
    "insn": 32,
    "trap": 1,
    "halt": 1,
    "intr": 1,
    "mode": 2,
    "ixl": 2,
    "rs1_addr": 5,
    "rs2_addr": 5,
    "rs1_rdata": 32,
    "rs2_rdata": 32,
    "rd_addr": 5,
    "rd_wdata": 32,
    "pc_rdata": 32,
    "pc_wdata": 32,
    "mem_addr": 32,
    "mem_rmask": 4,
    "mem_wmask": 4,
    "mem_rdata": 32,
    "mem_wdata": 32,
    "mem_fault": 1,
    "mem_fault_rmask": 4,
    "mem_fault_wmask": 4,
    "rs3_addr": 5,
    "rs3_rdata": 32,
    "rd2_addr": 5,
    "rd2_wdata": 32,
    "irq": 32,
}

#: Bits of a CSR that a write changes, and those that are always one; mepc takes addresses of
#: instructions, and the others take the whole word.
_WRITABLE = {
    "mstatus": (0x88, 0x1800),
    "mie": (sum(1 << number for number in INTERRUPTS.values()), 0),
    "mtvec": (0xFFFF_FFFD, 0),
    "mcountinhibit": (0b101, 0),
    "mcause": (0x8000_001F, 0),
}
_READ_ONLY = ("mvendorid", "marchid", "mimpid", "mhartid", "mstatush", "misa", "mip")


class RvfiSignature(Signature):
    """One retired instruction a cycle, when ``valid`` (YosysHQ riscv-formal, docs/source/rvfi.rst).

    Members
    -------
    valid, order, insn, trap, halt, intr, mode, ixl, rs1_*, rs2_*, rd_*, pc_*, mem_*, csr_*
        As riscv-formal defines them. A trapped instruction is reported with ``trap`` and no effect but on the
        trap CSRs, ``pc_wdata`` is then the handler; the first instruction of any handler has ``intr``.
        ``mem_addr`` is that of the first byte, aligned or not, and bit 0 of the masks is that byte, also when
        the core made two accesses of it. All CSR values are those at the instruction's turn in EX.
    rs3_addr, rs3_rdata : Out(5), Out(32)
        The third source, which sits in the rd field: accumulators, inserts, byte merges, increment registers.
    rd2_addr, rd2_wdata : Out(5), Out(32)
        The post-incremented pointer; 0 where rd is the same register, as rd wins.
    irq : Out(32)
        mip at the clock edge at which the core decided to run this instruction; where an interrupt comes
        before it, at the edge at which that was taken.
    """

    def __init__(self) -> None:
        csrs = {
            f"csr_{name}_{part}": Out(width)
            for name, width in TRACED_CSRS.items()
            for part in ("rmask", "wmask", "rdata", "wdata")
        }
        super().__init__({name: Out(width) for name, width in _PORTS.items()} | csrs)


#: What is known of an instruction when it goes to EX.
_ISSUED = data.StructLayout(
    {
        "insn": 32,
        "pc": 32,
        "next_pc": 32,
        "addr": data.ArrayLayout(5, 3),
        "rdata": data.ArrayLayout(32, 3),
        "mret": 1,
        "irq": 32,
    }
)


def _retiring() -> data.StructLayout:
    """Record of an instruction when it leaves EX, or traps before."""
    csrs = data.StructLayout(
        {
            name: data.StructLayout({"rdata": width, "wdata": width, "wmask": width})
            for name, width in TRACED_CSRS.items()
        }
    )
    return data.StructLayout(
        {
            "issued": _ISSUED,
            "intr": 1,
            "memory": 1,  # waits for the response in WB
            "rd": 5,
            "rd_wdata": 32,
            "rd2": 5,
            "rd2_wdata": 32,
            "wdata": 32,
            "trap": 1,
            "fault": 1,
            "cause": 5,
            "value": 32,
            "address": 32,
            "csrs": csrs,
        }
    )


def trace_retirement(core: Pipeline, port: PureInterface | FlippedInterface) -> Module:
    """The logic that watches the core and drives its RVFI port.

    An instruction's record goes beside it into EX, then into one register for what has left EX or trapped.
    From there it is reported: in the next cycle, or when WB has its response. The next one leaves EX at that
    clock edge at the earliest, so one register is enough.
    """
    m = Module()
    issued = Signal(_ISSUED, reset_less=True)
    record = Signal(_retiring(), reset_less=True)
    code = _code_in_id(m, core)
    with m.If(core.parts.controller.issue):
        m.d.sync += issued.eq(_at_issue(core, code))
    waiting = _enter(m, core, issued, record, code)
    _report(m, core, record, waiting, port)
    return m


def _mip(core: Pipeline) -> Value:
    return core.parts.csr_file.values.mip


def _code_in_id(m: Module, core: Pipeline) -> Value:
    """ID's instruction as it lies in memory, with zeros above a compressed one."""
    if not core.config.has("c"):
        return core.fetched.word
    code = Signal(32, reset_less=True)
    fetch = core.parts.fetch
    with m.If(core.parts.controller.accept & fetch.valid):
        m.d.sync += code.eq(Mux(fetch.fetched.compressed, fetch.code[:16], fetch.code))
    return code


def _at_issue(core: Pipeline, code: Value) -> Value:
    controls, word = core.parts.operands.controls, core.fetched.word
    reads = (controls.reads_rs1, controls.reads_rs2, controls.reads_rd)
    fields = (word[15:20], word[20:25], word[7:12])
    numbers = [field & read.replicate(5) for field, read in zip(fields, reads, strict=True)]
    values = [
        value & number.any().replicate(32)
        for value, number in zip(core.parts.operands.values, numbers, strict=True)
    ]
    jumps = (controls.jump == Jump.PC) | (controls.jump == Jump.REGISTER)
    return Cat(
        code,
        core.id_pc,
        Mux(jumps, core.parts.operands.target, core.parts.fetch.pc),
        *numbers,
        *values,
        controls.system == System.MRET,
        _mip(core),
    )


def _enter(m: Module, core: Pipeline, issued: data.View, record: data.View, code: Value) -> Signal:
    """Fill the record; returns whether it holds an instruction."""
    controller, lsu, ex = core.parts.controller, core.parts.lsu, core.ex
    execute, trap = ex.controls, controller.trap
    waiting = Signal()
    entered = Signal()
    id_traps = Signal()
    cut_short = Signal()  # the first of two accesses faults: the instruction is still in EX
    handler = Signal()  # the next instruction is the first one of a handler
    interrupted = Signal()  # of an interrupt's
    irq = Signal(32, reset_less=True)
    m.d.comb += [
        id_traps.eq(trap.valid & ~trap.interrupt & ~lsu.wb_fault & ~core.ex_done),
        cut_short.eq(lsu.wb_fault & ~lsu.wb_last),
        entered.eq(core.ex_done | id_traps | cut_short),
    ]
    with m.If(entered):
        m.d.sync += [waiting.eq(1), handler.eq(0), interrupted.eq(0)]
    with m.Elif(~record.memory | lsu.wb_done | lsu.wb_fault):
        m.d.sync += waiting.eq(0)
    with m.If(trap.valid):
        m.d.sync += [handler.eq(1), interrupted.eq(trap.interrupt), irq.eq(_mip(core))]

    writes_rd = execute.write_rd & ~execute.memory
    writes_pointer = (
        execute.memory & execute.post_increment & ~(execute.write_rd & (ex.rd == ex.rs1)) & core.ex_done
    )
    with m.If(entered):
        m.d.sync += [
            record.issued.eq(issued),
            record.intr.eq(handler),
            record.memory.eq(core.ex_done & execute.memory),
            record.rd.eq(Mux(writes_rd & core.ex_done, ex.rd, 0)),
            record.rd_wdata.eq(Mux(writes_rd & core.ex_done, core.ex_result, 0)),
            record.rd2.eq(Mux(writes_pointer, ex.rs1, 0)),
            record.rd2_wdata.eq(Mux(writes_pointer & ex.rs1.any(), core.ex_result, 0)),
            record.wdata.eq(ex.c),
            record.trap.eq(trap.valid),
            record.fault.eq(cut_short | (id_traps & (trap.cause == Cause.FETCH_FAULT))),
            record.cause.eq(trap.cause),
            record.value.eq(trap.value),
            record.address.eq(lsu.wb_access.address),
        ]
        with m.If(issued.mret):
            m.d.sync += record.issued.next_pc.eq(core.parts.csr_file.return_address)
        with m.If(controller.ex_branches):
            m.d.sync += record.issued.next_pc.eq(controller.ex_target)
        with m.If(id_traps):
            m.d.sync += [
                # A misaligned target is the sources' doing; an illegal word has none.
                record.issued.eq(Mux(trap.cause == Cause.FETCH_MISALIGNED, _at_issue(core, code), 0)),
                record.issued.insn.eq(Mux(core.fetched.fault, 0, code)),
                record.issued.pc.eq(core.id_pc),
                record.issued.irq.eq(_mip(core)),
            ]
        with m.If(trap.valid & ~(lsu.wb_fault & lsu.wb_last)):
            m.d.sync += record.issued.next_pc.eq(controller.redirect_target)
        with m.If(interrupted):
            m.d.sync += record.issued.irq.eq(irq)
        for unit in core.config.units:
            if unit.forwarded:
                with m.If(execute[unit.name] & ex[f"{unit.name}_forward"]):
                    m.d.sync += record.issued.rdata[RD].eq(unit.forwarded(core.parts[unit.name]))
        _read_csrs(m, core, issued, record)
    return waiting


def _read_csrs(m: Module, core: Pipeline, issued: data.View, record: data.View) -> None:
    """CSRs before the instruction, and what it writes to them."""
    csrs = core.parts.csr_file
    writes = csrs.commit & (csrs.operation != CsrOperation.READ)
    writable_bits = _WRITABLE | {"mepc": (0xFFFF_FFFF & -core.config.instruction_alignment, 0)}
    for name, width in TRACED_CSRS.items():
        csr, value = record.csrs[name], csrs.values[name]
        m.d.sync += [csr.rdata.eq(value), csr.wdata.eq(value), csr.wmask.eq(0)]
        if name in _READ_ONLY:
            continue
        writable, ones = writable_bits.get(name, (0xFFFF_FFFF, 0))
        for half in range(width // 32):
            with m.If(writes & (csrs.address == ADDRESSES[name + "h" * half])):
                m.d.sync += [
                    csr.wdata.word_select(half, 32).eq(csrs.written & writable | ones),
                    csr.wmask.word_select(half, 32).eq(0xFFFF_FFFF),
                ]
    with m.If(issued.mret & core.ex_done):
        mstatus = record.csrs.mstatus
        m.d.sync += [
            mstatus.wdata.eq(0x1880 | csrs.values.mstatus[7] << 3),
            mstatus.wmask.eq(0xFFFF_FFFF),
        ]


def _report(m: Module, core: Pipeline, record: data.View, waiting: Signal, port) -> None:
    lsu, trap, issued = core.parts.lsu, core.parts.controller.trap, record.issued
    order = Signal(64)
    with m.If(port.valid):
        m.d.sync += order.eq(order + 1)
    faults = record.memory & lsu.wb_fault
    traps = record.trap | faults
    bytes_accessed = Signal(4)
    with m.Switch(lsu.wb_access.size):
        with m.Case(0):
            m.d.comb += bytes_accessed.eq(0b0001)
        with m.Case(1):
            m.d.comb += bytes_accessed.eq(0b0011)
        with m.Default():
            m.d.comb += bytes_accessed.eq(0b1111)
    bits_accessed = Cat(*(bit.replicate(8) for bit in bytes_accessed))
    stores = lsu.wb_access.store
    loaded = record.memory & ~faults & core.wb.write_rd
    load_rmask, store_wmask = (
        bytes_accessed & (record.memory & ~faults & which).replicate(4) for which in (~stores, stores)
    )
    data_fault = faults | (record.fault & (record.cause != Cause.FETCH_FAULT))
    m.d.comb += [
        port.valid.eq(waiting & (~record.memory | lsu.wb_done | lsu.wb_fault)),
        port.order.eq(order),
        port.insn.eq(issued.insn),
        port.trap.eq(traps),
        port.halt.eq(0),
        port.intr.eq(record.intr),
        port.mode.eq(3),
        port.ixl.eq(1),
        port.rs1_addr.eq(issued.addr[RS1]),
        port.rs2_addr.eq(issued.addr[RS2]),
        port.rs3_addr.eq(issued.addr[RD]),
        port.rs1_rdata.eq(issued.rdata[RS1]),
        port.rs2_rdata.eq(issued.rdata[RS2]),
        port.rs3_rdata.eq(issued.rdata[RD]),
        port.rd_addr.eq(Mux(loaded, core.wb.rd, record.rd)),
        port.rd_wdata.eq(Mux(loaded, core.wb_result, record.rd_wdata)),
        port.rd2_addr.eq(Mux(faults, 0, record.rd2)),
        port.rd2_wdata.eq(Mux(faults, 0, record.rd2_wdata)),
        port.pc_rdata.eq(issued.pc),
        port.pc_wdata.eq(Mux(faults, core.parts.controller.redirect_target, issued.next_pc)),
        port.mem_addr.eq(Mux(record.memory, lsu.wb_access.address, record.address)),
        port.mem_rmask.eq(load_rmask),
        port.mem_wmask.eq(store_wmask),
        port.mem_rdata.eq(lsu.load_data & bits_accessed & load_rmask.any().replicate(32)),
        port.mem_wdata.eq(record.wdata & bits_accessed & store_wmask.any().replicate(32)),
        port.mem_fault.eq(faults | record.fault),
        port.mem_fault_rmask.eq(bytes_accessed & (data_fault & ~stores).replicate(4)),
        port.mem_fault_wmask.eq(bytes_accessed & (data_fault & stores).replicate(4)),
        port.irq.eq(issued.irq),
    ]
    cause = Mux(faults, trap.cause, record.cause)
    value = Mux(faults, trap.value, record.value)
    taken = {
        "mstatus": Cat(Const(0, 7), record.csrs.mstatus.rdata[3], Const(0, 3), Const(3, 2)),
        "mepc": issued.pc,
        "mcause": cause,
        "mtval": value,
    }
    for name in TRACED_CSRS:
        csr = record.csrs[name]
        m.d.comb += [
            getattr(port, f"csr_{name}_rmask").eq(~0),
            getattr(port, f"csr_{name}_rdata").eq(csr.rdata),
            getattr(port, f"csr_{name}_wmask").eq(csr.wmask),
            getattr(port, f"csr_{name}_wdata").eq(csr.wdata),
        ]
        if name in taken:
            with m.If(traps):
                m.d.comb += [
                    getattr(port, f"csr_{name}_wmask").eq(~0),
                    getattr(port, f"csr_{name}_wdata").eq(taken[name]),
                ]
