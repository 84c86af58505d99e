"""The controller: when ID issues, where fetch is redirected, which trap is taken."""

from amaranth.hdl import Module, Mux, Signal, unsigned
from amaranth.lib import enum
from amaranth.lib.wiring import Component, In, Out

from hw.core.control_fields import Jump, System
from hw.core.csr_file import Trap


class Cause(enum.IntEnum, shape=unsigned(5)):
    """Exception codes of mcause (RISC-V privileged manual)."""

    FETCH_MISALIGNED = 0
    FETCH_FAULT = 1
    ILLEGAL = 2
    BREAKPOINT = 3
    LOAD_FAULT = 5
    STORE_FAULT = 7
    ECALL = 11


class Controller(Component):
    """Orders events from the oldest instruction to the youngest: WB, EX, ID.

    A trap of ID and an interrupt wait until EX and WB are empty, so nothing older can still trap. A flushing
    instruction continues to EX, and its successors are fetched again once EX and WB are empty: 4 cycles. An
    event load keeps its successors out of ID until it has left EX, in 4 cycles too, or until it has left WB
    if its rd is its rs1, a source that CV32E40P waits for.

    Parameters
    ----------
    compresses : bool
        Instructions may begin at any half-word, so no target is misaligned.
    events : bool
        The core has event loads.

    Members
    -------
    id_valid, id_pc, id_instruction, id_fault : In(1), In(32), In(32), In(1)
        The instruction in ID, and whether its fetch met an access fault.
    id_fault_behind : In(1), with ``compresses``
        The fault is that of its second half, and ``next_pc`` the address of that half.
    legal, system, jump, flushes : In
        Its decoding.
    event, event_in_wb : In(1), In(1), with ``events``
        It is an event load, and keeps the next instruction back until it has left WB.
    hazard : In(1)
        It must wait for an operand.
    target : In(32)
        Its jump target.
    next_pc : In(32)
        Address of the instruction after it.
    ex_valid, ex_ready, ex_pc : In(1), In(1), In(32)
        EX holds an instruction; EX can take one at this clock edge.
    ex_branches, ex_target : In(1), In(32)
        A taken branch leaves EX.
    wb_pending, wb_fault, wb_store, wb_pc, wb_address : In(1), In(1), In(1), In(32), In(32)
        The access in WB.
    interrupt, interrupt_cause, wake, vector, return_address : In
        From the CSRs.
    advance : Out(1)
        The instruction leaves ID for EX if EX's taken branch does not kill it: earlier than ``issue``, for
        registers that mean nothing behind a killed instruction.
    issue : Out(1)
        It leaves ID for EX.
    accept : Out(1)
        ID takes the next one from fetch, if fetch is not redirected.
    kill_id, kill_ex : Out(1), Out(1)
        The instruction there has no effect.
    redirect_valid, redirect_target : Out(1), Out(32)
    trap, mret : Out(Trap), Out(1)
    sleep : Out(1)
        Waiting in wfi with nothing in flight.
    """

    def __init__(self, *, compresses: bool = False, events: bool = False) -> None:
        self._compresses = compresses
        self._events = events
        super().__init__(
            {
                "id_valid": In(1),
                "id_pc": In(32),
                "id_instruction": In(32),
                "id_fault": In(1),
                **({"id_fault_behind": In(1)} if compresses else {}),
                "legal": In(1),
                "system": In(System),
                "jump": In(Jump),
                "flushes": In(1),
                **({"event": In(1), "event_in_wb": In(1)} if events else {}),
                "hazard": In(1),
                "target": In(32),
                "next_pc": In(32),
                "ex_valid": In(1),
                "ex_ready": In(1),
                "ex_pc": In(32),
                "ex_branches": In(1),
                "ex_target": In(32),
                "wb_pending": In(1),
                "wb_fault": In(1),
                "wb_store": In(1),
                "wb_pc": In(32),
                "wb_address": In(32),
                "interrupt": In(1),
                "interrupt_cause": In(5),
                "wake": In(1),
                "vector": In(32),
                "return_address": In(32),
                "advance": Out(1),
                "issue": Out(1),
                "accept": Out(1),
                "kill_id": Out(1),
                "kill_ex": Out(1),
                "redirect_valid": Out(1),
                "redirect_target": Out(32),
                "trap": Out(Trap),
                "mret": Out(1),
                "sleep": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        flushing = Signal()
        returning = Signal()
        drained = Signal()
        exception = Signal()
        waiting = Signal()  # wfi, and nothing to wake it
        interrupted = Signal()
        branch_traps = Signal()
        jumps = (self.jump == Jump.PC) | (self.jump == Jump.REGISTER)
        is_wfi = self.legal & ~self.id_fault & (self.system == System.WFI)
        m.d.comb += [
            drained.eq(~self.ex_valid & ~self.wb_pending),
            exception.eq(
                self.id_fault
                | ~self.legal
                | (self.system == System.ECALL)
                | (self.system == System.EBREAK)
                | (0 if self._compresses else jumps & self.target[1])
            ),
            waiting.eq(is_wfi & ~self.wake),
            interrupted.eq(self.interrupt & ~is_wfi),
            branch_traps.eq(0 if self._compresses else self.ex_branches & self.ex_target[1]),
            self.kill_ex.eq(self.wb_fault),
            self.kill_id.eq(self.wb_fault | self.ex_branches),
            self.sleep.eq(self.id_valid & waiting & drained & ~flushing),
        ]

        # A branch is decided late in the cycle, and only what must know of it waits for it: what a redirect
        # discards may be taken, and the choice among all other targets is made by then.
        ready = Signal()
        id_traps = Signal()
        m.d.comb += [
            ready.eq(self.id_valid & ~flushing),
            id_traps.eq(ready & drained & (interrupted | exception)),
            self.advance.eq(ready & ~self.hazard & ~exception & ~interrupted & ~waiting & self.ex_ready),
            self.issue.eq(self.advance & ~self.kill_id),
        ]
        # What follows a CSR access need not be fetched again. It is without compressed instructions, at no
        # cost; an instruction across two words would then cost a cycle that CV32E40P does not take. What
        # follows an event load is never fetched again: the core could not sleep while it is.
        refetches = Signal()
        serial = Signal()
        settled = drained
        if self._events:
            early = Signal()  # an event load that has only to leave EX
            settled = drained | (early & ~self.ex_valid)
            with m.If(self.issue):
                m.d.sync += early.eq(self.event & ~self.event_in_wb)
        is_serial = self.flushes | (self.system == System.MRET)
        if self._events:
            is_serial |= self.event
        m.d.comb += [
            serial.eq(is_serial),
            self.accept.eq((~self.id_valid | (self.advance & ~serial)) & ~flushing),
        ]
        with m.If(self.wb_fault):
            m.d.sync += flushing.eq(0)
        with m.Elif(self.issue & serial):
            m.d.sync += [flushing.eq(1), returning.eq(self.system == System.MRET)]
            if self._compresses:
                m.d.sync += refetches.eq(self.system != System.NONE)
            elif self._events:
                m.d.sync += refetches.eq(~self.event)
        with m.Elif(settled):
            m.d.sync += flushing.eq(0)

        # One of the three at most: EX and WB are empty when ID traps, and no branch leaves EX beside a fault.
        m.d.comb += self.trap.valid.eq(self.wb_fault | branch_traps | id_traps)
        with m.If(self.wb_fault):
            m.d.comb += [
                self.trap.cause.eq(Mux(self.wb_store, Cause.STORE_FAULT, Cause.LOAD_FAULT)),
                self.trap.pc.eq(self.wb_pc),
                self.trap.value.eq(self.wb_address),
            ]
        with m.Elif(id_traps):
            m.d.comb += self.trap.pc.eq(self.id_pc)
            with m.If(interrupted):
                m.d.comb += [self.trap.interrupt.eq(1), self.trap.cause.eq(self.interrupt_cause)]
            with m.Elif(self.id_fault):
                m.d.comb += [self.trap.cause.eq(Cause.FETCH_FAULT), self.trap.value.eq(self.id_pc)]
                if self._compresses:
                    with m.If(self.id_fault_behind):
                        m.d.comb += self.trap.value.eq(self.next_pc)
            with m.Elif(~self.legal):
                m.d.comb += [self.trap.cause.eq(Cause.ILLEGAL), self.trap.value.eq(self.id_instruction)]
            with m.Elif(self.system == System.ECALL):
                m.d.comb += self.trap.cause.eq(Cause.ECALL)
            with m.Elif(self.system == System.EBREAK):
                m.d.comb += [self.trap.cause.eq(Cause.BREAKPOINT), self.trap.value.eq(self.id_pc)]
            with m.Else():
                m.d.comb += [self.trap.cause.eq(Cause.FETCH_MISALIGNED), self.trap.value.eq(self.target)]
        if not self._compresses:
            with m.Else():
                m.d.comb += [
                    self.trap.cause.eq(Cause.FETCH_MISALIGNED),
                    self.trap.pc.eq(self.ex_pc),
                    self.trap.value.eq(self.ex_target),
                ]

        continues = flushing & drained  # behind the instruction that flushed
        if self._compresses or self._events:
            continues &= refetches
        early_target = Signal(32)  # of all but branches
        branch_target = self.ex_target
        if not self._compresses:
            branch_target = Mux(self.ex_target[1], self.vector, self.ex_target)
        m.d.comb += [
            self.mret.eq(continues & returning),
            self.redirect_valid.eq(
                self.wb_fault | id_traps | continues | (self.advance & jumps) | self.ex_branches
            ),
            self.redirect_target.eq(Mux(self.ex_branches, branch_target, early_target)),
        ]
        with m.If(self.wb_fault | id_traps):
            m.d.comb += early_target.eq(self.vector)
        with m.Elif(flushing):
            m.d.comb += early_target.eq(Mux(returning, self.return_address, self.next_pc))
        with m.Else():
            m.d.comb += early_target.eq(self.target)
        return m
