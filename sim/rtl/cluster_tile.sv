// Test bench of the cluster: memories, text output, end of program, checks.
//
// As tile.sv: all inputs are set while rst is high, files lie in the directory of +directory=, `load` reads
// <file>.l1.hex, .l2.hex and .l3.hex, `dump` writes <file>.dump.hex. A program that stores an address and then a number
// of bytes to the two words at `keep` appends what lies there in L2 or L3 to <file>.trace, in no time.
module cluster_tile #(
    parameter int unsigned CORES,
    parameter int unsigned BANKS,
    parameter int unsigned WIDTH,  // bytes of the bus
    parameter int unsigned L1_BYTES,
    parameter int unsigned L2_BASE,
    parameter int unsigned L2_BYTES,
    parameter int unsigned L3_BASE,
    parameter int unsigned L3_BYTES,
    parameter int unsigned CHARACTER_OUTPUT,
    parameter int unsigned SHORTEST_BODY  // bytes of a hardware loop
) (
    input logic clk /*verilator public_flat_rw*/,
    input logic rst /*verilator public_flat_rw*/,

    input logic load /*verilator public_flat_rw*/,
    input logic dump /*verilator public_flat_rw*/,
    input logic [31:0] file /*verilator public_flat_rw*/,
    input logic [1:0] dump_level /*verilator public_flat_rw*/,  // 1, 2, 3: L1, L2, L3
    input logic [31:0] dump_first /*verilator public_flat_rw*/,  // words from the start of the memory
    input logic [31:0] dump_last /*verilator public_flat_rw*/,

    input logic [31:0] boot_address /*verilator public_flat_rw*/,
    input logic [31:0] tohost /*verilator public_flat_rw*/,
    input logic [31:0] keep /*verilator public_flat_rw*/,  // in L2, a multiple of 8; 0: no such words
    input logic [63:0] max_cycles /*verilator public_flat_rw*/,
    input logic [31:0] l2_latency /*verilator public_flat_rw*/,
    input logic [31:0] l3_latency /*verilator public_flat_rw*/,
    input logic [31:0] l3_interval /*verilator public_flat_rw*/,
    input logic [31:0] max_sleep /*verilator public_flat_rw*/,  // of a core, in one go
    input logic [31:0] stacks /*verilator public_flat_rw*/,  // start of core 0's stack
    input logic [31:0] stack_bytes /*verilator public_flat_rw*/,  // of each core; 0: no check

    output logic done /*verilator public_flat_rw*/,  // exit_word is not zero, time is over, or a check fired
    output logic [31:0] exit_word /*verilator public_flat_rw*/,  // what was stored to tohost
    output logic [63:0] cycles /*verilator public_flat_rw*/,  // from the release of reset to the end
    output logic [63:0] instructions /*verilator public_flat_rw*/,  // of all cores
    output logic [32*CORES-1:0] last_fetch /*verilator public_flat_rw*/,  // each core's instruction in EX
    output logic [CORES-1:0] sleep /*verilator public_flat_rw*/,
    output logic [CORES-1:0] overslept /*verilator public_flat_rw*/,  // slept max_sleep cycles
    output logic [CORES-1:0] overflowed /*verilator public_flat_rw*/,  // sp left the core's own stack

    // What watch.sv saw of each core.
    output logic [CORES-1:0] trapped /*verilator public_flat_rw*/,
    output logic [5*CORES-1:0] trap_cause /*verilator public_flat_rw*/,
    output logic [32*CORES-1:0] trap_pc /*verilator public_flat_rw*/,
    output logic [32*CORES-1:0] trap_value /*verilator public_flat_rw*/,
    output logic [CORES-1:0] caught /*verilator public_flat_rw*/,
    output logic [32*CORES-1:0] caught_at /*verilator public_flat_rw*/,
    output logic [CORES-1:0] loop_short /*verilator public_flat_rw*/,
    output logic [32*CORES-1:0] loop_start /*verilator public_flat_rw*/,
    output logic [32*CORES-1:0] loop_end /*verilator public_flat_rw*/
);
  localparam int unsigned L1Words = L1_BYTES / 4;
  localparam int unsigned L2Words = L2_BYTES / 4;
  localparam int unsigned L3Words = L3_BYTES / 4;
  localparam int unsigned BankWords = L1Words / BANKS;
  localparam int unsigned BankBits = $clog2(BankWords);
  localparam int unsigned Lanes = WIDTH / 4;

  // The reset of all below. An input in combinational logic would cost speed: it is evaluated at both clock edges.
  logic reset = 1;
  always_ff @(posedge clk) reset <= rst;

  logic [31:0] l1[L1Words];
  logic [31:0] l2[L2Words];
  logic [31:0] l3[L3Words];

  logic [BANKS-1:0] bank_req, bank_we;
  logic [BANKS*BankBits-1:0] bank_addr;
  logic [4*BANKS-1:0] bank_be;
  logic [32*BANKS-1:0] bank_wdata, bank_rdata;

  logic bus_req, bus_gnt, bus_we, bus_rvalid, bus_err;
  logic [31:0] bus_addr;
  logic [WIDTH-1:0] bus_be;
  logic [8*WIDTH-1:0] bus_wdata, bus_rdata;

  logic [CORES-1:0] retire;
  logic [32*CORES-1:0] execute_pc, stack_pointer;
  logic dma_busy;

  cluster cluster (
      .rst(reset),
      .boot_address(boot),
      .first_hart(first),
      .irq_external('0),
      .irq_software('0),
      .irq_timer('0),
      .*
  );
  stack_pointers stack_pointers (.*);

  logic [71*CORES-1:0] trap;
  logic [32*CORES-1:0] handler, pc;
  logic [192*CORES-1:0] loops;
  watched watched (.*);
  for (genvar i = 0; i < CORES; i++) begin : watching
    watch #(
        .SHORTEST_BODY(SHORTEST_BODY)
    ) watch (
        .clk,
        .rst(reset),
        .enable(!done),
        .trap(trap[71*i+:71]),
        .handler(handler[32*i+:32]),
        .loops(loops[192*i+:192]),
        .retire(retire[i]),
        .pc(pc[32*i+:32]),
        .trapped(trapped[i]),
        .trap_cause(trap_cause[5*i+:5]),
        .trap_pc(trap_pc[32*i+:32]),
        .trap_value(trap_value[32*i+:32]),
        .caught(caught[i]),
        .caught_at(caught_at[32*i+:32]),
        .loop_short(loop_short[i]),
        .loop_start(loop_start[32*i+:32]),
        .loop_end(loop_end[32*i+:32])
    );
  end

  // What the inputs ask for, held while the cores run: an input in combinational logic would cost speed.
  logic [31:0] boot, end_address, keep_address, latency2, latency3, interval3, sleep_limit, stacks_start, stack_size;
  logic [63:0] last_cycle;
  // A constant would make eight different modules of the cores, and the simulator's code eight times as large.
  logic [31:0] first;
  always_ff @(posedge clk)
    if (rst) begin
      boot <= boot_address;
      first <= 0;
      end_address <= tohost;
      keep_address <= keep;
      last_cycle <= max_cycles;
      latency2 <= l2_latency;
      latency3 <= l3_latency;
      interval3 <= l3_interval;
      sleep_limit <= max_sleep;
      stacks_start <= stacks;
      stack_size <= stack_bytes;
    end

  // Outside the cluster.
  logic in_l2, in_l3, in_output, store;
  logic [31:0] l2_index, l3_index;
  logic [8*WIDTH-1:0] found, mask;
  assign in_l2 = bus_addr - L2_BASE < L2_BYTES;
  assign in_l3 = bus_addr - L3_BASE < L3_BYTES;
  assign in_output = bus_addr == (CHARACTER_OUTPUT & ~(WIDTH - 1));
  assign l2_index = (bus_addr - L2_BASE) >> 2;
  assign l3_index = (bus_addr - L3_BASE) >> 2;
  assign store = bus_gnt && bus_we && !done;
  for (genvar i = 0; i < WIDTH; i++) begin : byte_mask
    assign mask[8*i+:8] = {8{bus_be[i]}};
  end
  always_comb begin
    found = '0;
    for (int unsigned i = 0; i < Lanes; i++) begin
      if (in_l2) found[32*i+:32] = l2[l2_index+i];
      if (in_l3) found[32*i+:32] = l3[l3_index+i];
    end
  end

  outer_memory #(
      .WIDTH(WIDTH)
  ) outer_memory (
      .rst(reset),
      .latency(in_l3 ? latency3 : latency2),
      .interval(in_l3 ? interval3 : 1),
      .req(bus_req),
      .gnt(bus_gnt),
      .rvalid(bus_rvalid),
      .rdata(bus_rdata),
      .err(bus_err),
      .found_data(found),
      .found_err(!(in_l2 || in_l3 || in_output)),
      .*
  );

  // Memory to keep: the store of its size asks for it, its address was stored before.
  logic keep_now, keep_in_l3;
  logic [31:0] keep_from, keep_words, keep_first;
  assign keep_now = store && keep_address != 0 && bus_addr == ((keep_address + 4) & ~(WIDTH - 1))
      && bus_be[(keep_address+4)%WIDTH];
  assign keep_from = l2[(keep_address-L2_BASE)>>2];
  assign keep_in_l3 = keep_from - L3_BASE < L3_BYTES;
  assign keep_first = (keep_from - (keep_in_l3 ? L3_BASE : L2_BASE)) >> 2;
  assign keep_words = (32'(bus_wdata >> (8 * ((keep_address + 4) % WIDTH))) + 3) >> 2;

  // Memories and their files. A store is seen from the next cycle on; load and dump act while the cores are in reset.
  string directory;
  integer characters = 0, trace = 0;
  initial if (!$value$plusargs("directory=%s", directory)) directory = ".";

  always_ff @(posedge clk) begin
    for (int unsigned i = 0; i < BANKS; i++)
      if (bank_req[i])
        if (bank_we[i]) begin
          for (int unsigned j = 0; j < 4; j++)
            if (bank_be[4*i+j])
              l1[32'(bank_addr[BankBits*i+:BankBits])*BANKS+i][8*j+:8] = bank_wdata[32*i+8*j+:8];
        end else bank_rdata[32*i+:32] <= l1[32'(bank_addr[BankBits*i+:BankBits])*BANKS+i];
    if (store)
      for (int unsigned i = 0; i < Lanes; i++) begin
        if (in_l2)
          l2[l2_index+i] = (l2[l2_index+i] & ~mask[32*i+:32]) | (bus_wdata[32*i+:32] & mask[32*i+:32]);
        if (in_l3)
          l3[l3_index+i] = (l3[l3_index+i] & ~mask[32*i+:32]) | (bus_wdata[32*i+:32] & mask[32*i+:32]);
      end
    if (store && in_output && bus_be[CHARACTER_OUTPUT%WIDTH])
      $fwrite(characters, "%c", bus_wdata[8*(CHARACTER_OUTPUT%WIDTH)+:8]);
    if (keep_now) begin
      if (trace == 0) trace = $fopen($sformatf("%s/%0d.trace", directory, file), "wb");
      for (int unsigned i = 0; i < keep_words; i++)
        $fwrite(trace, "%u", keep_in_l3 ? l3[keep_first+i] : l2[keep_first+i]);
    end
    if (load) begin
      for (int unsigned i = 0; i < L1Words; i++) l1[i] = 0;
      for (int unsigned i = 0; i < L2Words; i++) l2[i] = 0;
      for (int unsigned i = 0; i < L3Words; i++) l3[i] = 0;
      $readmemh($sformatf("%s/%0d.l1.hex", directory, file), l1);
      $readmemh($sformatf("%s/%0d.l2.hex", directory, file), l2);
      $readmemh($sformatf("%s/%0d.l3.hex", directory, file), l3);
      if (characters != 0) $fclose(characters);
      if (trace != 0) $fclose(trace);
      trace = 0;
      characters = $fopen($sformatf("%s/%0d.out", directory, file), "w");
    end
    if (dump && dump_level == 1)
      $writememh($sformatf("%s/%0d.dump.hex", directory, file), l1, dump_first, dump_last);
    if (dump && dump_level == 2)
      $writememh($sformatf("%s/%0d.dump.hex", directory, file), l2, dump_first, dump_last);
    if (dump && dump_level == 3)
      $writememh($sformatf("%s/%0d.dump.hex", directory, file), l3, dump_first, dump_last);
    if (done && characters != 0) $fflush(characters);
    if (done && trace != 0) $fflush(trace);
  end

  // Checks: a core that sleeps for too long, a stack pointer outside its core's stack. A program that has not set
  // its stack pointer yet holds what the register happened to hold, so the check begins with the first one inside.
  logic [CORES-1:0] stack_set;
  logic [31:0] slept[CORES];
  for (genvar i = 0; i < CORES; i++) begin : check
    logic own;
    assign own = stack_pointer[32*i+:32] - (stacks_start + i * stack_size) <= stack_size;
    always_ff @(posedge clk)
      if (reset) begin
        stack_set[i]  <= 0;
        overflowed[i] <= 0;
        overslept[i]  <= 0;
        slept[i] <= 0;
      end else if (!done) begin
        if (own) stack_set[i] <= 1;
        if (stack_set[i] && !own && stack_size != 0) overflowed[i] <= 1;
        slept[i] <= sleep[i] ? slept[i] + 1 : 0;
        if (slept[i] == sleep_limit) overslept[i] <= 1;
      end
  end

  // The end, and the counters, which stop there.
  assign done = exit_word != 0 || cycles == last_cycle || overflowed != 0 || overslept != 0 || caught != 0;

  logic [31:0] end_word;
  assign end_word = 32'((bus_wdata & mask) >> (8 * (end_address % WIDTH)));
  always_ff @(posedge clk)
    if (reset) begin
      exit_word <= 0;
      cycles <= 0;
      instructions <= 0;
      last_fetch <= '0;
    end else if (!done) begin
      if (store && bus_addr == (end_address & ~(WIDTH - 1)) && bus_be[end_address%WIDTH]) exit_word <= end_word;
      cycles <= cycles + 1;
      instructions <= instructions + 64'($countones(retire));
      last_fetch <= execute_pc;
    end
endmodule
