"""The runner on proofs that fail or cannot be run."""

from pathlib import Path

import pytest

from common.errors import UserError
from verif.formal import sby
from verif.formal.proof import Method, Proof, Sources
from verif.formal.registry import choose
from verif.formal.runner import prove
from verif.formal.sby import Mode, Status, Task

COUNTER = """
module top(input clk, input go);
  reg [7:0] count = 0;
  always @(posedge clk) if (go) count <= count == 9 ? 0 : count + 1;
  always @* assert (count != {limit});
endmodule
"""


def counter(limit: int) -> Proof:
    def build() -> Sources:
        script = "read_verilog -formal top.v\nprep -top top"
        return Sources(files={"top.v": COUNTER.format(limit=limit)}, script=script)

    return Proof(name="test.counter", what="", method=Method.INDUCTION, depth=3, build=build)


def test_a_claim_that_holds_but_not_by_induction_is_no_proof():
    result = prove(counter(200))
    assert not result.passed
    assert result.verdict.status is Status.UNKNOWN
    assert "holds for 3 cycles, but is not inductive" in result.message


def test_a_second_run_finds_the_outcome():
    prove(counter(2))
    result = prove(counter(2))
    assert result.cached
    assert result.verdict.status is Status.FAIL
    assert "has a counterexample" in result.message


def test_sources_that_cannot_be_read_are_a_clear_message(empty_cache: Path, tmp_path: Path):
    task = Task(files={"top.v": "modul top;"}, script="read_verilog top.v", mode=Mode.BMC, depth=1)
    with pytest.raises(UserError, match=r"sby failed: .*syntax error.*; the complete log is in .*\.log"):
        sby.run(task, tmp_path)
    [log] = (empty_cache / "logs").iterdir()
    assert "syntax error" in log.read_text()


def test_an_unknown_name_lists_the_subjects():
    with pytest.raises(
        UserError, match="no proof has 'nonsense' in its name; subjects are unit, coprocessor, decmac"
    ):
        choose("nonsense")
