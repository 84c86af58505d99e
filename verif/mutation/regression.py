"""The core's regression as checks, in the order of what they see at what cost: most first."""

from collections.abc import Iterator
from random import Random

from hw.config import BASELINE, CoreConfig
from sim.rtl.job import NO_WAIT_STATES, Job, WaitStates
from verif.fuzz.case import case
from verif.mutation.check import Check, CosimCheck, CycleCheck
from verif.programs.cycle_table import COMPRESSED_CASES, REPEATS, cases, program, whole_table
from verif.programs.directed import directed
from verif.programs.prologue import Interrupts
from verif.programs.random_program import RandomProgram

_SHORT = 6
_LONG = 2
_MAX_CYCLES = 200_000


def checks(config: CoreConfig, seed: int) -> Iterator[Check]:
    """Short random programs, directed ones, the cycle table, then programs of ``xdecimate fuzz``."""
    for number in range(_SHORT):
        random = Random(f"{seed} {number}")
        writer = RandomProgram(random, config, Interrupts(mask=0x3FF, shift=0) if number % 3 else None)
        job = Job(
            program=writer.compose(300, 1).program(),
            waits=WaitStates.random(random) if number % 2 else NO_WAIT_STATES,
            seed=number + 1,
            max_cycles=_MAX_CYCLES,
        )
        yield CosimCheck(f"short {number}", "a short random program in co-simulation", job, config)
    for name, job in directed(Random(seed), config):
        yield CosimCheck(name, "a directed program in co-simulation", job, config)
    if config.extensions >= BASELINE.extensions:
        step = REPEATS * sum(cost for _, cost in cases(config).values())
        jobs = [whole_table(config, REPEATS), whole_table(config, 2 * REPEATS)]
        yield CycleCheck("cycle table", "every class of the cycle table", jobs, [step])
    if config.has("c"):
        step = REPEATS * sum(cost for _, cost in COMPRESSED_CASES.values())
        jobs = [
            program([word for words, _ in COMPRESSED_CASES.values() for word in words * count], config)
            for count in (REPEATS, 2 * REPEATS)
        ]
        yield CycleCheck("cycles at half-words", "every class of either length", jobs, [step])
    for number in range(_LONG):
        about = f"program {number} of xdecimate fuzz --seed {seed}"
        yield CosimCheck(f"fuzz {number}", about, case(config, seed, number).job(), config)
