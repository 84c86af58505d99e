// Block memory of words with two ports: one reads, the other reads or writes bytes. Data come in the next cycle.
module memory #(
    parameter WORDS = 1024,
    parameter CONTENT = ""  // file for $readmemh; empty: undefined
) (
    input wire clk,
    input wire a_req,
    input wire [$clog2(WORDS)-1:0] a_addr,
    output reg [31:0] a_rdata,
    input wire b_req,
    input wire [$clog2(WORDS)-1:0] b_addr,
    input wire b_we,
    input wire [3:0] b_be,
    input wire [31:0] b_wdata,
    output reg [31:0] b_rdata
);
  // A program that writes instructions and fetches them in the same cycle gets either: no logic for that.
  (* no_rw_check *) reg [31:0] words[0:WORDS-1];
  initial if (CONTENT != "") $readmemh(CONTENT, words);

  integer i;
  always @(posedge clk) if (a_req) a_rdata <= words[a_addr];
  always @(posedge clk)
    if (b_req) begin
      if (b_we) begin
        for (i = 0; i < 4; i = i + 1) if (b_be[i]) words[b_addr][8*i+:8] <= b_wdata[8*i+:8];
      end else b_rdata <= words[b_addr];
    end
endmodule
