// The system with a terminal at its UART. The simulation ends when the program stores to the address +tohost=.
`timescale 1ns / 1ns
module soc_tb;
  parameter CLOCKS_PER_BIT = 2;
  parameter MAX_CYCLES = 1000000;

  reg clk = 0, rst = 1;
  always #20 clk = !clk;

  wire uart_tx, sleep;
  soc #(
      .CLOCKS_PER_BIT(CLOCKS_PER_BIT)
  ) soc (
      .clk(clk),
      .rst(rst),
      .uart_tx(uart_tx),
      .sleep(sleep)
  );

  // The terminal samples each bit in its middle.
  integer place = 0, clocks = 0;
  reg [7:0] character;
  always @(posedge clk)
    if (place == 0) begin
      if (!rst && !uart_tx) begin
        place  <= 1;
        clocks <= CLOCKS_PER_BIT + CLOCKS_PER_BIT / 2 - 2;
      end
    end else if (clocks != 0) clocks <= clocks - 1;
    else if (place == 9) begin
      $write("%c", character);
      place <= 0;
    end else begin
      character <= {uart_tx, character[7:1]};
      place <= place + 1;
      clocks <= CLOCKS_PER_BIT - 1;
    end

  integer cycles = 0;
  reg ended = 0;
  reg [31:0] code, tohost;
  initial begin
    if (!$value$plusargs("tohost=%h", tohost)) tohost = 0;
    repeat (2) @(posedge clk);
    #1 rst = 0;
  end
  always @(posedge clk) begin
    if (!rst) cycles <= cycles + 1;
    if (!rst && soc.data_req && soc.data_we && soc.data_addr == tohost && !ended) begin
      ended <= 1;
      code  <= soc.data_wdata;
    end
    if (ended && place == 0 && !soc.uart.busy && soc.uart.bits == 0) begin
      $display("soc: %0s after %0d cycles", code == 1 ? "passed" : "failed", cycles);
      $finish;
    end
    if (cycles == MAX_CYCLES) begin
      $display("soc: did not end after %0d cycles", cycles);
      $finish;
    end
  end
endmodule
