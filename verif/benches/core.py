"""The generated core against the instruction-set model: random programs, with and without wait states."""

import time
from collections.abc import Callable, Sequence
from random import Random

from hw.config import CONFIGS, Region
from verif.benches.case import Bench, Outcome
from verif.iss.machine import Machine
from verif.programs.builder import DATA, RESULTS
from verif.programs.random_program import DATA_BYTES, RandomProgram
from verif.simulation.job import NO_WAIT_STATES, Job, Result, WaitStates
from verif.simulation.run import run_programs

PROGRAMS = 12
BLOCKS = 60
MAX_CYCLES = 1_000_000
DUMPS = {"registers": Region(base=RESULTS, size=128), "data": Region(base=DATA, size=DATA_BYTES)}


class CoreBench(Bench):
    """One case a configuration: after each program, registers and data as the model leaves them."""

    name = "core"
    about = "each configuration of the core, random programs against the instruction-set model"

    @property
    def cases(self) -> tuple[str, ...]:
        return tuple(CONFIGS)

    def run(self, cases: Sequence[str], seed: int, done: Callable[[Outcome], None]) -> None:
        for name in cases:
            start = time.monotonic()
            failure = "; ".join(_failures(name, seed))
            done(Outcome(name, time.monotonic() - start, failure))


def _failures(name: str, seed: int) -> list[str]:
    config = CONFIGS[name]
    jobs, expected = [], []
    for number in range(PROGRAMS):
        random = Random(f"{seed} {number}")
        program = RandomProgram(random, config).build(BLOCKS)
        machine = Machine(config)
        machine.load(program)
        machine.run(MAX_CYCLES)
        expected.append({part: machine.memory.read(r.base, r.size) for part, r in DUMPS.items()})
        waits = WaitStates.random(random) if number % 3 else NO_WAIT_STATES
        jobs.append(Job(program=program, waits=waits, seed=number + 1, dumps=DUMPS, max_cycles=MAX_CYCLES))
    results = run_programs(config, jobs)
    return [
        f"program {number}, {job.waits}: {differing}"
        for number, (job, result) in enumerate(zip(jobs, results, strict=True))
        if (differing := _difference(result, expected[number]))
    ]


def _difference(result: Result, expected: dict[str, bytes]) -> str:
    if not result.passed:
        return f"ended with {result.exit_code}"
    return difference(result.dumps, expected)


def difference(dumps: dict[str, bytes], expected: dict[str, bytes]) -> str:
    """The first word of a part of memory that is not as expected, or nothing."""
    for part, wanted in expected.items():
        found = dumps[part]
        for offset in range(0, len(wanted), 4):
            words = [int.from_bytes(memory[offset : offset + 4], "little") for memory in (found, wanted)]
            if words[0] != words[1]:
                return f"{part} at offset {offset} is {words[0]:#010x}, must be {words[1]:#010x}"
    return ""
