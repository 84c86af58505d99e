// The core under riscv-formal, as its guide to a new core wants it: free memories, interrupts and wait states.
//
// OBI is assumed of the memories and nothing else: a grant needs a request, a response a grant that was not yet
// answered, and comes a cycle later at the earliest. With RISCV_FORMAL_FAIRNESS (liveness) they answer at once,
// without errors, no interrupt comes, and no wfi.
module rvfi_wrapper (
    input clock,
    input reset,
    `RVFI_OUTPUTS
);
  (* keep *) wire instr_req, data_req, data_we;
  (* keep *) wire [31:0] instr_addr, data_addr, data_wdata;
  (* keep *) wire [3:0] data_be;
  (* keep *) `rvformal_rand_reg instr_gnt, instr_rvalid, instr_err;
  (* keep *) `rvformal_rand_reg [31:0] instr_rdata;
  (* keep *) `rvformal_rand_reg data_gnt, data_rvalid, data_err;
  (* keep *) `rvformal_rand_reg [31:0] data_rdata;
  (* keep *) `rvformal_rand_reg [2:0] irq;
  (* keep *) `rvformal_rand_const_reg [31:0] hart_id, boot_address;

  core uut (
      .clk(clock),
      .rst(reset),
      .hart_id(hart_id),
      .boot_address(boot_address),
      .irq_external(irq[2]),
      .irq_software(irq[1]),
      .irq_timer(irq[0]),
      .instr_req(instr_req),
      .instr_gnt(instr_gnt),
      .instr_addr(instr_addr),
      .instr_rvalid(instr_rvalid),
      .instr_rdata(instr_rdata),
      .instr_err(instr_err),
      .data_req(data_req),
      .data_gnt(data_gnt),
      .data_addr(data_addr),
      .data_we(data_we),
      .data_be(data_be),
      .data_wdata(data_wdata),
      .data_rvalid(data_rvalid),
      .data_rdata(data_rdata),
      .data_err(data_err),
      `RVFI_CONN
  );

  reg [1:0] instr_open = 0;
  reg [1:0] data_open = 0;
  always @(posedge clock) begin
    instr_open <= reset ? 0 : instr_open + instr_gnt - instr_rvalid;
    data_open  <= reset ? 0 : data_open + data_gnt - data_rvalid;
  end
  always @* begin
    assume (!instr_gnt || instr_req);
    assume (!data_gnt || data_req);
    assume (!instr_rvalid || instr_open != 0);
    assume (!data_rvalid || data_open != 0);
`ifdef RISCV_FORMAL_FAIRNESS
    assume (instr_gnt == instr_req);
    assume (data_gnt == data_req);
    assume (instr_rvalid == (instr_open != 0));
    assume (data_rvalid == (data_open != 0));
    assume (!instr_err && !data_err);
    assume (irq == 0);
    assume (!instr_rvalid || instr_rdata != 32'h10500073);  // wfi, which would wait endlessly
`endif
  end
endmodule
