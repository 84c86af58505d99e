"""Control and status registers of machine mode, and the trap state that they hold."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Member, Out
from amaranth.utils import exact_log2

from hw.config import CoreConfig
from hw.core.control_fields import CsrOperation
from hw.core.hwloop import LoopState
from hw.units.unit import Unit

#: Bits of mie and mip, highest priority first, and their causes.
INTERRUPTS = {"external": 11, "software": 3, "timer": 7}

#: Registers that a retirement trace shows, with their bits: those that riscv-formal knows.
TRACED_CSRS = {
    **dict.fromkeys(("mvendorid", "marchid", "mimpid", "mhartid", "mstatus", "mstatush", "misa", "mie"), 32),
    **dict.fromkeys(("mtvec", "mcountinhibit", "mscratch", "mepc", "mcause", "mtval", "mip"), 32),
    **dict.fromkeys(("mcycle", "minstret"), 64),
}


class Trap(data.Struct):
    """A trap taken in this cycle."""

    valid: 1
    interrupt: 1
    cause: 5
    pc: 32
    value: 32


def _unit_ports(unit: Unit) -> list[tuple[str, Member]]:
    if not unit.state:
        return []
    return [
        (f"{unit.name}_write", Out(len(unit.state))),
        (f"{unit.name}_data", Out(max(state.width for state in unit.state))),
        *((f"{unit.name}_{state.name}", In(state.width)) for state in unit.state),
    ]


class CsrFile(Component):
    """Reads are combinational; writes, traps and counters act at the clock edge.

    Members
    -------
    address, operation, operand : In(12), In(CsrOperation), In(32)
        The access of the CSR instruction in EX.
    commit : In(1)
        It leaves EX at this clock edge.
    read_data : Out(32)
    trap, mret : In(Trap), In(1)
        What the controller does at this clock edge.
    vector, return_address : Out(32)
        Where a trap, with ``trap.interrupt`` that of ``interrupt_cause``, and an mret go.
    interrupt, interrupt_cause : Out(1), Out(5)
        An enabled interrupt is pending and mstatus.MIE is set; which.
    wake : Out(1)
        An enabled interrupt is pending, whatever MIE: ends wfi.
    irq : In(3)
        Levels of the pins, in the order of INTERRUPTS.
    hart_id : In(32)
    retire, unretire : In(1), In(1)
        An instruction left EX; the one in WB, counted then, faulted.
    loops : In(2 x LoopState)
        The hardware loops, for their read-only registers.
    <unit>_write, <unit>_data : Out(CSRs), Out(widest), for each extension unit with hidden state
        A bit for each of its CSRs, lowest first: it is written at this clock edge; with what.
    <unit>_<state> : In(width)
        What the CSR reads; the unit keeps it.
    values, written : Out(TRACED_CSRS), Out(32), with ``traced``
        What the registers hold, and what the access of the instruction in EX would write.
    """

    def __init__(self, config: CoreConfig, *, traced: bool = False) -> None:
        self._config = config
        self._traced = traced
        super().__init__(
            {
                "address": In(12),
                "operation": In(CsrOperation),
                "operand": In(32),
                "commit": In(1),
                "read_data": Out(32),
                "trap": In(Trap),
                "mret": In(1),
                "vector": Out(32),
                "return_address": Out(32),
                "interrupt": Out(1),
                "interrupt_cause": Out(5),
                "wake": Out(1),
                "irq": In(3),
                "hart_id": In(32),
                "retire": In(1),
                "unretire": In(1),
                **({"loops": In(data.ArrayLayout(LoopState, 2))} if config.has("xcvhwlp") else {}),
                **{name: member for unit in config.units for name, member in _unit_ports(unit)},
                **({"values": Out(data.StructLayout(TRACED_CSRS)), "written": Out(32)} if traced else {}),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        written = Signal(32)
        write = Signal()
        m.d.comb += write.eq(self.commit & (self.operation != CsrOperation.READ))
        with m.Switch(self.operation):
            with m.Case(CsrOperation.SET):
                m.d.comb += written.eq(self.read_data | self.operand)
            with m.Case(CsrOperation.CLEAR):
                m.d.comb += written.eq(self.read_data & ~self.operand)
            with m.Default():
                m.d.comb += written.eq(self.operand)

        addresses = self._config.instruction_set.addresses

        def writes(name: str) -> Value:
            return write & (self.address == addresses[name])

        readable = self._counters(m, writes, written) | self._traps(m, writes, written)
        misa = 1 << 30 | 1 << 8 | self._config.is_custom << 23 | self._config.has("m") << 12
        misa |= self._config.has("c") << 2
        readable |= {"misa": Const(misa, 32), "mhartid": self.hart_id}
        if self._config.has("xcvhwlp"):
            for number in range(2):
                loop = self.loops[number]
                readable |= {
                    f"lpstart{number}": loop.start,
                    f"lpend{number}": loop.end,
                    f"lpcount{number}": loop.count,
                }
        for unit in self._config.units:
            readable |= self._hidden_state(m, unit, writes, written)
        if self._traced:
            m.d.comb += self.written.eq(written)
            for name, width in TRACED_CSRS.items():
                low, high = readable.get(name, Const(0, 32)), readable.get(f"{name}h", Const(0, 32))
                m.d.comb += self.values[name].eq(Cat(low, high)[:width])
        with m.Switch(self.address):
            for csr in self._config.instruction_set.csrs:
                if csr.name in readable:
                    with m.Case(csr.address):
                        m.d.comb += self.read_data.eq(readable[csr.name])
        return m

    def _hidden_state(self, m: Module, unit: Unit, writes, written: Signal) -> dict[str, Value]:
        """The CSRs of an extension unit, which does the rest."""
        ports = dict(_unit_ports(unit))
        for name, value in (
            (f"{unit.name}_write", Cat(*(writes(state.csr.name) for state in unit.state))),
            (f"{unit.name}_data", written),
        ):
            if name in ports:
                m.d.comb += getattr(self, name).eq(value)
        read: dict[str, Value] = {}
        for state in unit.state:
            value = getattr(self, f"{unit.name}_{state.name}")
            read[state.csr.name] = value.as_signed() if state.signed else value
        return read

    def _counters(self, m: Module, writes, written: Signal) -> dict[str, Value]:
        mcycle = Signal(64)
        minstret = Signal(64)
        stops_cycle = Signal()
        stops_instret = Signal()
        with m.If(writes("mcountinhibit")):
            m.d.sync += [stops_cycle.eq(written[0]), stops_instret.eq(written[2])]
        with m.If(~stops_cycle):
            m.d.sync += mcycle.eq(mcycle + 1)
        # Writing either half of minstret is not counted: the next instruction reads what was written.
        counts = self.retire & ~(writes("minstret") | writes("minstreth"))
        # A write of mcountinhibit waits for the access in WB: what is not counted now was not counted in EX.
        with m.If((counts | self.unretire) & ~stops_instret):
            m.d.sync += minstret.eq(minstret + Mux(self.unretire, (1 << 64) - 1, 1))
        readable: dict[str, Value] = {
            "mcountinhibit": Cat(stops_cycle, Const(0, 1), stops_instret, Const(0, 29))
        }
        for name, counter in (("cycle", mcycle), ("instret", minstret)):
            for suffix, half in (("", counter[:32]), ("h", counter[32:])):
                with m.If(writes(f"m{name}{suffix}")):
                    m.d.sync += half.eq(written)
                readable |= {f"m{name}{suffix}": half, f"{name}{suffix}": half}
        return readable

    def _traps(self, m: Module, writes, written: Signal) -> dict[str, Value]:
        mie = Signal()
        mpie = Signal()
        enables = Signal(3)
        base = Signal(30, init=self._config.mtvec_reset >> 2)
        vectored = Signal(init=self._config.mtvec_reset & 1)
        scratch = Signal(32)
        aligned = exact_log2(self._config.instruction_alignment)  # bits of an address that are 0
        epc = Signal(32 - aligned)
        cause = Signal(5)
        by_interrupt = Signal()
        value = Signal(32)
        trap = self.trap

        with m.If(writes("mstatus")):
            m.d.sync += [mie.eq(written[3]), mpie.eq(written[7])]
        with m.If(writes("mie")):
            m.d.sync += enables.eq(Cat(*(written[bit] for bit in INTERRUPTS.values())))
        with m.If(writes("mtvec")):
            m.d.sync += [base.eq(written[2:]), vectored.eq(written[0])]
        with m.If(writes("mscratch")):
            m.d.sync += scratch.eq(written)
        with m.If(writes("mepc")):
            m.d.sync += epc.eq(written[aligned:])
        with m.If(writes("mcause")):
            m.d.sync += [cause.eq(written[:5]), by_interrupt.eq(written[31])]
        with m.If(writes("mtval")):
            m.d.sync += value.eq(written)
        with m.If(trap.valid):
            m.d.sync += [
                mpie.eq(mie),
                mie.eq(0),
                epc.eq(trap.pc[aligned:]),
                cause.eq(trap.cause),
                by_interrupt.eq(trap.interrupt),
                value.eq(trap.value),
            ]
        with m.Elif(self.mret):
            m.d.sync += [mie.eq(mpie), mpie.eq(1)]

        pending = Signal(3)
        m.d.comb += [
            pending.eq(self.irq & enables),
            self.wake.eq(pending.any()),
            self.interrupt.eq(self.wake & mie),
            self.return_address.eq(Cat(Const(0, aligned), epc)),
            self.vector.eq(
                Cat(0, 0, Mux(vectored & trap.interrupt, Cat(self.interrupt_cause, base[5:]), base))
            ),
        ]
        for position, number in reversed(list(enumerate(INTERRUPTS.values()))):
            with m.If(pending[position]):
                m.d.comb += self.interrupt_cause.eq(number)

        def at_bits(bits: Signal) -> Value:
            word = Signal(32)
            m.d.comb += [word[number].eq(bits[i]) for i, number in enumerate(INTERRUPTS.values())]
            return word

        return {
            "mstatus": Cat(Const(0, 3), mie, Const(0, 3), mpie, Const(0, 3), Const(3, 2)),
            "mie": at_bits(enables),
            "mip": at_bits(self.irq),
            "mtvec": Cat(vectored, Const(0, 1), base),
            "mscratch": scratch,
            "mepc": self.return_address,
            "mcause": Cat(cause, Const(0, 26), by_interrupt),
            "mtval": value,
        }
