// Test bench of the core: memories, interrupt device, end of program, counters.
//
// All inputs are set from Python or C++ while rst is high. Files lie in the directory of plusarg +directory=:
// `load` reads <file>.l1.hex and <file>.l2.hex ($readmemh, word addresses from the start of the memory) and sends
// the program's characters to <file>.out; `dump` writes <file>.dump.hex. Both act at a rising clock edge.
module tile #(
    parameter int unsigned L1_BASE,
    parameter int unsigned L1_BYTES,  // capacity
    parameter int unsigned L2_BASE,
    parameter int unsigned L2_BYTES,
    parameter int unsigned DEVICE_BASE,
    parameter int unsigned SHORTEST_BODY  // bytes of a hardware loop
) (
    input logic clk /*verilator public_flat_rw*/,
    input logic rst /*verilator public_flat_rw*/,

    input logic load /*verilator public_flat_rw*/,
    input logic dump /*verilator public_flat_rw*/,
    input logic [31:0] file /*verilator public_flat_rw*/,
    input logic [1:0] dump_level /*verilator public_flat_rw*/,  // 1, 2: L1, L2
    input logic [31:0] dump_first /*verilator public_flat_rw*/,  // words from the start of the memory
    input logic [31:0] dump_last /*verilator public_flat_rw*/,

    input logic [31:0] l1_bytes /*verilator public_flat_rw*/,  // how much of L1 the program sees
    input logic [31:0] boot_address /*verilator public_flat_rw*/,
    input logic [31:0] hart_id /*verilator public_flat_rw*/,
    input logic [31:0] tohost /*verilator public_flat_rw*/,
    input logic [63:0] max_cycles /*verilator public_flat_rw*/,
`ifdef MUTANTS
    input logic [15:0] mutant /*verilator public_flat_rw*/,  // which of the core's faults is there, 0 for none
`endif
    input logic [31:0] seed /*verilator public_flat_rw*/,
    input logic [7:0] instr_grant_stall /*verilator public_flat_rw*/,
    input logic [7:0] instr_response_stall /*verilator public_flat_rw*/,
    input logic [7:0] data_grant_stall /*verilator public_flat_rw*/,
    input logic [7:0] data_response_stall /*verilator public_flat_rw*/,
    input logic [15:0] interrupt_rate /*verilator public_flat_rw*/,  // a pin goes up at random, in 65536ths

    output logic done /*verilator public_flat_rw*/,  // exit_word is not zero (and traced), time is over, or caught
    output logic [31:0] exit_word /*verilator public_flat_rw*/,  // what was stored to tohost
    output logic [63:0] cycles /*verilator public_flat_rw*/,  // from the release of reset to the end
    output logic [63:0] instructions /*verilator public_flat_rw*/,
    output logic [31:0] last_fetch /*verilator public_flat_rw*/,
    output logic sleep /*verilator public_flat_rw*/,

    // What watch.sv saw.
    output logic trapped /*verilator public_flat_rw*/,
    output logic [4:0] trap_cause /*verilator public_flat_rw*/,
    output logic [31:0] trap_pc /*verilator public_flat_rw*/,
    output logic [31:0] trap_value /*verilator public_flat_rw*/,
    output logic caught /*verilator public_flat_rw*/,
    output logic [31:0] caught_at /*verilator public_flat_rw*/,
    output logic loop_short /*verilator public_flat_rw*/,
    output logic [31:0] loop_start /*verilator public_flat_rw*/,
    output logic [31:0] loop_end /*verilator public_flat_rw*/
);
  localparam int unsigned L1Words = L1_BYTES / 4;
  localparam int unsigned L2Words = L2_BYTES / 4;
  localparam int unsigned CharacterOutput = DEVICE_BASE + 12;
  localparam int unsigned DeviceBytes = 16;

  // The reset of all below. An input in combinational logic would cost speed: it is evaluated at both clock edges.
  logic reset = 1;
  always_ff @(posedge clk) reset <= rst;

  logic [31:0] l1[L1Words];
  logic [31:0] l2[L2Words];

  logic irq_software, irq_timer, irq_external, retire;
  logic instr_req, instr_gnt, instr_rvalid, instr_err;
  logic [31:0] instr_addr, instr_rdata;
  logic data_req, data_gnt, data_we, data_rvalid, data_err;
  logic [3:0] data_be;
  logic [31:0] data_addr, data_wdata, data_rdata;

