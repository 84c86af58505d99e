// An interrupt line: a write of n lowers it, and raises it n cycles later if n is not 0. It stays until the next write.
module interrupt (
    input wire clk,
    input wire rst,
    input wire we,
    input wire [31:0] wdata,
    output reg irq
);
  reg [31:0] left;
  always @(posedge clk)
    if (rst) begin
      irq  <= 0;
      left <= 0;
    end else if (we) begin
      irq  <= wdata == 1;
      left <= wdata == 0 ? 0 : wdata - 1;
    end else if (left != 0) begin
      irq  <= left == 1;
      left <= left - 1;
    end
endmodule
