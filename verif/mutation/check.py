"""Checks of the core that a mutant must not pass: programs, and what is wrong with how they went."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from common.cache import Ingredient, plain
from hw.config import CoreConfig
from sim.rtl.job import Job, Result
from verif.cosim.check import check_result
from verif.cosim.trace import RECORD, read_trace

#: Records of a trace that only tell when, not what.
_TIMES = ("cycle", "irq", "mip")
_BEHIND = 8


class Check(ABC):
    """``jobs`` run on one mutant after the other; ``name`` and ``about`` are shown to the user."""

    name: str
    about: str
    jobs: Sequence[Job]

    @abstractmethod
    def sees(self, results: Sequence[Result], sound: Sequence[Result]) -> bool:
        """True if the regression fails with these results; ``sound`` are those without a fault."""

    def ingredients(self) -> list[Ingredient]:
        """Ingredients of its outcome beside the design and the code."""
        parts: list[Ingredient] = [plain(self.expected)]
        for job in self.jobs:
            parts.append(plain(replace(job, program=None)))  # type: ignore[arg-type]
            for segment in job.program.segments:
                parts += [str(segment.address), segment.data]
        return parts

    @property
    @abstractmethod
    def expected(self) -> object:
        """Values that the results are compared with."""


@dataclass(frozen=True)
class CosimCheck(Check):
    """One program, every retired instruction against the model."""

    name: str
    about: str
    job: Job
    config: CoreConfig

    @property
    def jobs(self) -> tuple[Job]:
        return (self.job,)

    @property
    def expected(self) -> CoreConfig:
        return self.config

    def sees(self, results: Sequence[Result], sound: Sequence[Result]) -> bool:
        (result,), (reference,) = results, sound
        if result.exit_code != reference.exit_code:
            return True
        if result is not reference and (first := _first_difference(result, reference)) is not None:
            # The model need not follow any further than this, unless what differs may well differ.
            part = result.trace[: (first + _BEHIND) * RECORD.itemsize]
            early = replace(result, trace=part, exit_code=None, asleep=False)
            return any(check_result(self.job, self.config, r).mismatch is not None for r in (early, result))
        same = result is not reference and result.asleep == reference.asleep
        return not same and check_result(self.job, self.config, result).mismatch is not None


def _first_difference(result: Result, reference: Result) -> int | None:
    """The first instruction that went differently from one that the model agrees with; None if none did."""
    if result.trace == reference.trace:
        return None
    found, expected = read_trace(result.trace), read_trace(reference.trace)
    length = min(len(found), len(expected))
    names = [name for name in RECORD.names or () if name not in _TIMES]
    differs = np.any([found[name][:length] != expected[name][:length] for name in names], axis=0)
    if differs.any():
        return int(differs.argmax())
    return None if len(found) == len(expected) else length


@dataclass(frozen=True)
class CycleCheck(Check):
    """Programs whose differences in time are known: ``cycles`` from one job to the next."""

    name: str
    about: str
    jobs: Sequence[Job]
    cycles: Sequence[int]

    @property
    def expected(self) -> Sequence[int]:
        return self.cycles

    def sees(self, results: Sequence[Result], sound: Sequence[Result]) -> bool:
        totals = [result.cycles for result in results]
        steps = [later - earlier for earlier, later in pairwise(totals)]
        return steps != list(self.cycles) or not all(result.passed for result in results)
