"""Promises of the generator, on the model: programs end, meet every exception, run no stale code."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from hw.config import CONFIGS, MEMORY_MAP, CoreConfig, config_named
from sim.iss.machine import Machine
from sim.iss.memory import Memory
from sim.iss.traps import Cause
from verif.programs.builder import CODE, CODE_BYTES
from verif.programs.composition import Block
from verif.programs.hazards import HazardMaker, hazards
from verif.programs.instruction_generator import InstructionGenerator, word
from verif.programs.random_program import RandomProgram
from verif.programs.registers import Registers

STEPS = 100_000


def every_exception(link: int) -> Iterator[int]:
    """An instruction for each cause, which the handler skips; a fetch fault continues at the link."""
    yield word("jal", rd=0, imm=2)
    yield word("jalr", rd=link, rs1=0, imm=0)
    yield 0
    yield word("ebreak")
    yield word("lw", rd=0, rs1=0, imm=0)
    yield word("sw", rs2=0, rs1=0, imm=0)
    yield word("ecall")


@pytest.fixture
def random(rng: np.random.Generator) -> Random:
    return Random(int(rng.integers(1 << 62)))


NAMES = [*CONFIGS, "rv32im+xdecimate"]


@pytest.mark.parametrize("config", [config_named(name) for name in NAMES], ids=NAMES)
def test_programs_end_and_meet_every_exception(config: CoreConfig, random: Random):
    machine = Machine(config, Memory((MEMORY_MAP.l1, MEMORY_MAP.l2, MEMORY_MAP.peripherals)))
    maker = RandomProgram(random, config, None)
    composition = maker.compose(6000, passes=2)
    certain = tuple(every_exception(maker._registers.resume))
    composition = composition.with_units([*composition.units, Block("certain", certain)])
    machine.load(composition.program())
    stored: set[int] = set()
    causes: set[int] = set()
    for _ in range(STEPS):
        if machine.memory.exit_word is not None:
            break
        step = machine.step()
        assert step.pc not in stored, f"{step.pc:#010x} runs, was stored to, and no fence.i came between"
        if step.trap is not None:
            causes.add(step.trap.cause)
        elif step.instruction is not None and step.instruction.mnemonic == "fence.i":
            stored.clear()
        access = step.access
        if access is not None and access.store and 0 <= access.address - CODE < CODE_BYTES:
            stored |= {access.address & ~3, access.address + access.size - 1 & ~3}
    assert machine.memory.exit_word == 1
    assert causes == set(Cause) - ({Cause.INSTRUCTION_MISALIGNED} if config.has("c") else set())


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
def test_all_hazards_come_up_before_one_comes_again(config: CoreConfig, random: Random):
    maker = HazardMaker(InstructionGenerator(random, config, Registers.draw(random)))
    plan = [f"{result} to {operand} at {distance}" for result, operand, distance in hazards(config)]
    assert sorted(maker.unit().kind for _ in plan) == sorted(plan)
