"""A core with extension c: co-simulation with the model, and CV32E40P's cycles at any half-word."""

import pytest

from hw.config import XDECIMATE
from sim.rtl.model import Model, core_model
from sim.rtl.run import run_on_model
from tests.cosim import check_random_programs
from verif.cosim.check import check_all
from verif.coverage.coverage import bins
from verif.programs.compressed import ROWS, packed
from verif.programs.cycle_table import COMPRESSED_CASES, REPEATS, X, program, whole_table
from verif.programs.instruction_generator import word

from .conftest import Cycles

CONFIG = XDECIMATE
COUNT = ROWS["c.addi"].encode(rd=X, imm=1)


def test_random_programs_run_alike_on_core_and_model(model: Model):
    covered = check_random_programs(CONFIG, 3, model)
    assert len(covered.holes(CONFIG)["compressed"]) < len(bins(CONFIG)["compressed"]) // 10


@pytest.mark.parametrize("name", COMPRESSED_CASES)
def test_cycles(cycles: Cycles, name: str):
    words, cost = COMPRESSED_CASES[name]
    assert cycles(lambda count: program(words * count, CONFIG)) == cost


def test_hardware_loops_at_half_words(model: Model, cycles: Cycles):
    """Compressed instructions and 32 bits across words in a body cost nothing (docs/core.md)."""
    rounds, add = 5, word("addi", rd=X, rs1=X, imm=1)
    body = [COUNT, add, add, COUNT]
    loop = packed([word("addi", rd=X, rs1=0, imm=0), word("cv.setupi", loop=0, count=rounds, uimm=16), *body])
    jobs = [program(loop * count, CONFIG) for count in (REPEATS, 2 * REPEATS)]
    assert [outcome.mismatch for outcome in check_all(jobs, CONFIG, model=model)] == [None, None]
    assert cycles(lambda count: program(loop * count, CONFIG)) == 2 + rounds * len(body)


def test_other_cycles_are_those_of_the_core_without(model: Model):
    jobs = [whole_table(XDECIMATE, count) for count in (REPEATS, 2 * REPEATS)]
    once, twice = run_on_model(model, jobs)
    without = run_on_model(core_model(XDECIMATE, rvfi=True), jobs)
    assert [once.cycles, twice.cycles] == [result.cycles for result in without]
