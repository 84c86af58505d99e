"""Mutants of the core against its regression, in co-simulation and by the clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from common.cache import Ingredient, kept_json, key, known_json
from common.closure import closure
from hw.config import CoreConfig
from hw.core.core import Core
from hw.generate import component_rtlil
from sim.rtl.errors import SimulationError
from sim.rtl.job import Job, Result
from sim.rtl.model import Model, tile_model
from sim.rtl.run import RUNNER, run_on_model
from verif.mutation.check import Check
from verif.mutation.mutant import Population, draw
from verif.units.verification import MODULES


def population(config: CoreConfig, count: int, seed: int) -> Population:
    """Mutants of the core; its trace port, which watches, has none."""
    return draw(
        component_rtlil(Core(config, rvfi=True), "core"), count, seed, exclude=("core.rvfi", "core/rvfi")
    )


def simulator(mutants: Population) -> Model:
    """The simulator of all of them."""
    return tile_model(mutants.verilog(), rvfi=True, mutants=True)


def run_check(
    model: Model,
    check: Check,
    numbers: Sequence[int],
    on_done: Callable[[int, bool], None],
) -> set[int]:
    """Run one check on the mutants of a model that have these numbers; returns those that it sees.

    Outcomes are kept, so that only new ones run. ``on_done`` is called with a number and whether it was seen.

    Raises ``RuntimeError`` when the check fails on the core without a fault.
    """
    known: dict[int, bool] = {}
    ingredients = _ingredients(model, check)

    def done(number: int, seen: bool) -> None:
        known[number] = kept_json("mutation", [*ingredients, str(number)], lambda: seen)
        on_done(number, seen)

    for number in numbers:
        if (seen := known_json("mutation", [*ingredients, str(number)])) is not None:
            known[number] = seen
            on_done(number, seen)
    if left := [number for number in numbers if number not in known]:
        _Round(check, left, done).run(model)
    return {number for number in numbers if known[number]}


def _ingredients(model: Model, check: Check) -> list[Ingredient]:
    """What all outcomes of a check depend on: the mutants are in the model."""
    sources = closure(__name__, RUNNER, *MODULES, outside=("hw.core.core", "hw.generate"))
    return [sources, model.key, key(check.ingredients())]


@dataclass
class _Round:
    """One check, mutant after mutant in one simulator process."""

    check: Check
    numbers: Sequence[int]
    done: Callable[[int, bool], None]
    _sound: list[Result] = field(default_factory=list)
    _results: list[Result] = field(default_factory=list)

    def run(self, model: Model) -> None:
        self._sound = run_on_model(model, [replace(job, mutant=0) for job in self.check.jobs])
        if self.check.sees(self._sound, self._sound):
            raise RuntimeError(f"{self.check.name} fails even on the core without a fault")
        queue = [
            (number, replace(job, mutant=number, max_cycles=2 * sound.cycles + 1000))
            for number in self.numbers
            for job, sound in zip(self.check.jobs, self._sound, strict=True)
        ]
        while queue:
            left = list(queue)
            jobs = [job for _, job in queue]
            try:
                run_on_model(model, jobs, on_result=partial(self._ended, left), keep=False)
                return
            except SimulationError:
                # The simulator gives up where signals find no stable state, which no test would miss.
                number = left[0][0]
                self._results.clear()
                self.done(number, True)
                queue = [(other, job) for other, job in left if other != number]

    def _ended(self, left: list[tuple[int, Job]], _: int, result: Result) -> None:
        number, _job = left.pop(0)
        self._results.append(result)
        if len(self._results) == len(self.check.jobs):
            results, self._results = self._results, []
            self.done(number, self.check.sees(results, self._sound))