`ifdef RVFI
  logic rvfi_valid, rvfi_trap, rvfi_intr;
  logic [63:0] rvfi_order;
  logic [31:0] rvfi_pc_rdata, rvfi_pc_wdata, rvfi_insn, rvfi_irq;
  logic [4:0] rvfi_rs1_addr, rvfi_rs2_addr, rvfi_rs3_addr, rvfi_rd_addr, rvfi_rd2_addr;
  logic [31:0] rvfi_rs1_rdata, rvfi_rs2_rdata, rvfi_rs3_rdata, rvfi_rd_wdata, rvfi_rd2_wdata;
  logic [31:0] rvfi_mem_addr, rvfi_mem_rdata, rvfi_mem_wdata;
  logic [3:0] rvfi_mem_rmask, rvfi_mem_wmask;
  logic [31:0] rvfi_csr_mip_rdata, rvfi_csr_mstatus_rdata;
  logic [31:0] rvfi_csr_mepc_rdata, rvfi_csr_mcause_rdata, rvfi_csr_mtval_rdata;
`endif

  core core (
      .hart_id(hart),
      .boot_address(boot),
`ifdef RVFI
      .rvfi_valid,
      .rvfi_order,
      .rvfi_insn,
      .rvfi_trap,
      .rvfi_intr,
      .rvfi_pc_rdata,
      .rvfi_pc_wdata,
      .rvfi_rs1_addr,
      .rvfi_rs2_addr,
      .rvfi_rs3_addr,
      .rvfi_rd_addr,
      .rvfi_rd2_addr,
      .rvfi_rs1_rdata,
      .rvfi_rs2_rdata,
      .rvfi_rs3_rdata,
      .rvfi_rd_wdata,
      .rvfi_rd2_wdata,
      .rvfi_mem_addr,
      .rvfi_mem_rmask,
      .rvfi_mem_wmask,
      .rvfi_mem_rdata,
      .rvfi_mem_wdata,
      .rvfi_irq,
      .rvfi_csr_mip_rdata,
      .rvfi_csr_mstatus_rdata,
      .rvfi_csr_mepc_rdata,
      .rvfi_csr_mcause_rdata,
      .rvfi_csr_mtval_rdata,
`endif
`ifdef MUTANTS
      .mutant(fault),
`endif
      .clk,
      .rst(reset),
      .irq_software,
      .irq_timer,
      .irq_external,
      .retire,
      .sleep,
      .instr_req,
      .instr_gnt,
      .instr_addr,
      .instr_rvalid,
      .instr_rdata,
      .instr_err,
      .data_req,
      .data_gnt,
      .data_addr,
      .data_we,
      .data_be,
      .data_wdata,
      .data_rvalid,
      .data_rdata,
      .data_err
  );

  logic [70:0] trap;
  logic [31:0] handler, pc;
  logic [191:0] loops;
  watched watched (.*);
  watch #(
      .SHORTEST_BODY(SHORTEST_BODY)
  ) watch (
      .rst(reset),
      .enable(!ended),
      .*
  );

  // What the inputs ask for, held while the core runs: an input in combinational logic would cost half the speed.
  logic [31:0] l1_size, boot, hart, end_address;
  logic [63:0] last_cycle;
  logic [7:0] instr_grant_rate, instr_response_rate, data_grant_rate, data_response_rate;
  logic [15:0] surprise_rate;
`ifdef MUTANTS
  logic [15:0] fault;
`endif
  always_ff @(posedge clk)
    if (rst) begin
      l1_size <= l1_bytes;
      boot <= boot_address;
      hart <= hart_id;
      end_address <= tohost;
      last_cycle <= max_cycles;
      instr_grant_rate <= instr_grant_stall;
      instr_response_rate <= instr_response_stall;
      data_grant_rate <= data_grant_stall;
      data_response_rate <= data_response_stall;
      surprise_rate <= interrupt_rate;
