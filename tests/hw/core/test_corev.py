"""The instructions of CORE-V that no named configuration has: co-simulation with the model, and cycles."""

import pytest

from hw.config import BASELINE, GROUPS, CoreConfig, config_named
from sim.rtl.model import Model, core_model
from sim.rtl.run import run_on_model
from verif.cosim.check import check_all
from verif.fuzz.case import case
from verif.programs.cycle_table import EXTENSION_CASES, REPEATS, cases, program, repeated, whole_table

CONFIG = config_named(f"{BASELINE.name}+corev")
CASES = {name: case for cases in EXTENSION_CASES.values() for name, case in cases.items()}
SEED, PROGRAMS = 1, 2


@pytest.fixture(scope="module")
def model() -> Model:
    """One simulator for all tests: the trace port changes no cycle."""
    return core_model(CONFIG, rvfi=True)


def test_random_programs_run_alike_on_core_and_model(model: Model):
    jobs = [case(CONFIG, SEED, number).job() for number in range(PROGRAMS)]
    outcomes = check_all(jobs, CONFIG, model=model)
    assert [outcome.mismatch for outcome in outcomes] == [None] * PROGRAMS


def test_the_name_of_a_group_stands_for_its_extensions():
    assert CONFIG.extensions - BASELINE.extensions == set(GROUPS["corev"]) == set(EXTENSION_CASES)
    assert CoreConfig.from_dict(CONFIG.as_dict()) == CONFIG
    assert BASELINE.with_("corev", name=CONFIG.name) == CONFIG


@pytest.mark.parametrize("name", CASES)
def test_cycles(model: Model, name: str):
    jobs = [program(repeated(CASES[name], count), CONFIG) for count in (REPEATS, 2 * REPEATS)]
    once, twice = run_on_model(model, jobs)
    assert once.passed
    assert twice.passed
    assert (twice.cycles - once.cycles) / REPEATS == CASES[name][1]


def test_the_whole_table_in_one_program(model: Model):
    once, twice = run_on_model(model, [whole_table(CONFIG, count) for count in (REPEATS, 2 * REPEATS)])
    assert twice.cycles - once.cycles == REPEATS * sum(cost for _, cost in cases(CONFIG).values())
