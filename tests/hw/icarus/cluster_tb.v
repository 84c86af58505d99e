// A cluster with its L1 banks, and L2 behind a bus of 8 bytes, in plain Verilog: runs a program on all cores and
// looks for X on every output. Whatever docs/integration.md does not ask of the bus is X.
`timescale 1ns / 1ns
module tb;
  parameter BANKS = 16, L1_WORDS = 0, L2_BASE = 0, L2_WORDS = 0, BOOT = 0, TOHOST = 0;
  parameter BANK_BITS = 11;

  reg clk = 0, rst = 1;
  always #5 clk = ~clk;

  wire [BANKS-1:0] bank_req, bank_we;
  wire [BANKS*BANK_BITS-1:0] bank_addr;
  wire [4*BANKS-1:0] bank_be;
  wire [32*BANKS-1:0] bank_wdata;
  reg [32*BANKS-1:0] bank_rdata;
  wire bus_req, bus_we;
  wire [31:0] bus_addr;
  wire [7:0] bus_be;
  wire [63:0] bus_wdata;
  reg bus_rvalid, bus_err;
  reg [63:0] bus_rdata;
  wire [1:0] retire, sleep;
  wire [63:0] execute_pc;
  wire dma_busy;

  cluster cluster (
      .clk(clk),
      .rst(rst),
      .first_hart(32'd0),
      .boot_address(BOOT),
      .irq_external(2'd0),
      .irq_software(2'd0),
      .irq_timer(2'd0),
      .bank_req(bank_req),
      .bank_we(bank_we),
      .bank_addr(bank_addr),
      .bank_be(bank_be),
      .bank_wdata(bank_wdata),
      .bank_rdata(bank_rdata),
      .bus_req(bus_req),
      .bus_gnt(bus_req),
      .bus_addr(bus_addr),
      .bus_we(bus_we),
      .bus_be(bus_be),
      .bus_wdata(bus_wdata),
      .bus_rvalid(bus_rvalid),
      .bus_rdata(bus_rdata),
      .bus_err(bus_err),
      .retire(retire),
      .sleep(sleep),
      .execute_pc(execute_pc),
      .dma_busy(dma_busy)
  );

  reg [31:0] l1[0:L1_WORDS-1];
  reg [31:0] l2[0:L2_WORDS-1];
  wire [31:0] index = (bus_addr - L2_BASE) >> 2;
  wire [31:0] row = TOHOST & ~7;
  integer i, j, place;

  // A request may be X only where what qualifies it is not there.
  reg unknown;
  always @* begin
    unknown = ^{bank_req, bus_req, retire, sleep, execute_pc, dma_busy} === 1'bx;
    if (bus_req && ^{bus_addr, bus_we, bus_be} === 1'bx) unknown = 1;
    for (j = 0; j < BANKS; j = j + 1)
      if (bank_req[j] && ^{bank_addr[BANK_BITS*j+:BANK_BITS], bank_we[j], bank_be[4*j+:4]} === 1'bx) unknown = 1;
  end

  always @(posedge clk) begin
    bus_rvalid <= bus_req & ~rst;
    bus_err <= bus_req ? 1'b0 : 1'bx;
    bus_rdata <= bus_req && !bus_we ? {l2[index+1], l2[index]} : 64'bx;
    for (i = 0; i < 8; i = i + 1)
      if (bus_req && bus_we && bus_be[i]) begin
        if (i < 4) l2[index][8*i+:8] = bus_wdata[8*i+:8];
        else l2[index+1][8*(i-4)+:8] = bus_wdata[8*i+:8];
      end
    for (i = 0; i < BANKS; i = i + 1)
      if (bank_req[i]) begin
        place = bank_addr[BANK_BITS*i+:BANK_BITS] * BANKS + i;
        bank_rdata[32*i+:32] <= l1[place];
        for (j = 0; j < 4; j = j + 1)
          if (bank_we[i] && bank_be[4*i+j]) l1[place][8*j+:8] = bank_wdata[32*i+8*j+:8];
      end
  end

  integer cycles, k;
  initial begin
    for (k = 0; k < L1_WORDS; k = k + 1) l1[k] = 0;
    for (k = 0; k < L2_WORDS; k = k + 1) l2[k] = 0;
    $readmemh("program.l1.hex", l1);
    $readmemh("program.l2.hex", l2);
    cycles = 0;
    repeat (2) @(posedge clk);
    #1 rst = 0;
  end
  always @(negedge clk)
    if (!rst) begin
      cycles = cycles + 1;
      if (unknown) begin
        $display("X in cycle %0d", cycles);
        $finish;
      end
      if (bus_req && bus_we && bus_addr == row && bus_be[TOHOST%8]) begin
        $display("ended with %0d", TOHOST % 8 ? bus_wdata[63:32] : bus_wdata[31:0]);
        $finish;
      end
      if (cycles == 100000) begin
        $display("did not end");
        $finish;
      end
    end
endmodule
