// The system on a ULX3S board with an LFE5U-25F: 25 MHz, serial port of the USB bridge, an LED that is lit in wfi.
module ulx3s (
    input wire clk_25mhz,
    output wire ftdi_rxd,
    output wire [7:0] led
);
  // Registers are 0 after configuration: reset lasts for the first 15 cycles.
  reg [3:0] started;
  initial started = 0;
  wire rst = started != 4'hF;
  always @(posedge clk_25mhz) if (rst) started <= started + 1;

  wire sleep;
  assign led = {7'b0, sleep};
  soc soc (
      .clk(clk_25mhz),
      .rst(rst),
      .uart_tx(ftdi_rxd),
      .sleep(sleep)
  );
endmodule
