"""A simulator for all tests of a module, and the cycles of programs on it."""

from collections.abc import Callable

import pytest

from sim.rtl.job import Job
from sim.rtl.model import Model, core_model
from sim.rtl.run import run_on_model
from verif.programs.cycle_table import REPEATS

Cycles = Callable[[Callable[[int], Job]], float]


@pytest.fixture(scope="module")
def model(request: pytest.FixtureRequest) -> Model:
    """One simulator of the module's ``CONFIG`` for all its tests: the trace port changes no cycle."""
    return core_model(request.module.CONFIG, rvfi=True)


@pytest.fixture
def cycles(model: Model) -> Cycles:
    """Cycles of one repetition in a program that is made for a number of repetitions."""

    def measure(make: Callable[[int], Job]) -> float:
        once, twice = run_on_model(model, [make(REPEATS), make(2 * REPEATS)])
        assert once.passed
        assert twice.passed
        return (twice.cycles - once.cycles) / REPEATS

    return measure
