"""Memories that a cluster's area leaves out keep their ports, and nothing else changes."""

from pathlib import Path

import pytest

import synth.cluster
from common.errors import UserError
from hw.cluster.cluster import ELEMENT
from hw.cluster.config import ClusterConfig
from hw.config import BASELINE, XDECIMATE
from synth.cells import AREAS, embedded
from synth.cluster import compare_clusters, emptied, memory_bits
from synth.mapping import Flow

VERILOG = """\
module top(clk, a, y);
  input clk;
  input a;
  output y;
  some_store held (
    .clk(clk),
    .y(y)
  );
endmodule
module some_store(clk, y);
  input clk;
  output [3:0] y;
  reg [3:0] memory [7:0];
  assign y = memory[0];
endmodule
"""


def test_modules_that_are_left_out_have_ports_and_nothing_else():
    text = emptied(VERILOG, lambda name: name.endswith("_store"))
    kept, _, store = text.partition("module some_store")
    assert kept == VERILOG.partition("module some_store")[0]
    assert "memory" not in store
    assert "  (* keep *)\n  input clk;\n" in store
    assert "output [3:0] y;\n  assign y = 0;\nendmodule" in store


def test_bits_of_memories():
    bits = memory_bits(ClusterConfig(cores=2))
    assert bits == {"L1": 1 << 20, "instruction cache": 1 << 16, "fetch buffers": 2 * 32 * 128}


def _cluster(config: ClusterConfig) -> str:
    """An inverter, and an element that has a NAND, or an AND where the core has XDecimate."""
    gate = "a & b" if config.core is XDECIMATE else "~(a & b)"
    return f"""\
module core(a, b, y);
  input a;
  input b;
  output y;
  assign y = {gate};
endmodule
module {ELEMENT}(a, b, y);
  input a;
  input b;
  output y;
  core core (
    .a(a),
    .b(b),
    .y(y)
  );
endmodule
module cluster(a, b, y);
  input a;
  input b;
  output y;
  wire w;
  {ELEMENT} element (
    .a(a),
    .b(b),
    .y(w)
  );
  assign y = ~w;
endmodule
"""


def test_hand_counted(monkeypatch: pytest.MonkeyPatch, empty_cache: Path):
    monkeypatch.setattr(synth.cluster, "cluster_verilog", _cluster)
    config, flow = ClusterConfig(cores=4), Flow(embedded())
    first, second = (compare_clusters(config, BASELINE, XDECIMATE, flow) for _ in range(2))
    assert (first.cached, second.cached) == (False, True)
    assert first.figures == second.figures
    figures = first.figures
    before, after = AREAS["INV"] + 4 * AREAS["NAND2"], AREAS["INV"] + 4 * AREAS["AND2"]
    assert figures["baseline_ge"] == round(before, 1)
    assert figures["extended_ge"] == round(after, 1)
    assert figures["overhead_ge"] == round(after - before, 1)
    assert figures["overhead_percent"] == round(100 * (after - before) / before, 2)
    for side in ("baseline_ge", "extended_ge"):
        assert figures[side] == pytest.approx(
            sum(row["count"] * row[side] for row in figures["blocks"]), abs=0.2
        )


def test_flattened_it_would_lose_gates():
    with pytest.raises(UserError, match="leave out flat"):
        compare_clusters(ClusterConfig(), BASELINE, XDECIMATE, Flow(embedded(), flat=True))
