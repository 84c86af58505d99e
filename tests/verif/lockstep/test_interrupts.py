"""Lockstep through interrupts at random cycles and traps of every kind, on every configuration."""

from dataclasses import replace
from random import Random
from struct import pack

import numpy as np
import pytest

from hw.config import CONFIGS, MEMORY_MAP, CoreConfig
from hw.isa.lookup import named
from verif.elf import Program, Segment
from verif.lockstep.check import Outcome, check_all
from verif.lockstep.trace import INTR, TRAP
from verif.programs.builder import CODE, Builder
from verif.programs.random_program import RandomProgram
from verif.simulation.job import Job, WaitStates

PROLOGUE = MEMORY_MAP.l2.base + 0x5_0000
USED = 31


def with_handler(program: Program, *, vectored: bool) -> Program:
    """The program after a prologue that enables interrupts; a handler reads every trap register.

    Exceptions go on behind their instruction, interrupts where they came.
    """
    out = Builder()
    handler = 64  # words from the prologue
    out.emit("auipc", rd=USED, imm=0)
    out.emit("addi", rd=USED, rs1=USED, imm=4 * handler + vectored)
    out.emit("csrrw", rd=0, csr=0x305, rs1=USED)
    out.load_immediate(USED, 0x888)
    out.emit("csrrw", rd=0, csr=0x304, rs1=USED)
    out.emit("csrrsi", rd=0, csr=0x300, uimm=8)
    out.load_immediate(USED, CODE)
    out.emit("jalr", rd=0, rs1=USED, imm=0)
    out.words += [0] * (handler - len(out.words))
    for position in range(12):  # vectors: all lead to the same place
        out.emit("jal", rd=0, imm=4 * (12 - position))
    for csr in (0x300, 0x304, 0x344, 0x343, 0xB00, 0xB80, 0xB02):
        out.emit("csrrs", rd=USED, csr=csr, rs1=0)
    out.emit("csrrs", rd=USED, csr=0x342, rs1=0)
    out.emit("blt", rs1=USED, rs2=0, imm=16)
    out.emit("csrrs", rd=USED, csr=0x341, rs1=0)
    out.emit("addi", rd=USED, rs1=USED, imm=4)
    out.emit("csrrw", rd=0, csr=0x341, rs1=USED)
    out.emit("mret")
    code = Segment(PROLOGUE, pack(f"<{len(out.words)}I", *out.words))
    return replace(program, entry=PROLOGUE, segments=(*program.segments, code))


def trapping(random: Random, config: CoreConfig) -> Program:
    """A random program with illegal words, environment calls, bad jumps and faulting accesses in it."""
    program = RandomProgram(random, config).build(40)
    out = Builder()
    traps: tuple[tuple[str, dict[str, int]], ...] = (
        ("ecall", {}),
        ("ebreak", {}),
        ("wfi", {}),
        ("lw", {"rd": 12, "rs1": 0, "imm": 0}),
        ("sh", {"rs2": 12, "rs1": 0, "imm": -1}),
        ("jal", {"rd": 11, "imm": 6}),
        ("beq", {"rs1": 0, "rs2": 0, "imm": 2}),
        ("csrrw", {"rd": 12, "csr": 0xC00, "rs1": 12}),
    )
    code = program.segments[0]
    words = list(np.frombuffer(code.data, "<u4"))
    for _ in range(60):
        mnemonic, operands = random.choice(traps)
        out.words.append(named(mnemonic).encode(**operands))
        # Behind the registers' first values, before the results are stored.
        words[random.randrange(70, len(words) - 50)] = random.choice((out.words[-1], 0xFFFF_FFFF))
    patched = Segment(CODE, pack(f"<{len(words)}I", *words))
    return replace(program, segments=(patched, *program.segments[1:]))


def run(config: CoreConfig, seed: int) -> list[Outcome]:
    jobs = []
    for number in range(8):
        random = Random(f"{seed} {number}")
        program = with_handler(trapping(random, config), vectored=bool(number & 1))
        waits = WaitStates.random(random)
        jobs.append(Job(program=program, waits=waits, seed=number + 1, interrupt_rate=800, max_cycles=40_000))
    return check_all(jobs, config)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_interrupts_and_traps(config: CoreConfig, rng: np.random.Generator):
    outcomes = run(config, int(rng.integers(1 << 32)))
    for outcome in outcomes:
        assert outcome.mismatch is None, str(outcome.mismatch)
    status = np.concatenate([outcome.trace["status"] for outcome in outcomes])
    traps = (status & TRAP) != 0
    interrupts = ((status & INTR) != 0)[1:] & ~traps[:-1]
    assert traps.sum() > 100
    assert interrupts.sum() > 100
