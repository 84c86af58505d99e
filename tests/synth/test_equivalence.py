"""Proofs of mapped modules, and that they can fail."""

from pathlib import Path

import pytest

from hw.generate import unit_verilog
from hw.units.decimate.record import DECIMATE
from synth.canonical_modules import design
from synth.cells import embedded
from synth.equivalence import prove
from synth.mapping import Flow, map_designs

FLOW = Flow(embedded())
#: Two modules, one inside the other, with registers in both.
SMALL = """\
module inner (clk, a, b, y);
  input clk;
  input a;
  input b;
  output y;
  reg y;
  always @(posedge clk)
    y <= a & b;
endmodule

module outer (clk, a, b, c, y);
  input clk;
  input a;
  input b;
  input c;
  output y;
  wire w;
  reg held;
  always @(posedge clk)
    held <= w ^ c;
  assign y = held | w;
  inner inner (
    .clk(clk),
    .a(a),
    .b(b),
    .y(w)
  );
endmodule
"""


def test_modules_are_proven(empty_cache: Path):
    verdicts = prove(design(SMALL, "outer"), FLOW, 60)
    assert [(verdict.module, verdict.proven) for verdict in verdicts] == [("inner", True), ("outer", True)]


@pytest.mark.parametrize("name", ["inner", "outer"])
def test_a_wrong_gate_is_not_proven(empty_cache: Path, name: str):
    top = design(SMALL, "outer")
    map_designs([top], FLOW)
    for module in top.all():
        mapped = FLOW.mapped(module)
        assert mapped
        text = mapped.read_text()
        if module.name == name:
            wrong = {"\\AND2": "\\OR2", "\\XOR2": "\\XNOR2", "\\OR2": "\\AND2"}
            gate = next(gate for gate in wrong if f"cell {gate} " in text)
            mapped.write_text(text.replace(f"cell {gate} ", f"cell {wrong[gate]} "))
    verdicts = {verdict.module: verdict for verdict in prove(top, FLOW, 60)}
    assert not verdicts[name].proven
    assert "unproven" in verdicts[name].reason
    assert verdicts["outer" if name == "inner" else "inner"].proven


def test_the_unit_is_proven():
    (verdict,) = prove(design(unit_verilog(DECIMATE), "xdecimate_unit"), FLOW, 600)
    assert verdict.proven, verdict.reason
