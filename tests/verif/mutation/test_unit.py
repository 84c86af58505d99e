"""Mutants of a unit: drawn alike every time, seen by the bench or by the proof, or equivalent."""

import pytest

from common.errors import UserError
from hw.config import RV32IM, XDECIMATE, XDECMAC, XDECMAC8
from hw.units.decimate.record import DECIMATE
from hw.units.decmac.record import DECMAC, DECMAC8
from hw.units.unit import Unit
from tests.units.toy.record import TOY
from verif.formal.sby import Status
from verif.mutation import unit
from verif.mutation.equivalence import unit_proof
from verif.mutation.mutant import Mutant, Population

SEED = 1
COUNT = 12
#: A fault of each unit that its proof detects: in the wire of this name.
WIRES = {DECIMATE: "result_data", DECMAC: "outside", DECMAC8: "accumulator7"}


@pytest.fixture(scope="module", params=WIRES, ids=lambda unit: unit.extension)
def faulted(request: pytest.FixtureRequest) -> Unit:
    return request.param


@pytest.fixture(scope="module")
def population(faulted: Unit) -> Population:
    return unit.population(faulted, COUNT, SEED)


def test_the_unit_of_a_configuration():
    assert [unit.unit_of(config) for config in (XDECIMATE, XDECMAC, XDECMAC8)] == list(WIRES)
    with pytest.raises(UserError, match="rv32im has none: choose --config xdecimate, xdecmac, xdecmac8"):
        unit.unit_of(RV32IM)
    with pytest.raises(UserError, match="both has xdecimate and xtoy"):
        unit.unit_of(XDECIMATE.with_(TOY, name="both"))


def test_a_unit_without_a_bench_is_refused():
    with pytest.raises(UserError, match="xtoy has no bench of the unit by itself"):
        unit.population(TOY, COUNT, SEED)


def test_the_same_seed_draws_the_same_mutants(faulted: Unit, population: Population):
    assert unit.population(faulted, COUNT, SEED).mutants == population.mutants
    assert unit.population(faulted, COUNT, SEED + 1).mutants != population.mutants
    assert [mutant.number for mutant in population.mutants] == list(range(1, COUNT + 1))
    assert all(mutant.module == faulted.module for mutant in population.mutants)
    assert any(mutant.source.startswith(f"hw/units/{faulted.name}/") for mutant in population.mutants)


def test_clock_inputs_have_no_faults(faulted: Unit):
    mutants = unit.population(faulted, 200, SEED).mutants
    assert len(mutants) == 200
    assert not any(".CLK[" in mutant.fault for mutant in mutants)


def test_a_command_says_what_is_wrong():
    line = "mutate -mode cnot0 -module \\core.alu -cell $1 -port Y -portbit 4 -ctrlbit 6 -wire sum -wirebit 2"
    mutant = Mutant(number=7, command=line)
    assert (mutant.module, mutant.source) == ("core.alu", "")
    assert mutant.fault == "cnot0 by bit 6: $1.Y[4], sum[2]"


@pytest.mark.long
def test_the_bench_sees_faults_and_only_faults(faulted: Unit, population: Population):
    numbers = [mutant.number for mutant in population.mutants]
    killed = unit.run_bench(faulted, population, numbers, SEED)
    assert len(killed) >= 10
    # No fault is behind this number: the bench passes.
    assert unit.run_bench(faulted, population, [COUNT + 1], SEED) == {}


def test_the_proof_tells_a_fault_from_none(faulted: Unit):
    many = unit.population(faulted, 50, SEED)
    fault = next(mutant for mutant in many.mutants if f"-wire {WIRES[faulted]} " in mutant.command)
    assert unit_proof(faulted, many, fault) is Status.FAIL
    none = Mutant(number=99, command="select -clear")
    assert unit_proof(faulted, many, none) is Status.PASS
