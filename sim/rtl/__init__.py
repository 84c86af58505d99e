"""Running programs on the generated core: memories, devices, cached Verilator models, results."""
