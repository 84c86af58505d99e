// The XDecimate unit alone: sixteen instructions of M = 8 in a row, and no X on an output.
`timescale 1ns / 1ns
module tb;
  reg clk = 0, rst = 1;
  always #5 clk = ~clk;

  reg issue_valid = 0, mem_result_valid = 0;
  reg [7:0] mem_result_rdata = 0;
  reg [31:0] issue_rs3 = 0;
  wire mem_valid, result_valid;
  wire [31:0] mem_addr, result_data;
  wire [15:0] csr_rdata;

  xdecimate_unit unit (
      .clk(clk),
      .rst(rst),
      .issue_valid(issue_valid),
      .issue_operation(2'd1),
      .issue_rs1(32'h1000),
      .issue_rs2(32'h76543210),
      .issue_rs3(issue_rs3),
      .issue_forward(mem_result_valid),
      .mem_valid(mem_valid),
      .mem_addr(mem_addr),
      .commit_valid(issue_valid),
      .mem_result_valid(mem_result_valid),
      .mem_result_rdata(mem_result_rdata),
      .mem_result_err(1'b0),
      .result_valid(result_valid),
      .result_data(result_data),
      .csr_we(1'b0),
      .csr_wdata(16'd0),
      .csr_rdata(csr_rdata)
  );
  wire [81:0] outputs = {mem_valid, mem_addr, result_valid, result_data, csr_rdata};

  // Memory holds each address's own low byte.
  always @(posedge clk) begin
    mem_result_valid <= issue_valid;
    mem_result_rdata <= mem_addr[7:0];
  end

  integer count = 0, cycles = 0;
  initial begin
    repeat (2) @(posedge clk);
    #1 rst = 0;
    issue_valid = 1;
  end
  always @(negedge clk)
    if (!rst) begin
      cycles = cycles + 1;
      if (^outputs === 1'bx) begin
        $display("X in cycle %0d: %b", cycles, outputs);
        $finish;
      end
      if (result_valid) begin
        count = count + 1;
        if (count == 16) begin
          $display("ended with %h", result_data);
          $finish;
        end
      end
      if (cycles == 100) begin
        $display("did not end");
        $finish;
      end
    end
endmodule
