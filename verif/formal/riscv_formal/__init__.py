"""riscv-formal (YosysHQ) on the core's trace port: its own checkers, on the generated Verilog as it is."""
