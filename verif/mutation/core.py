"""Mutants of the core against its regression, in co-simulation and by the clock."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from common.cache import Ingredient, kept_json, key, known_json, plain
from common.closure import closure
from common.errors import UserError
from common.workers import Unit, Workers
from hw.config import CoreConfig, config_named
from hw.core.core import Core
from hw.generate import component_rtlil
from sim.rtl.errors import SimulationError
from sim.rtl.job import Job, Result
from sim.rtl.model import Model, tile_model
from sim.rtl.run import RUNNER, run_on_model
from verif.mutation.check import Check
from verif.mutation.mutant import Mutant, Population, draw
from verif.mutation.regression import checks
from verif.units.verification import MODULES

#: Mutants of one unit of work: several, for each unit also runs the core without a fault.
GROUP = 16


@dataclass(frozen=True)
class Origin:
    """Parameters of a campaign on a core, from which a worker draws the same mutants."""

    config: str
    count: int
    seed: int
    source: str = ""

    def population(self) -> Population:
        """Its mutants."""
        return _population(self)

    def mutant(self, number: int) -> Mutant:
        """The mutant of this number."""
        return self.population().mutants[number - 1]


@cache
def _population(origin: Origin) -> Population:
    return population(config_named(origin.config), origin.count, origin.seed, origin.source)


def population(config: CoreConfig, count: int, seed: int, source: str = "") -> Population:
    """Mutants of the core, or of what comes from some of its source files; its trace port has none.

    ``UserError`` when nothing comes from such a file.
    """
    core = component_rtlil(Core(config, rvfi=True), "core")
    drawn = draw(core, count, seed, source=source, exclude=("core.rvfi", "core/rvfi"))
    if not drawn.mutants:
        raise UserError(
            "--source must be part of the path of a source file of the core, such as hw/core/alu.py; "
            f"nothing in {config.name} comes from {source!r}"
        )
    return drawn


def simulator(mutants: Population) -> Model:
    """The simulator of all of them."""
    return tile_model(mutants.verilog(), rvfi=True, mutants=True)


def run_check(
    model: Model,
    check: Check,
    numbers: Sequence[int],
    on_done: Callable[[int, bool], None],
    elsewhere: Callable[[list[int]], Iterator[tuple[int, bool]]] | None = None,
) -> set[int]:
    """Run one check on the mutants of a model that have these numbers; returns those that it sees.

    Outcomes are kept, so that only new ones run, in this process or as ``elsewhere`` does. ``on_done`` is
    called with a number and whether it was seen.

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
        if elsewhere:
            for number, seen in elsewhere(left):
                done(number, seen)
        else:
            _Round(check, left, done).run(model)
    return {number for number in numbers if known[number]}


def _ingredients(model: Model, check: Check) -> list[Ingredient]:
    """Ingredients of all outcomes of a check; the mutants are in the model."""
    sources = closure(__name__, RUNNER, *MODULES, outside=("hw.core.core", "hw.generate"))
    return [sources, model.key, key(check.ingredients())]


def run_on_workers(
    workers: Workers, origin: Origin, index: int, model: Model, check: Check, numbers: Sequence[int]
) -> Iterator[tuple[int, bool]]:
    """Outcomes of check ``index`` of a campaign as they come from workers, each of which has some mutants."""
    groups = [list(numbers[first : first + GROUP]) for first in range(0, len(numbers), GROUP)]
    units = (
        Unit(
            kind="rounds",
            ingredients=(*_ingredients(model, check), plain(group)),
            function=run_group,
            arguments=(origin, index, group),
        )
        for group in groups
    )
    for _, outcomes in workers.as_completed((None, unit) for unit in units):
        yield from map(tuple, outcomes)


def run_group(origin: Origin, index: int, numbers: list[int]) -> list[tuple[int, bool]]:
    """One unit's work: which of these mutants a check sees."""
    model, every = _prepared(origin)
    seen = run_check(model, every[index], numbers, lambda *_: None)
    return [(number, number in seen) for number in numbers]


@cache
def _prepared(origin: Origin) -> tuple[Model, list[Check]]:
    config = config_named(origin.config)
    return simulator(origin.population()), list(checks(config, origin.seed))


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
                # The simulator stops if signals find no stable state, which every test detects.
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
