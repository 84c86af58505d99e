"""A unit that only tests know, in decoder, core, model, random programs, coverage, proofs and area."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from hw.config import BASELINE, RV32IM, XDECIMATE, CoreConfig
from hw.generate import unit_verilog
from hw.instructions import ADDRESSES, INSTRUCTIONS
from hw.isa.csr import Csr
from hw.isa.instruction import Cycles, rows
from sim.iss.machine import Machine
from sim.rtl.job import Job
from synth.area import compare
from synth.cells import embedded
from synth.mapping import Flow
from tests.units.toy.record import TOTAL, TOY
from tests.units.toy.verification import ADD, RESET
from verif.cosim.check import check_all, check_result
from verif.coverage.coverage import Coverage, bins
from verif.formal.proofs.decoder import decoder_proof
from verif.formal.proofs.extension_off import extension_off_proof
from verif.formal.runner import prove
from verif.fuzz.case import case
from verif.programs.block_program import BlockProgram
from verif.programs.builder import Builder
from verif.programs.instruction_generator import word
from verif.programs.prologue import in_context
from verif.units.verification import verification

CSR = TOTAL.csr.address
#: The unit with a model that gets rd wrong.
WRONG = replace(TOY, model="tests.units.toy.wrong_model")


@pytest.fixture(scope="module")
def config() -> CoreConfig:
    """A core with two units; to hold the record is all the registration that there is."""
    return XDECIMATE.with_(TOY, name="toy")


def with_toy(unit: Any) -> CoreConfig:
    return XDECIMATE.with_(unit, name="toy")


def test_only_its_configuration_knows_it(config: CoreConfig):
    assert config.instruction_set.find(RESET.encode()) is RESET
    assert config.instruction_set.addresses["xtotal"] == CSR
    assert (config.has("xtoy"), XDECIMATE.has("xtoy")) == (True, False)
    assert XDECIMATE.instruction_set.find(RESET.encode()) is None
    assert not set(TOY.instructions) & set(INSTRUCTIONS)
    assert "xtotal" not in ADDRESSES


def test_a_configuration_is_equal_only_with_the_same_record(config: CoreConfig):
    """A cache by configuration therefore never outlives a change of its units."""
    assert config == with_toy(TOY)
    assert hash(config) == hash(with_toy(TOY))
    assert config != with_toy(WRONG)
    assert len(with_toy(TOY).with_(TOY, name="toy").units) == 2


def test_the_key_of_a_cache_depends_on_its_model():
    assert TOY.digest == replace(TOY).digest
    assert TOY.digest != WRONG.digest


def test_it_builds_on_other_extensions():
    with pytest.raises(ValueError, match="extension xtoy requires m; add it, or leave out xtoy"):
        replace(RV32IM, extensions=frozenset()).with_(TOY, name="toy")


SAME_WORDS = rows("xtoy", [("toy", "0000000 00000 rs1 000 rd 0110011", "rd, rs1", "toy.add", Cycles.SINGLE)])
SAME_ADDRESS = replace(TOTAL, csr=Csr("xtotal", 0x800, "xtoy", False, ""))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"instructions": SAME_WORDS}, "toy of xtoy and add of rv32i have words in common"),
        (
            {"state": (SAME_ADDRESS,)},
            "CSRs xdecimate of xdecimate and xtotal of xtoy both have address 0x800",
        ),
    ],
)
def test_what_others_have_is_refused(change: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        with_toy(replace(TOY, **change))


def test_a_handler_that_uses_it_saves_and_restores_it(config: CoreConfig):
    saved, free, total = 11, 12, 13
    guest = verification(TOY).guest(saved, free)
    assert guest
    words = [
        word("csrrwi", rd=0, csr=CSR, uimm=21),
        *in_context(TOY, saved, free, guest),
        word("csrrs", rd=total, csr=CSR, rs1=0),
    ]
    machine = Machine(config)
    machine.set_register(free, 1000)
    machine.memory.write(machine.pc, b"".join(number.to_bytes(4, "little") for number in words))
    for _ in words:
        assert machine.step().trap is None
    assert machine.registers[saved] == machine.registers[total] == machine.registers[free] == 21


@pytest.mark.long
def test_random_programs_run_alike_on_core_and_model(config: CoreConfig):
    cases = [case(config, 1, number) for number in range(4)]
    outcomes = check_all([each.job() for each in cases], config)
    coverage = Coverage()
    for each, outcome in zip(cases, outcomes, strict=True):
        assert outcome.mismatch is None, outcome.mismatch
        coverage.add(Coverage.of(outcome.trace, each.composition.program(), config))
    assert bins(config)["xtoy"] == ["add", "reset"]
    assert coverage.holes(config)["xtoy"] == []
    assert any("toy" in name for name in coverage.hits["hazards"])
    handlers = [each.composition.head[: each.composition.entry] for each in cases]
    assert any(number & ADD.mask == ADD.match for head in handlers for number in head)


@pytest.mark.long
def test_a_fault_shows_in_co_simulation(config: CoreConfig):
    out = Builder()
    out.load_immediate(6, 7)
    out.words.append(ADD.encode(rd=5, rs1=6))
    BlockProgram(Random(1), config).write(out, 4)
    job = Job(program=out.finish(bytes(0x1000)), max_cycles=100_000)
    (outcome,) = check_all([job], config)
    assert outcome.mismatch is None, outcome.mismatch
    result = replace(outcome.result, trace=outcome.trace.tobytes())
    mismatch = check_result(job, with_toy(WRONG), result).mismatch
    assert mismatch is not None
    assert mismatch.word & ADD.mask == ADD.match
    assert mismatch.field == "rd_wdata"


@pytest.mark.long
def test_every_word_decodes_as_the_tables_say():
    """On the smallest core, whose proof takes a quarter of the time."""
    result = prove(decoder_proof(RV32IM.with_(TOY, name="toy")))
    assert result.passed, result.message


def test_the_proof_that_it_changes_nothing_else_is_about_it():
    """The proof itself takes minutes: ``prove`` showed it once."""
    proof = extension_off_proof(BASELINE, TOY)
    assert proof.name == "extension_off.xtoy"
    (text,) = proof.build().files.values()
    assert "claim_invariant_none_in_EX" in text
    assert "claim_invariant_none_in_WB" not in text  # it accesses no memory


@pytest.mark.long
def test_it_has_a_row_of_area():
    report = compare(RV32IM, RV32IM.with_(TOY, name="toy"), Flow(embedded()))
    rows = {row["block"]: (row["baseline_ge"], row["extended_ge"]) for row in report.figures["blocks"]}
    assert rows["toy"][0] == 0
    assert rows["toy"][1] > 32 * 4  # a flip-flop and more for each bit
    assert report.figures["paths"]["through_unit"]["through"]


def test_it_is_a_module_by_itself():
    assert "module xtoy_unit(" in unit_verilog(TOY)
