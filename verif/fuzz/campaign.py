"""Campaigns: programs in chunks; each chunk's result is kept, so that an interrupted campaign continues."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

from common.cache import plain
from common.closure import closure
from common.workers import Here, Unit, Workers
from hw.config import CoreConfig, config_named
from sim.rtl.model import core_model
from sim.rtl.run import RUNNER
from verif.cosim.check import Outcome, check_all
from verif.coverage.coverage import Coverage
from verif.fuzz.case import case
from verif.units.verification import MODULES

#: Programs in a chunk, some 80,000 instructions.
CHUNK = 4


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A program in which core and model part: its number, and the report."""

    number: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Results of some programs; ``seconds`` is the time that their run took."""

    programs: int
    instructions: int
    cycles: int
    seconds: float
    hits: dict[str, dict[str, int]]
    failures: list[Failure]


@dataclass
class Total:
    """Chunks of one configuration, added up.

    Parameters
    ----------
    config, seed
        Of the campaign.
    chunks, programs, instructions, cycles, seconds
        Sums; seconds are those of the chunks when they ran, whatever ran beside them.
    longest, elapsed : float
        Seconds of the longest chunk, and from the beginning to the end of the campaign.
    workers : int
        Chunks that ran at once.
    coverage : Coverage
    failures : list of Failure
    """

    config: str
    seed: int
    chunks: int = 0
    programs: int = 0
    instructions: int = 0
    cycles: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    elapsed: float = 0.0
    workers: int = 1
    coverage: Coverage = field(default_factory=Coverage)
    failures: list[Failure] = field(default_factory=list)

    def add(self, chunk: Chunk) -> None:
        self.chunks += 1
        self.programs += chunk.programs
        self.instructions += chunk.instructions
        self.cycles += chunk.cycles
        self.seconds += chunk.seconds
        self.longest = max(self.longest, chunk.seconds)
        self.coverage.add(Coverage.from_hits(chunk.hits))
        self.failures += chunk.failures


def run(
    config: CoreConfig,
    seed: int,
    instructions: int,
    *,
    workers: Workers | None = None,
    size: int = CHUNK,
    on_chunk: Callable[[Chunk], None] | None = None,
) -> Total:
    """Run programs until the number of instructions has been compared, or until a program fails.

    Parameters
    ----------
    config : CoreConfig
    seed : int
        With it every program is determined.
    instructions : int
        To compare; the last chunk goes beyond.
    workers : Workers
        Where chunks run; without, in this process.
    size : int
        Programs in a chunk.
    on_chunk : callable
        Called as a chunk ends, in the order of their numbers.

    Raises
    ------
    SimulationError
        When a simulator fails, as opposed to a program.
    """
    total, workers, start = Total(config.name, seed), workers or Here(), time.monotonic()
    units = (unit_of(config, seed, number, size) for number in count())
    for result in workers.in_order(units):
        chunk = Chunk(**result | {"failures": [Failure(**failure) for failure in result["failures"]]})
        total.add(chunk)
        if on_chunk:
            on_chunk(chunk)
        if total.instructions >= instructions or total.failures:
            break
    total.elapsed, total.workers = time.monotonic() - start, workers.width()
    return total


def unit_of(config: CoreConfig, seed: int, number: int, size: int) -> Unit:
    """A chunk of a campaign as work that depends on all that makes programs, follows them and counts them."""
    model = core_model(config, rvfi=True)  # built once, before workers ask for it
    # What hw.generate generates is in the model.
    sources = closure(__name__, RUNNER, *MODULES, outside=("hw.generate",))
    return Unit(
        kind="fuzz",
        ingredients=(sources, model.key, plain(config), plain([seed, number, size])),
        function=run_chunk,
        arguments=(config.name, seed, number, size),
    )


def run_chunk(config_name: str, seed: int, number: int, size: int) -> dict[str, Any]:
    """Run one chunk; returns a ``Chunk`` as JSON."""
    config = config_named(config_name)
    start = time.monotonic()
    numbers = range(number * size, (number + 1) * size)
    cases = [case(config, seed, n) for n in numbers]
    programs = [c.job() for c in cases]
    coverage, failures, sums = Coverage(), [], [0, 0]

    def done(index: int, outcome: Outcome) -> None:
        sums[0] += outcome.instructions
        sums[1] += outcome.result.cycles
        text = str(outcome.mismatch or "")
        if not text and not outcome.result.passed:
            text = f"equal, but ended with {outcome.result.exit_code} after {outcome.result.cycles} cycles"
        if text:
            failures.append(Failure(number=numbers[index], text=text))
        coverage.add(Coverage.of(outcome.trace, programs[index].program, config))

    check_all(programs, config, on_outcome=done)
    chunk = Chunk(
        programs=len(programs),
        instructions=sums[0],
        cycles=sums[1],
        seconds=time.monotonic() - start,
        hits={name: dict(counter) for name, counter in coverage.hits.items()},
        failures=failures,
    )
    return asdict(chunk)
