// Watches a core from inside while a program runs: its first exception, a trap handler that traps at its own first
// instruction, without end, and hardware loops whose body is shorter than the manual allows.
module watch #(
    parameter int unsigned SHORTEST_BODY  // bytes
) (
    input logic clk,
    input logic rst,
    input logic enable,
    input logic [70:0] trap,  // as hw.core.csr_file.Trap lies: valid, interrupt, cause, pc, value
    input logic [31:0] handler,  // where a trap goes
    input logic [191:0] loops,  // loop 0, then loop 1, each as hw.core.hwloop.LoopState lies: start, end, count
    input logic retire,
    input logic [31:0] pc,  // of the instruction that retires
    output logic trapped,
    output logic [4:0] trap_cause,
    output logic [31:0] trap_pc,
    output logic [31:0] trap_value,
    output logic caught,
    output logic [31:0] caught_at,
    output logic loop_short,
    output logic [31:0] loop_start,
    output logic [31:0] loop_end
);
  logic exception;
  assign exception = trap[0] && !trap[1];

  function automatic logic is_short(logic [95:0] loop);
    logic [31:0] length = loop[63:32] - loop[31:0];
    return loop[95:64] > 1 && length < SHORTEST_BODY && pc - loop[31:0] < length;
  endfunction

  logic [1:0] short;
  assign short = {is_short(loops[191:96]), is_short(loops[95:0])};

  always_ff @(posedge clk)
    if (rst) begin
      trapped <= 0;
      trap_cause <= 0;
      trap_pc <= 0;
      trap_value <= 0;
      caught <= 0;
      caught_at <= 0;
      loop_short <= 0;
      loop_start <= 0;
      loop_end <= 0;
    end else if (enable) begin
      if (exception && !trapped) begin
        trapped <= 1;
        trap_cause <= trap[6:2];
        trap_pc <= trap[38:7];
        trap_value <= trap[70:39];
      end
      if (exception && trap[38:7] == handler) begin
        caught <= 1;
        caught_at <= handler;
      end
      if (retire && short != 0 && !loop_short) begin
        loop_short <= 1;
        {loop_end, loop_start} <= short[0] ? loops[63:0] : loops[159:96];
      end
    end
endmodule
