"""Kernels for N:M sparse layers: packing, headers, runtime, C sources, and the programs made of them."""
