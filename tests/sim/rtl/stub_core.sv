// Stands in for the core to try out the tile: streams reads through both ports, writes, and reports to tohost.
//
// Word i of L1 must hold i. Hart 0: reads 64 words on both ports as fast as they are granted, counts what came in
// order, and reports 1000 + wrong answers, or 1 for none. Hart 1: reads an address outside memory and a device
// address on both ports and reports 1 if the data port faulted on the first and the instruction port on both.
module core (
    input logic clk,
    input logic rst,
    input logic [31:0] hart_id,
    input logic [31:0] boot_address,
    input logic irq_software,
    input logic irq_timer,
    input logic irq_external,
    output logic instr_req,
    input logic instr_gnt,
    output logic [31:0] instr_addr,
    input logic instr_rvalid,
    input logic [31:0] instr_rdata,
    input logic instr_err,
    output logic data_req,
    input logic data_gnt,
    output logic [31:0] data_addr,
    output logic data_we,
    output logic [3:0] data_be,
    output logic [31:0] data_wdata,
    input logic data_rvalid,
    input logic [31:0] data_rdata,
    input logic data_err,
    output logic retire,
    output logic sleep
);
  localparam int unsigned Words = 64;
  localparam logic [31:0] L1 = 32'h1000_0000;
  localparam logic [31:0] ToHost = 32'h1c00_0000;
  localparam logic [31:0] Outside = 32'h0000_0100;
  localparam logic [31:0] Device = 32'h1a10_0000;

  logic [31:0] instr_asked, instr_got, data_asked, data_got, wrong, stray;
  wire [31:0] total = hart_id == 0 ? Words : 2;
  wire reading = data_asked < total;
  wire finished = instr_got == total && data_got == total;

  function automatic logic [31:0] address(logic [31:0] number);
    if (hart_id == 0) return L1 + 4 * number;
    return number == 0 ? Outside : Device;
  endfunction

  assign instr_req = !rst && instr_asked < total;
  assign instr_addr = address(instr_asked);
  assign data_req = !rst && (reading || finished);
  assign data_addr = reading ? address(data_asked) : ToHost;
  assign data_we = !reading;
  assign data_be = 4'hf;
  assign data_wdata = wrong + stray == 0 ? 1 : (1000 + wrong + stray) << 1 | 1;
  assign retire = data_rvalid;
  assign sleep = 0;

  always_ff @(posedge clk)
    if (rst) begin
      {instr_asked, instr_got, data_asked, data_got, wrong, stray} <= 0;
    end else begin
      instr_asked <= instr_asked + 32'(instr_gnt && instr_req);
      data_asked <= data_asked + 32'(data_gnt && reading);
      instr_got <= instr_got + 32'(instr_rvalid);
      data_got <= data_got + 32'(data_rvalid && data_got < total);
      // An answer without a question, or in the cycle of its question.
      stray <= stray + 32'(instr_rvalid && instr_got >= instr_asked) + 32'(data_rvalid && data_got >= data_asked && data_got < total);
      if (hart_id == 0)
        wrong <= wrong + 32'(instr_rvalid && (instr_err || instr_rdata != instr_got))
                       + 32'(data_rvalid && data_got < total && (data_err || data_rdata != data_got));
      else
        wrong <= wrong + 32'(instr_rvalid && !instr_err) + 32'(data_rvalid && data_got < 2 && data_err != (data_got == 0));
    end
endmodule
