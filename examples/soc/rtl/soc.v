// A small system: core, two memories, UART, and a device with interrupts.
//
// The addresses are those of the project's simulations, so that one program runs on all of them:
//   0x1000_0000  L1, stack and data of the program      L1_WORDS words
//   0x1A10_0000  device: interrupts at +0, +4 and +8, UART at +12
//   0x1C00_0000  L2, program, from 0x1C00_8080          L2_WORDS words
// An access anywhere else is answered with an error, which traps.
//
// Both buses are granted at once and answered in the next cycle: L2 has a port for each, and only the data bus
// reaches L1 and the devices. docs/integration.md states what the buses ask for.
// `xdecimate verilog core --name soc_core` generates the core, of any configuration.
module soc #(
    parameter L1_WORDS = 4096,
    parameter L2_WORDS = 16384,
    parameter CLOCKS_PER_BIT = 217,  // 115200 baud at 25 MHz
    parameter PROGRAM = "program.l2.hex"
) (
    input wire clk,
    input wire rst,
    output wire uart_tx,
    output wire sleep
);
  wire instr_req, data_req, data_we;
  wire [31:0] instr_addr, data_addr, data_wdata;
  wire [3:0] data_be;
  reg instr_rvalid, instr_err, data_rvalid, data_err;
  wire [31:0] instr_rdata;
  reg [31:0] data_rdata;
  wire [2:0] irq;

  // Ports that stay open are named too.
  // verilator lint_off PINCONNECTEMPTY
  soc_core core (
      .clk(clk),
      .rst(rst),
      .hart_id(32'd0),
      .boot_address(32'h1C008080),
      .irq_software(irq[0]),
      .irq_timer(irq[1]),
      .irq_external(irq[2]),
      .instr_req(instr_req),
      .instr_gnt(1'b1),
      .instr_addr(instr_addr),
      .instr_rvalid(instr_rvalid),
      .instr_rdata(instr_rdata),
      .instr_err(instr_err),
      .data_req(data_req),
      .data_gnt(1'b1),
      .data_addr(data_addr),
      .data_we(data_we),
      .data_be(data_be),
      .data_wdata(data_wdata),
      .data_rvalid(data_rvalid),
      .data_rdata(data_rdata),
      .data_err(data_err),
      .sleep(sleep),
      .retire(),
      .execute_pc(),
      .fetch_starved(),
      .operand_wait()
  );

  // Decoding: sizes are powers of two, and each memory begins at a multiple of its size.
  wire instr_in_l2 = instr_addr / (4 * L2_WORDS) == 32'h1C000000 / (4 * L2_WORDS);
  wire in_l1 = data_addr / (4 * L1_WORDS) == 32'h10000000 / (4 * L1_WORDS);
  wire in_l2 = data_addr / (4 * L2_WORDS) == 32'h1C000000 / (4 * L2_WORDS);
  wire in_devices = data_addr[31:4] == 28'h1A10000;
  wire [3:0] device = {3'b0, data_req && in_devices} << data_addr[3:2];

  wire [31:0] l1_rdata, l2_rdata;
  memory #(
      .WORDS(L1_WORDS)
  ) l1 (
      .clk(clk),
      .a_req(1'b0),
      .a_addr({$clog2(L1_WORDS) {1'b0}}),
      .a_rdata(),
      .b_req(data_req && in_l1),
      .b_addr(data_addr[2+:$clog2(L1_WORDS)]),
      .b_we(data_we),
      .b_be(data_be),
      .b_wdata(data_wdata),
      .b_rdata(l1_rdata)
  );
  memory #(
      .WORDS(L2_WORDS),
      .CONTENT(PROGRAM)
  ) l2 (
      .clk(clk),
      .a_req(instr_req),
      .a_addr(instr_addr[2+:$clog2(L2_WORDS)]),
      .a_rdata(instr_rdata),
      .b_req(data_req && in_l2),
      .b_addr(data_addr[2+:$clog2(L2_WORDS)]),
      .b_we(data_we),
      .b_be(data_be),
      .b_wdata(data_wdata),
      .b_rdata(l2_rdata)
  );

  genvar line;
  generate
    for (line = 0; line < 3; line = line + 1) begin : interrupts
      interrupt one (
          .clk(clk),
          .rst(rst),
          .we(device[line] && data_we),
          .wdata(data_wdata),
          .irq(irq[line])
      );
    end
  endgenerate

  wire uart_busy;
  uart_transmitter #(
      .CLOCKS_PER_BIT(CLOCKS_PER_BIT)
  ) uart (
      .clk(clk),
      .rst(rst),
      .we(device[3] && data_we),
      .wdata(data_wdata[7:0]),
      .busy(uart_busy),
      .tx(uart_tx)
  );

  // verilator lint_on PINCONNECTEMPTY

  // Responses, a cycle after the grant.
  reg from_l1, from_l2, device_bit;
  always @(posedge clk) begin
    instr_rvalid <= instr_req && !rst;
    instr_err <= !instr_in_l2;
    data_rvalid <= data_req && !rst;
    data_err <= !(in_l1 || in_l2 || in_devices);
    from_l1 <= in_l1;
    from_l2 <= in_l2;
    device_bit <= |(device & {uart_busy, irq});
  end
  always @* begin
    data_rdata = {31'b0, device_bit};
    if (from_l1) data_rdata = l1_rdata;
    if (from_l2) data_rdata = l2_rdata;
  end
endmodule
