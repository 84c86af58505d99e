"""The model following a trace: what each instruction should have done, and which interrupts were allowed."""

from dataclasses import dataclass

import numpy as np

from hw.config import MEMORY_MAP, CoreConfig, Region
from sim.iss.machine import Machine
from sim.iss.memory import Memory
from sim.iss.traps import Cause, Trap
from sim.rtl.job import Job
from verif.cosim.replayed_device import ReplayedDevice
from verif.cosim.trace import CSRS, INTR, RECORD, TRAP

_MASKS = {1: 0b0001, 2: 0b0011, 4: 0b1111}
#: Instructions of which several CSRs may be different afterwards.
_CHANGES_CSRS = ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci", "mret")


@dataclass(frozen=True)
class Objection:
    """Something about an interrupt that the model does not allow, before the record of this number."""

    index: int
    text: str


class TraceReplay:
    """The model at the program's start; ``follow`` takes it along a trace."""

    def __init__(self, job: Job, config: CoreConfig) -> None:
        l1 = Region(base=MEMORY_MAP.l1.base, size=job.l1_bytes)
        self._device = ReplayedDevice()
        self.machine = Machine(config, Memory((l1, MEMORY_MAP.l2), self._device), job.hart_id)
        self.machine.load(job.program)

    def follow(self, trace: np.ndarray) -> tuple[np.ndarray, Objection | None]:
        """The expected trace, from values that only the clock decides: interrupts, mip, mcycle, device loads.

        Returns
        -------
        ndarray of RECORD
            As many records as the trace has, or up to the objection; ``order``, ``cycle``, ``irq`` and
            ``mip`` are the trace's own.
        Objection or None
            The first interrupt that was taken or left out against the rules.
        """
        machine, device, csrs = self.machine, self._device, self.machine.csrs
        rows: list[tuple[int, ...]] = []
        objection = None
        enabled = before = csrs.enabled_interrupts
        changed = [0]  # records before which CSRs may have changed, and their values there
        values = [tuple(csrs.read(name) for name in CSRS)]
        handler = False  # the last instruction trapped
        inputs = [trace[name].tolist() for name in ("status", "irq", "mip", "cycle", "mem_rdata")]
        for index, (status, irq, mip, cycle, loaded) in enumerate(zip(*inputs, strict=True)):
            dirty = False
            if status & INTR and not handler:
                csrs.mip = irq
                if machine.take_interrupt() is None:
                    objection = Objection(index, f"takes an interrupt, and none is due: mip {irq:#x}, {csrs}")
                    break
                dirty = handler = True
            elif irq & enabled & before and machine.next_mnemonic != "wfi":
                # An enable reaches the core one instruction late, so both this and the last one count.
                objection = Objection(index, f"runs though an interrupt is due: mip {irq:#x}, {csrs}")
                break
            if dirty:
                changed.append(index)
                values.append(tuple(csrs.read(name) for name in CSRS))
            csrs.mip = mip
            csrs.now = cycle - 1  # a CSR access is reported in the cycle after it
            device.answer = loaded
            row, trapped, changes = self._step(INTR if handler else 0)
            rows.append(row)
            before, handler = enabled, trapped
            if changes or dirty:
                enabled = csrs.enabled_interrupts
                changed.append(index + 1)
                values.append(tuple(csrs.read(name) for name in CSRS))
        expected = np.zeros(len(rows), RECORD)
        for column, name in enumerate(_ROW):
            expected[name] = [row[column] for row in rows] if rows else 0
        for name in ("order", "cycle", "irq", "mip"):
            expected[name] = trace[name][: len(rows)]
        lengths = np.diff(np.minimum([*changed, len(rows)], len(rows)))
        for column, name in enumerate(CSRS):
            expected[name] = np.repeat(np.array([value[column] for value in values], np.uint32), lengths)
        return expected, objection

    def _step(self, intr: int) -> tuple[tuple[int, ...], bool, bool]:
        """One instruction: its row, whether it trapped, and whether CSRs may have changed."""
        machine, memory = self.machine, self.machine.memory
        registers = machine.registers_and_sink
        pc = machine.pc
        memory.access = None
        try:
            bound = machine.bound(pc)
        except Trap as trap:
            machine.advance()
            word = trap.value if trap.cause == Cause.ILLEGAL_INSTRUCTION else 0
            return (word, pc, machine.pc, intr | TRAP, *_NOTHING), True, True
        rs1, rs2, rs3, rd, rd2 = bound.ports
        first, second, third = registers[rs1], registers[rs2], registers[rs3]
        word = bound.site.word
        if machine.advance() is not None:
            return (word, pc, machine.pc, intr | TRAP, *_NOTHING), True, True
        access = memory.access
        if access is None:
            accessed = (0, 0, 0, 0, 0)
        elif access.store:
            accessed = (0, _MASKS[access.size], access.address, 0, access.value)
        else:
            accessed = (_MASKS[access.size], 0, access.address, access.value, 0)
        row = (word, pc, machine.pc, intr, rs1, rs2, rs3, rd, rd2, first, second, third)
        row += (registers[rd], registers[rd2], *accessed)
        return row, False, bound.site.instruction.mnemonic in _CHANGES_CSRS


#: Order of a row's columns.
_ROW = (
    *("insn", "pc_rdata", "pc_wdata", "status"),
    *("rs1_addr", "rs2_addr", "rs3_addr", "rd_addr", "rd2_addr"),
    *("rs1_rdata", "rs2_rdata", "rs3_rdata", "rd_wdata", "rd2_wdata"),
    *("mem_rmask", "mem_wmask", "mem_addr", "mem_rdata", "mem_wdata"),
)
_NOTHING = (0,) * (len(_ROW) - 4)
