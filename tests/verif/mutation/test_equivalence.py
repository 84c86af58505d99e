"""Mutants of the core: equivalent in all that is seen, or seen by a proof about the whole core."""

import re

import pytest

from hw.config import RV32IM, XDECIMATE, XDECMAC, CoreConfig
from hw.core.core import Core
from hw.generate import component_rtlil
from verif.formal.core_harness import CoreSources
from verif.formal.proof import Proof, Result
from verif.formal.sby import Status, Verdict
from verif.mutation import equivalence, proofs
from verif.mutation.equivalence import is_equivalent
from verif.mutation.mutant import Mutant, Population
from verif.mutation.proofs import failing_proof

NO_FAULT = Mutant(number=0, command="select -clear")


def population_of(config: CoreConfig) -> Population:
    return Population(component_rtlil(Core(config, rvfi=True), "core"), ())


@pytest.fixture(scope="module")
def population() -> Population:
    return population_of(XDECIMATE)


@pytest.fixture(scope="module")
def smallest() -> Population:
    """Mutants of the core whose proofs take the least time."""
    return population_of(RV32IM)


def faulty(module: str, wire: str, value: str) -> Mutant:
    """A wire of a module is stuck."""
    return Mutant(number=1, command=f"cd {module}\nconnect -set {wire} {value}\ncd")


@pytest.mark.long
def test_the_core_is_equivalent_to_itself(population: Population):
    assert is_equivalent(XDECIMATE, population, NO_FAULT)


@pytest.mark.long
@pytest.mark.parametrize(
    ("module", "wire", "value"),
    [("core.controller", "sleep", "1'0"), ("core.operands", "hazard", "1'0")],
)
def test_a_fault_is_not(smallest: Population, module: str, wire: str, value: str):
    assert not is_equivalent(RV32IM, smallest, faulty(module, wire, value))


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ((Status.TIMEOUT, Status.PASS), True),
        ((Status.TIMEOUT, Status.TIMEOUT), False),
        ((Status.PASS,), True),
        ((Status.FAIL,), False),
    ],
)
def test_gates_are_compared_where_time_runs_out_on_words(
    answers: tuple[Status, ...], shown: bool, population: Population, monkeypatch: pytest.MonkeyPatch
):
    left = list(answers)

    def prove(proof: Proof) -> Result:
        return Result(proof, Verdict(left.pop(0), 0.0), cached=False)

    monkeypatch.setattr(equivalence, "prove", prove)
    assert is_equivalent(XDECIMATE, population, NO_FAULT) == shown
    assert not left


@pytest.mark.long
@pytest.mark.parametrize(("flipped_by", "shown"), [(8, True), (11, False)])
def test_gates_show_a_fault_without_effect(
    flipped_by: int, shown: bool, population: Population, monkeypatch: pytest.MonkeyPatch
):
    """Bit 0 of an address that is compared with 0x800 is inverted by a bit that is 0 there, or that is 1."""
    [cell] = re.findall(r"cell \$eq (\S+)\n(?:    .*\n)*?    connect \\B 12'100000000000\n", population.rtlil)
    fault = f"mutate -mode cnot1 -module core.csr_file -cell {cell} -port A -portbit 0 -ctrlbit {flipped_by}"
    monkeypatch.setattr(equivalence, "ATTEMPTS", (equivalence.SWEPT,))
    assert is_equivalent(XDECIMATE, population, Mutant(number=1, command=fault)) == shown


@pytest.mark.long
def test_what_only_the_trace_shows_is_no_difference(smallest: Population):
    assert is_equivalent(RV32IM, smallest, faulty("core", "rvfi_valid", "1'0"))


@pytest.mark.parametrize("config", [XDECIMATE, XDECMAC])
def test_the_proofs_are_of_the_mutants_configuration(config: CoreConfig, monkeypatch: pytest.MonkeyPatch):
    tried: list[CoreSources] = []
    monkeypatch.setattr(proofs, "fails", lambda *arguments: tried.append(arguments[-1]))
    assert failing_proof(config, Population("", ()), NO_FAULT) == ""
    assert tried
    assert {build.config for build in tried} == {config}


@pytest.mark.long
def test_a_proof_sees_a_fault_in_the_whole_core(population: Population, monkeypatch: pytest.MonkeyPatch):
    """The first proof passes with a mutant in the core's place, and with another it fails."""
    hazard = faulty("core.operands", "hazard", "1'0")
    assert failing_proof(XDECIMATE, population, hazard) == "forwarding.registers"
    monkeypatch.setattr(proofs, "_PROOFS", proofs._PROOFS[:1])
    assert failing_proof(XDECIMATE, population, hazard) == ""
    assert failing_proof(XDECIMATE, population, faulty("core.decoder", "legal", "1'1")) == "execute.stage"
