"""Campaigns: programs in chunks, each chunk's result kept under build/ so that an interrupted one goes on."""

import hashlib
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult
from pathlib import Path

from common.files import BUILD, write_atomically
from hw.config import CoreConfig, config_named
from sim.rtl.model import core_model
from verif.cosim.check import Outcome, check_all
from verif.coverage.coverage import Coverage
from verif.fuzz.case import case

#: Programs in a chunk.
CHUNK = 4
_ROOT = Path(__file__).parents[2]
_SOURCES = (
    "hw/isa",
    "hw/config.py",
    "sim/iss",
    "verif/cosim",
    "verif/programs",
    "verif/coverage",
    "verif/fuzz",
)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A program in which core and model part: its number, and the report."""

    number: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What came of some programs; ``seconds`` is the time they took when they ran."""

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
    programs, instructions, cycles, seconds
        Sums; seconds are those of the chunks when they ran, whatever ran beside them.
    coverage : Coverage
    failures : list of Failure
    """

    config: str
    seed: int
    programs: int = 0
    instructions: int = 0
    cycles: int = 0
    seconds: float = 0.0
    coverage: Coverage = field(default_factory=Coverage)
    failures: list[Failure] = field(default_factory=list)

    def add(self, chunk: Chunk) -> None:
        self.programs += chunk.programs
        self.instructions += chunk.instructions
        self.cycles += chunk.cycles
        self.seconds += chunk.seconds
        self.coverage.add(Coverage.from_hits(chunk.hits))
        self.failures += chunk.failures


def run(
    config: CoreConfig,
    seed: int,
    instructions: int,
    *,
    jobs: int = 1,
    on_chunk: Callable[[Chunk], None] | None = None,
) -> Total:
    """Run programs until so many instructions were compared, or until a program fails.

    Parameters
    ----------
    config : CoreConfig
    seed : int
        With it every program is determined.
    instructions : int
        To compare; the last chunk goes beyond.
    jobs : int
        Chunks to run side by side.
    on_chunk : callable
        Called as a chunk ends, in the order of their numbers.

    Raises
    ------
    SimulationError
        When a simulator fails, as opposed to a program.
    """
    core_model(config, rvfi=True)  # built once, before the workers ask for it
    total = Total(config.name, seed)
    for chunk in _chunks(config, seed, jobs):
        total.add(chunk)
        if on_chunk:
            on_chunk(chunk)
        if total.instructions >= instructions or total.failures:
            break
    return total


def _chunks(config: CoreConfig, seed: int, jobs: int) -> Iterator[Chunk]:
    """All chunks in order, a few ahead of the one that is asked for."""
    number = 0
    if jobs == 1:
        while True:
            yield chunk(config.name, seed, number)
            number += 1
    with get_context("spawn").Pool(jobs, initializer=_quiet) as pool:  # terminated at the end
        ahead: list[AsyncResult[Chunk]] = []
        while True:
            while len(ahead) < 2 * jobs:
                ahead.append(pool.apply_async(chunk, (config.name, seed, number)))
                number += 1
            yield ahead.pop(0).get()


def _quiet() -> None:
    """A worker leaves Ctrl-C to its parent, and ends together with its simulator when it is told to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def chunk(config_name: str, seed: int, number: int) -> Chunk:
    """Run one chunk, or take its result from an earlier run of the same programs on the same sources."""
    config = config_named(config_name)
    path = BUILD / "fuzz" / _key(config_name) / f"{seed}-{number}.json"
    if path.exists():
        content = json.loads(path.read_text())
        return Chunk(**content | {"failures": [Failure(**failure) for failure in content["failures"]]})
    start = time.monotonic()
    numbers = range(number * CHUNK, (number + 1) * CHUNK)
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
    result = Chunk(
        programs=len(programs),
        instructions=sums[0],
        cycles=sums[1],
        seconds=time.monotonic() - start,
        hits={name: dict(counter) for name, counter in coverage.hits.items()},
        failures=failures,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(asdict(result)))
    return result


@cache
def _key(config_name: str) -> str:
    """Hash of the simulator and of everything that makes programs, follows them and counts them."""
    digest = hashlib.sha256(core_model(config_named(config_name), rvfi=True).key.encode())
    for place in _SOURCES:
        root = _ROOT / place
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
