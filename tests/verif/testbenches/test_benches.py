"""The regressions of ``xdecimate test``, and that they can fail."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from common.errors import UserError
from hw.generate import unit_verilog
from hw.units.decimate.record import DECIMATE
from verif.testbenches.case import Bench, Outcome, write_junit
from verif.testbenches.component import ComponentBench
from verif.testbenches.registry import BENCHES, choose


def run(bench: Bench, seed: int) -> list[Outcome]:
    outcomes: list[Outcome] = []
    bench.run(bench.cases, seed, outcomes.append)
    return outcomes


@pytest.mark.long
@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.name)
def test_every_case_passes(bench: Bench, seed: int):
    print(f"to repeat: xdecimate test -k {bench.name} --seed {seed}")
    outcomes = run(bench, seed)
    assert sorted(outcome.case for outcome in outcomes) == sorted(bench.cases)
    assert [outcome for outcome in outcomes if not outcome.passed] == []


def test_the_units_bench_sees_a_fault_in_the_unit():
    verilog = unit_verilog(DECIMATE)
    wrong = verilog.replace("result_valid = ", "result_valid = mem_result_err | ", 1)
    assert wrong != verilog
    broken = ComponentBench("broken", "", lambda: wrong, "xdecimate_unit", "verif.testbenches.bench_decimate")
    failed = [outcome for outcome in run(broken, 1) if not outcome.passed]
    assert "kills_and_faults" in [outcome.case for outcome in failed]
    assert all("must be" in outcome.failure for outcome in failed)


def test_cases_are_chosen_by_name():
    [(bench, cases)] = choose("decimate.cor")
    assert (bench.name, cases) == ("xdecimate", ("corners",))
    with pytest.raises(UserError, match="--list"):
        choose("no such thing")


def test_junit(tmp_path: Path):
    bench = BENCHES[0]
    outcomes = [(bench, Outcome("good", 1.5, "")), (bench, Outcome("bad", 0.5, "x is 1, must be <2>"))]
    write_junit(tmp_path / "r.xml", outcomes)
    [suite] = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.find("failure") is None for case in suite] == [True, False]
