// Writes what the core retires, one record an instruction, as verif/cosim/trace.py reads it.
//
// The file is <file>.trace in the bench's directory; words are little-endian. Reset starts a new one, so a job's
// trace is complete when the next load or the end of the simulation has closed it, or when it was flushed.
module retirement (
    input logic clk,
    input logic rst,
    input logic load,
    input logic flush,
    input string directory,
    input logic [31:0] file,
    input logic enable,
    input logic [31:0] cycle,

    input logic rvfi_valid,
    input logic [63:0] rvfi_order,
    input logic [31:0] rvfi_insn,
    input logic rvfi_trap,
    input logic rvfi_intr,
    input logic [31:0] rvfi_pc_rdata,
    input logic [31:0] rvfi_pc_wdata,
    input logic [4:0] rvfi_rs1_addr,
    input logic [4:0] rvfi_rs2_addr,
    input logic [4:0] rvfi_rs3_addr,
    input logic [4:0] rvfi_rd_addr,
    input logic [4:0] rvfi_rd2_addr,
    input logic [31:0] rvfi_rs1_rdata,
    input logic [31:0] rvfi_rs2_rdata,
    input logic [31:0] rvfi_rs3_rdata,
    input logic [31:0] rvfi_rd_wdata,
    input logic [31:0] rvfi_rd2_wdata,
    input logic [31:0] rvfi_mem_addr,
    input logic [3:0] rvfi_mem_rmask,
    input logic [3:0] rvfi_mem_wmask,
    input logic [31:0] rvfi_mem_rdata,
    input logic [31:0] rvfi_mem_wdata,
    input logic [31:0] rvfi_irq,
    input logic [31:0] rvfi_csr_mip_rdata,
    input logic [31:0] rvfi_csr_mstatus_rdata,
    input logic [31:0] rvfi_csr_mepc_rdata,
    input logic [31:0] rvfi_csr_mcause_rdata,
    input logic [31:0] rvfi_csr_mtval_rdata
);
  // The last of the concatenation is the first word in the file.
  logic [671:0] entry;
  assign entry = {
    rvfi_csr_mtval_rdata,
    rvfi_csr_mcause_rdata,
    rvfi_csr_mepc_rdata,
    rvfi_csr_mstatus_rdata,
    rvfi_csr_mip_rdata,
    rvfi_irq,
    rvfi_mem_wdata,
    rvfi_mem_rdata,
    rvfi_mem_addr,
    rvfi_rd2_wdata,
    rvfi_rd_wdata,
    rvfi_rs3_rdata,
    rvfi_rs2_rdata,
    rvfi_rs1_rdata,
    {3'd0, rvfi_rd2_addr, 3'd0, rvfi_rd_addr, 3'd0, rvfi_rs3_addr, 3'd0, rvfi_rs2_addr},
    {3'd0, rvfi_rs1_addr, 4'd0, rvfi_mem_wmask, 4'd0, rvfi_mem_rmask, 6'd0, rvfi_intr, rvfi_trap},
    rvfi_pc_wdata,
    rvfi_pc_rdata,
    rvfi_insn,
    cycle,
    rvfi_order[31:0]
  };

  integer trace = 0;
  always_ff @(posedge clk) begin
    if (load) begin
      if (trace != 0) $fclose(trace);
      trace = $fopen($sformatf("%s/%0d.trace", directory, file), "wb");
    end
    if (!rst && enable && rvfi_valid) $fwrite(trace, "%u", entry);
    if (flush && trace != 0) $fflush(trace);
  end
endmodule
