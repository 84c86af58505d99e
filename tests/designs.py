"""Verilog that several tests look at, made once a process."""

from functools import cache

from hw import generate

core_verilog = cache(generate.core_verilog)
cluster_verilog = cache(generate.cluster_verilog)
