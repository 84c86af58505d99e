"""Interrupts between, inside and around xdecimate and hardware loops lose and double nothing."""

from pathlib import Path
from random import Random

import pytest

from hw.config import MEMORY_MAP, XDECIMATE, Region
from hw.peripherals import TIMER_INTERRUPT
from reference.decimate import Decimate
from sim.elf import load_elf
from sim.rtl.job import NO_WAIT_STATES, Job, WaitStates
from sim.rtl.run import run_programs
from sw_kernels.build import compile_object, core_flags, link_program

SOURCE = Path(__file__).parent / "programs" / "preempted.c"
ROUNDS, BYTES, EXECUTIONS = 60, 512, 32
#: Interrupts that the program waits for, round after round.
TAKEN = 6
#: Cycles from arming the timer to the interrupt: around the handler's last instructions, and beyond them.
LATENCIES = (30, 60)


def expected_results() -> list[int]:
    """Registers at the end of each round, by the golden model."""
    buffer = [(i * 37 + (i >> 3)) & 0xFF for i in range(BYTES)]
    results = []
    for number in range(ROUNDS):
        registers = [number, ~number & 0xFFFF_FFFF]
        decimate = Decimate()
        indices = 0x9E3779B1 * (number + 1) & 0xFFFF_FFFF
        for n in range(EXECUTIONS):
            base = (n % 2) * BYTES // 4
            m = (4, 8, 16)[number % 3]
            registers[n % 2] = decimate.execute(m, registers[n % 2], base, indices, buffer.__getitem__)
        results += registers
    return results


def slowness(waits: WaitStates) -> int:
    """Cycles of an instruction at most, about: a program that is left none between interrupts never ends."""
    return 1 + round(sum(wait / (256 - wait) for wait in vars(waits).values()))


def job(random: Random, interval: int, latency: int, waits: WaitStates) -> Job:
    defines = {
        "INTERVAL": f"{interval}u",
        "LATENCY": str(latency),
        "TAKEN": f"{TAKEN}u",
        "SEED": f"{random.getrandbits(32)}u",
        "TIMER": str(TIMER_INTERRUPT),
    }
    compiled = compile_object(SOURCE, core_flags(XDECIMATE), defines)
    program = load_elf(link_program("preempted", [compiled], XDECIMATE, MEMORY_MAP.l1.size))
    symbols = program.symbols
    dumps = {
        "results": Region(base=symbols["results"], size=8 * ROUNDS),
        "taken": Region(base=symbols["taken"], size=4),
    }
    return Job(
        program=program, dumps=dumps, waits=waits, seed=random.randrange(1, 1 << 31), max_cycles=2_000_000
    )


@pytest.mark.parametrize("interval", [1, 8, 64])
def test_preempted_at_random(interval: int, seed: int):
    random = Random(seed)
    waits = [NO_WAIT_STATES] * 3 + [WaitStates.random(random) for _ in range(3)]
    jobs = [job(random, interval, latency * slowness(wait), wait) for wait in waits for latency in LATENCIES]
    expected = b"".join(value.to_bytes(4, "little") for value in expected_results())
    for settings, result in zip(jobs, run_programs(XDECIMATE, jobs), strict=True):
        assert result.passed, settings.waits
        assert result.dumps["results"] == expected, settings.waits
        assert int.from_bytes(result.dumps["taken"], "little") >= TAKEN, settings.waits
