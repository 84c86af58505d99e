"""Co-simulation through traps and interrupts at random cycles."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from hw.config import CONFIGS, RV32IM, XDECIMATE, CoreConfig
from hw.instructions import ADDRESSES
from hw.peripherals import REGISTERS
from sim.elf import Program
from sim.iss.traps import Interrupt
from sim.rtl.job import Job, WaitStates
from verif.cosim.check import check, check_all, check_result
from verif.cosim.trace import INTR, TRAP
from verif.fuzz.case import case
from verif.programs.builder import Builder
from verif.programs.composition import Block
from verif.programs.instruction_generator import word
from verif.programs.prologue import Interrupts
from verif.programs.random_program import RandomProgram

CERTAIN_TRAPS, CERTAIN_INTERRUPTS = 100, 30
STOPPED = {"minstret": 0, "mcountinhibit": 4}
"""What a program writes so that minstret stays 0."""


@pytest.mark.long
@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_interrupts_and_traps(config: CoreConfig, seed: int):
    """Random programs, and one whose traps and interrupts are certain."""
    waits = WaitStates.random(Random(seed))
    jobs = [case(config, seed, number).job() for number in range(3)]
    jobs.append(Job(program=certain_program(), waits=waits, seed=seed, max_cycles=100_000))
    outcomes = check_all(jobs, config)
    for outcome in outcomes:
        assert outcome.mismatch is None, str(outcome.mismatch)
    status = outcomes[-1].trace["status"]
    traps = (status & TRAP) != 0
    interrupts = ((status & INTR) != 0)[1:] & ~traps[:-1]
    assert outcomes[-1].result.passed
    assert (traps.sum(), interrupts.sum()) == (CERTAIN_TRAPS, CERTAIN_INTERRUPTS)


def certain_program() -> Program:
    """Traps, and interrupts that are pending before they are enabled."""
    out = Builder()
    cause, device, pin, enable = 5, 6, 7, 8
    body = out.address + 4 * 11
    out.emit("jal", rd=0, imm=body - out.address)
    handler = out.address
    out.emit("csrrs", rd=cause, csr=ADDRESSES["mcause"], rs1=0)
    out.emit("blt", rs1=cause, rs2=0, imm=4 * 5)
    out.emit("csrrs", rd=cause, csr=ADDRESSES["mepc"], rs1=0)
    out.emit("addi", rd=cause, rs1=cause, imm=4)
    out.emit("csrrw", rd=0, csr=ADDRESSES["mepc"], rs1=cause)
    out.emit("mret")
    out.emit("andi", rd=cause, rs1=cause, imm=12)  # causes 3, 7, 11 have registers 0, 4, 8 of the device
    out.emit("add", rd=cause, rs1=cause, rs2=device)
    out.emit("sw", rs2=0, rs1=cause, imm=0)
    out.emit("mret")
    assert out.address == body
    out.load_immediate(device, REGISTERS[0])
    out.load_immediate(pin, handler)
    out.emit("csrrw", rd=0, csr=ADDRESSES["mtvec"], rs1=pin)
    out.load_immediate(enable, sum(1 << number for number in Interrupt))
    out.emit("csrrw", rd=0, csr=ADDRESSES["mie"], rs1=enable)
    for number in range(CERTAIN_INTERRUPTS):
        out.emit("addi", rd=pin, rs1=0, imm=1 + number)  # cycles until it comes
        out.emit("sw", rs2=pin, rs1=device, imm=4 * (number % 3))
        out.emit("csrrs", rd=pin, csr=ADDRESSES["mip"], rs1=0)
        out.emit("beq", rs1=pin, rs2=0, imm=-4)
        out.emit("csrrsi", rd=0, csr=ADDRESSES["mstatus"], uimm=8)
        out.emit("csrrci", rd=0, csr=ADDRESSES["mstatus"], uimm=8)
    for number in range(CERTAIN_TRAPS):
        out.emit("ecall" if number % 2 else "ebreak")
    return out.finish()


def test_a_stopped_counter_leaves_time_between_interrupts():
    """The handler asks for the next interrupt by minstret, which a program may have stopped."""
    program = RandomProgram(Random(1), RV32IM, Interrupts(mask=0x3FF, shift=0))
    composition = program.compose(200, passes=1)
    stop = tuple(word("csrrwi", rd=0, csr=ADDRESSES[name], uimm=value) for name, value in STOPPED.items())
    stopped = composition.with_units([Block("stop", stop), *composition.units])
    slow = WaitStates(**dict.fromkeys(WaitStates.__dataclass_fields__, 200))
    [outcome] = check_all([Job(program=stopped.program(), waits=slow, max_cycles=200_000)], RV32IM)
    assert outcome.mismatch is None, str(outcome.mismatch)
    assert outcome.result.passed


def late_interrupts(trace: np.ndarray) -> np.ndarray:
    """Interrupts behind two instructions that change no enable: each could have come one earlier."""
    trapped, interrupted = (trace["status"] & TRAP) != 0, (trace["status"] & INTR) != 0
    quiet = ~(trapped | interrupted | (trace["insn"] & 0x7F == 0x73))
    return np.flatnonzero(interrupted[2:] & quiet[1:-1] & quiet[:-2]) + 2


def test_wrong_interrupts_are_found():
    """One that was due and left out, and one that was taken though none was due."""
    jobs = [case(XDECIMATE, 1, number).job() for number in range(4)]
    outcomes = check_all(jobs, XDECIMATE)
    number = max(range(len(jobs)), key=lambda number: len(late_interrupts(outcomes[number].trace)))
    trace = outcomes[number].trace
    late = int(late_interrupts(trace)[0])
    for index, irq in ((late - 1, trace["irq"][late]), (late, 0)):
        changed = trace.copy()
        changed["irq"][index] = irq
        result = replace(outcomes[number].result, trace=changed.tobytes())
        found = check_result(jobs[number], XDECIMATE, result).mismatch
        assert found is not None
        assert (found.index, found.field) == (index, "interrupt")


def test_counters_are_exact(rng: np.random.Generator):
    """Accesses to both halves of both counters, near where they carry, running or stopped."""
    random = Random(int(rng.integers(1 << 32)))
    out = Builder()
    for _ in range(400):
        if random.random() < 0.5:
            out.load_immediate(30, random.getrandbits(32))
            out.emit("csrrw", rd=random.randrange(1, 8), csr=ADDRESSES["mcountinhibit"], rs1=30)
        counter = random.choice(("mcycle", "mcycleh", "minstret", "minstreth"))
        out.load_immediate(31, random.choice((random.getrandbits(32), -random.randrange(60) & 0xFFFF_FFFF)))
        out.emit("csrrw", rd=random.randrange(1, 8), csr=ADDRESSES[counter], rs1=31)
        for _ in range(random.randrange(4)):
            out.emit("addi", rd=8, rs1=8, imm=1)
        for name in ("cycle", "cycleh", "instret", "instreth"):
            out.emit("csrrs", rd=random.randrange(1, 8), csr=ADDRESSES[name], rs1=0)
    mismatch = check(Job(program=out.finish(), waits=WaitStates.random(random)), RV32IM)
    assert mismatch is None, str(mismatch)