`ifdef MUTANTS
      fault <= mutant;
`endif
    end

  // Lookup: combinational, used when the request is granted.
  typedef enum logic [1:0] {
    NOWHERE,
    L1,
    L2,
    DEVICE
  } place_e;

  function automatic place_e place(logic [31:0] address);
    if (address - L1_BASE < l1_size) return L1;
    if (address - L2_BASE < L2_BYTES) return L2;
    if (address - DEVICE_BASE < DeviceBytes) return DEVICE;
    return NOWHERE;
  endfunction

  function automatic logic [31:0] l1_index(logic [31:0] address);
    return (address - L1_BASE) >> 2;
  endfunction

  function automatic logic [31:0] l2_index(logic [31:0] address);
    return (address - L2_BASE) >> 2;
  endfunction

  place_e instr_place, data_place;
  logic [31:0] instr_found, data_found, data_mask, instr_noise, data_noise;
  assign instr_place = place(instr_addr);
  assign data_place = place(data_addr);
  assign data_mask = {{8{data_be[3]}}, {8{data_be[2]}}, {8{data_be[1]}}, {8{data_be[0]}}};

  always_comb begin
    case (instr_place)
      L1: instr_found = l1[l1_index(instr_addr)];
      L2: instr_found = l2[l2_index(instr_addr)];
      default: instr_found = instr_noise;
    endcase
    case (data_place)
      L1: data_found = l1[l1_index(data_addr)];
      L2: data_found = l2[l2_index(data_addr)];
      DEVICE: data_found = {31'd0, raised[data_addr[3:2]]};
      default: data_found = data_noise;
    endcase
    // What was not asked for is noise.
    data_found = data_we ? data_noise : (data_found & data_mask) | (data_noise & ~data_mask);
  end

  memory_port instr_port (
      .rst(reset),
      .seed(seed),
      .grant_stall(instr_grant_rate),
      .response_stall(instr_response_rate),
      .req(instr_req),
      .request(69'(instr_addr)),
      .gnt(instr_gnt),
      .rvalid(instr_rvalid),
      .rdata(instr_rdata),
      .err(instr_err),
      .noise(instr_noise),
      .found_data(instr_found),
      .found_err(instr_place == NOWHERE || instr_place == DEVICE),
      .*
  );
  memory_port data_port (
      .rst(reset),
      .seed(~seed),
      .grant_stall(data_grant_rate),
      .response_stall(data_response_rate),
      .req(data_req),
      .request({data_we, data_be, data_addr, data_wdata}),
      .gnt(data_gnt),
      .rvalid(data_rvalid),
      .rdata(data_rdata),
      .err(data_err),
      .noise(data_noise),
      .found_data(data_found),
      .found_err(data_place == NOWHERE),
      .*
  );

  logic store;
  logic [31:0] store_word;
  assign store = data_gnt && data_we && !ended;
  assign store_word = data_wdata & data_mask;

  // Memories and their files. A store is seen from the next cycle on; load and dump act while the core is in reset.
  string directory;
  integer characters = 0;
  initial if (!$value$plusargs("directory=%s", directory)) directory = ".";

  always_ff @(posedge clk) begin
    if (store && data_place == L1)
      l1[l1_index(data_addr)] <= (l1[l1_index(data_addr)] & ~data_mask) | store_word;
    if (store && data_place == L2)
      l2[l2_index(data_addr)] <= (l2[l2_index(data_addr)] & ~data_mask) | store_word;
    if (store && data_addr == CharacterOutput) $fwrite(characters, "%c", data_wdata[7:0]);
    if (load) begin
      for (int unsigned i = 0; i < l1_bytes / 4; i++) l1[i] = 0;
      for (int unsigned i = 0; i < L2Words; i++) l2[i] = 0;
      $readmemh($sformatf("%s/%0d.l1.hex", directory, file), l1);
      $readmemh($sformatf("%s/%0d.l2.hex", directory, file), l2);
      if (characters != 0) $fclose(characters);
      characters = $fopen($sformatf("%s/%0d.out", directory, file), "w");
    end
    if (dump && dump_level == 2)
      $writememh($sformatf("%s/%0d.dump.hex", directory, file), l2, dump_first, dump_last);
    if (dump && dump_level == 1)
      $writememh($sformatf("%s/%0d.dump.hex", directory, file), l1, dump_first, dump_last);
    if (done && characters != 0) $fflush(characters);
  end

  // Interrupts: three counters, each with a pin. With a rate, pins also go up and down by themselves.
  logic [31:0] delay[3];
  logic [3:0] raised;
  assign {irq_external, irq_timer, irq_software} = raised[2:0];
  assign raised[3] = 0;

  logic [1:0] struck;
  logic strikes, calms;
  assign struck = data_noise[31:30];
  assign strikes = instr_noise[31:16] < surprise_rate;
  assign calms = surprise_rate != 0 && data_noise[29:24] == 0;

  for (genvar i = 0; i < 3; i++) begin : interrupt
    always_ff @(posedge clk)
      if (reset) begin
        delay[i]  <= 0;
        raised[i] <= 0;
      end else if (store && data_addr == DEVICE_BASE + 4 * i) begin
        delay[i]  <= data_wdata;
        raised[i] <= data_wdata == 1;
      end else if (delay[i] > 1) begin
        delay[i]  <= delay[i] - 1;
        raised[i] <= delay[i] == 2;
      end else if (struck == i && (strikes || calms)) raised[i] <= strikes;
  end

  // The end, and the counters, which stop there.
  logic ended;
  assign ended = exit_word != 0 || cycles == last_cycle || caught;

`ifdef RVFI
  // A traced run is over when the store that ends it has retired; a core with a fault may never report it.
  logic traced;
  logic [11:0] patience;
  always_ff @(posedge clk)
    if (reset) patience <= 0;
    else if (exit_word != 0 && !(&patience)) patience <= patience + 1;
  always_ff @(posedge clk)
    if (reset) traced <= 0;
    else if (rvfi_valid && rvfi_mem_wmask != 0 && rvfi_mem_addr == end_address && exit_word != 0) traced <= 1;
  assign done = exit_word != 0 ? traced || &patience : ended;
  retirement retirement (
      .rst(reset),
      .enable(!done),
      .flush (done),
      .cycle (cycles[31:0]),
      .*
  );
`else
  assign done = ended;
`endif

  always_ff @(posedge clk)
    if (reset) begin
      exit_word <= 0;
      cycles <= 0;
      instructions <= 0;
      last_fetch <= boot_address;
    end else if (!ended) begin
      if (store && data_addr == end_address) exit_word <= store_word;
      cycles <= cycles + 1;
      instructions <= instructions + 64'(retire);
      if (instr_gnt) last_fetch <= instr_addr;
    end
endmodule
