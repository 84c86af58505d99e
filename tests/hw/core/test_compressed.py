"""A core with extension c: co-simulation with the model, and CV32E40P's cycles at any half-word."""

import pytest

from hw.config import XDECIMATE, config_named
from sim.rtl.model import Model, core_model
from sim.rtl.run import run_on_model
from verif.cosim.check import check_all
from verif.coverage.coverage import Coverage, bins
from verif.fuzz.case import case
from verif.programs.cycle_table import COMPRESSED, REPEATS, program, whole_table

CONFIG = config_named(f"{XDECIMATE.name}+c")
SEED, PROGRAMS = 1, 3


@pytest.fixture(scope="module")
def model() -> Model:
    """One simulator for all tests: the trace port changes no cycle."""
    return core_model(CONFIG, rvfi=True)


def test_random_programs_run_alike_on_core_and_model(model: Model):
    jobs = [case(CONFIG, SEED, number).job() for number in range(PROGRAMS)]
    outcomes = check_all(jobs, CONFIG, model=model)
    assert [outcome.mismatch for outcome in outcomes] == [None] * PROGRAMS
    covered = Coverage()
    for job, outcome in zip(jobs, outcomes, strict=True):
        covered.add(Coverage.of(outcome.trace, job.program, CONFIG))
    assert len(covered.holes(CONFIG)["compressed"]) < len(bins(CONFIG)["compressed"]) // 10


@pytest.mark.parametrize("name", COMPRESSED)
def test_cycles(model: Model, name: str):
    words, cost = COMPRESSED[name]
    jobs = [program(words * count, CONFIG) for count in (REPEATS, 2 * REPEATS)]
    once, twice = run_on_model(model, jobs)
    assert once.passed
    assert twice.passed
    assert (twice.cycles - once.cycles) / REPEATS == cost


def test_other_cycles_are_those_of_the_core_without(model: Model):
    jobs = [whole_table(XDECIMATE, count) for count in (REPEATS, 2 * REPEATS)]
    once, twice = run_on_model(model, jobs)
    without = run_on_model(core_model(XDECIMATE, rvfi=True), jobs)
    assert [once.cycles, twice.cycles] == [result.cycles for result in without]
