"""What is left out of a cluster's area leaves its ports behind, and nothing else changes."""

from hw.config import ClusterConfig
from synth.cluster import emptied, memory_bits

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
