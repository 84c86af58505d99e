"""Running programs: ELF files, the generated RTL under Verilator, and the instruction-set model."""
