// The core with L1 and L2 in plain Verilog, no wait states: runs a program and looks for X on every output.
// Whatever docs/integration.md does not ask of the memories is X.
`timescale 1ns / 1ns
module tb;
  parameter L1_BASE = 0, L1_WORDS = 0, L2_BASE = 0, L2_WORDS = 0, BOOT = 0, TOHOST = 0;

  reg clk = 0, rst = 1;
  always #5 clk = ~clk;

  wire instr_req, data_req, data_we, retire, sleep, fetch_starved, operand_wait;
  wire [31:0] instr_addr, data_addr, data_wdata, execute_pc;
  wire [3:0] data_be;
  reg instr_rvalid, instr_err, data_rvalid, data_err;
  reg [31:0] instr_rdata, data_rdata;

  core core (
      .clk(clk),
      .rst(rst),
      .hart_id(32'd0),
      .boot_address(BOOT),
      .irq_external(1'b0),
      .irq_software(1'b0),
      .irq_timer(1'b0),
      .instr_req(instr_req),
      .instr_gnt(instr_req),
      .instr_addr(instr_addr),
      .instr_rvalid(instr_rvalid),
      .instr_rdata(instr_rdata),
      .instr_err(instr_err),
      .data_req(data_req),
      .data_gnt(data_req),
      .data_addr(data_addr),
      .data_we(data_we),
      .data_be(data_be),
      .data_wdata(data_wdata),
      .data_rvalid(data_rvalid),
      .data_rdata(data_rdata),
      .data_err(data_err),
      .retire(retire),
      .sleep(sleep),
      .execute_pc(execute_pc),
      .fetch_starved(fetch_starved),
      .operand_wait(operand_wait)
  );
  wire [138:0] outputs = {
    instr_req, instr_addr, data_req, data_addr, data_we, data_be, data_wdata,
    retire, sleep, execute_pc, fetch_starved, operand_wait
  };

  reg [31:0] l1[0:L1_WORDS-1];
  reg [31:0] l2[0:L2_WORDS-1];
  wire in_l1 = data_addr - L1_BASE < 4 * L1_WORDS;
  wire in_l2 = data_addr - L2_BASE < 4 * L2_WORDS;
  wire code = instr_addr - L2_BASE < 4 * L2_WORDS;
  wire [31:0] l1_index = (data_addr - L1_BASE) >> 2;
  wire [31:0] l2_index = (data_addr - L2_BASE) >> 2;
  wire [31:0] mask = {{8{data_be[3]}}, {8{data_be[2]}}, {8{data_be[1]}}, {8{data_be[0]}}};

  integer i;
  always @(posedge clk) begin
    instr_rvalid <= instr_req & ~rst;
    instr_err <= instr_req ? !code : 1'bx;
    instr_rdata <= instr_req && code ? l2[(instr_addr - L2_BASE) >> 2] : 32'bx;
    data_rvalid <= data_req & ~rst;
    data_err <= data_req ? !in_l1 && !in_l2 : 1'bx;
    data_rdata <= 32'bx;
    for (i = 0; i < 4; i = i + 1)
      if (data_req && !data_we && data_be[i] && (in_l1 || in_l2))
        data_rdata[8*i+:8] <= in_l1 ? l1[l1_index][8*i+:8] : l2[l2_index][8*i+:8];
    if (data_req && data_we && in_l1) l1[l1_index] <= (l1[l1_index] & ~mask) | (data_wdata & mask);
    if (data_req && data_we && in_l2) l2[l2_index] <= (l2[l2_index] & ~mask) | (data_wdata & mask);
  end

  integer cycles, word;
  initial begin
    for (word = 0; word < L1_WORDS; word = word + 1) l1[word] = 0;
    for (word = 0; word < L2_WORDS; word = word + 1) l2[word] = 0;
    $readmemh("program.l2.hex", l2);
    cycles = 0;
    repeat (2) @(posedge clk);
    #1 rst = 0;
    #1 $display("first fetch %h", instr_addr);
  end
  always @(negedge clk)
    if (!rst) begin
      cycles = cycles + 1;
      if (^outputs === 1'bx) begin
        $display("X in cycle %0d: %b", cycles, outputs);
        $finish;
      end
      if (data_req && data_we && data_addr == TOHOST) begin
        $display("ended with %0d", data_wdata);
        $finish;
      end
      if (cycles == 100000) begin
        $display("did not end");
        $finish;
      end
    end
endmodule
