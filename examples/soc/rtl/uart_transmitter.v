// UART, 8 data bits, no parity, 1 stop bit. Write a byte while `busy` is low; the next one may follow while it is sent.
module uart_transmitter #(
    parameter CLOCKS_PER_BIT = 217
) (
    input wire clk,
    input wire rst,
    input wire we,
    input wire [7:0] wdata,
    output wire busy,
    output wire tx
);
  reg waiting;
  reg [7:0] next;
  reg [9:0] frame;  // stop bit, data, start bit; the lowest is on the line
  reg [3:0] bits;  // left to send
  reg [15:0] clocks;  // left of this bit
  wire load = waiting && bits == 0;
  assign busy = waiting;
  assign tx   = frame[0];

  always @(posedge clk)
    if (rst) begin
      waiting <= 0;
      next <= 0;
      frame <= 10'h3FF;
      bits <= 0;
      clocks <= 0;
    end else begin
      if (we) begin
        waiting <= 1;
        next <= wdata;
      end else if (load) waiting <= 0;
      if (load) begin
        frame  <= {1'b1, next, 1'b0};
        bits   <= 10;
        clocks <= CLOCKS_PER_BIT - 1;
      end else if (clocks != 0) clocks <= clocks - 1;
      else if (bits != 0) begin
        frame  <= {1'b1, frame[9:1]};
        bits   <= bits - 1;
        clocks <= bits == 1 ? 0 : CLOCKS_PER_BIT - 1;
      end
    end
endmodule
