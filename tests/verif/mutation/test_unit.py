"""Mutants of the unit: drawn alike every time, seen by the bench or by the proof, or equivalent."""

import pytest

from hw.units.decimate.record import DECIMATE
from verif.formal.sby import Status
from verif.mutation import unit
from verif.mutation.equivalence import unit_proof
from verif.mutation.mutant import Mutant, Population

SEED = 1


@pytest.fixture(scope="module")
def population() -> Population:
    return unit.population(DECIMATE, 12, SEED)


def test_the_same_seed_draws_the_same_mutants(population: Population):
    assert unit.population(DECIMATE, 12, SEED).mutants == population.mutants
    assert unit.population(DECIMATE, 12, SEED + 1).mutants != population.mutants
    assert [mutant.number for mutant in population.mutants] == list(range(1, 13))
    assert all(mutant.module == DECIMATE.module for mutant in population.mutants)
    assert any(mutant.source.startswith("hw/units/decimate/") for mutant in population.mutants)


def test_a_command_says_what_is_wrong():
    line = "mutate -mode cnot0 -module \\core.alu -cell $1 -port Y -portbit 4 -ctrlbit 6 -wire sum -wirebit 2"
    mutant = Mutant(number=7, command=line)
    assert (mutant.module, mutant.source) == ("core.alu", "")
    assert mutant.fault == "cnot0 by bit 6: $1.Y[4], sum[2]"


@pytest.mark.long
def test_the_bench_sees_faults_and_only_faults(population: Population):
    numbers = [mutant.number for mutant in population.mutants]
    killed = unit.run_bench(DECIMATE, population, numbers, SEED)
    assert len(killed) >= 10
    # No fault is behind this number: the bench passes.
    assert unit.run_bench(DECIMATE, population, [13], SEED) == {}


def test_the_proof_tells_a_fault_from_none(population: Population):
    fault = next(mutant for mutant in population.mutants if "-wire result_data" in mutant.command)
    assert unit_proof(DECIMATE, population, fault) is Status.FAIL
    none = Mutant(number=99, command="select -clear")
    assert unit_proof(DECIMATE, population, none) is Status.PASS
