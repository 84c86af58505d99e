"""Limits of XDecimate that kernels must keep."""

#: Extensions of the kernels that use it.
NEEDS = frozenset({"xdecimate"})
#: Blocks of a channel that it can count: its 16-bit counter numbers every block twice.
MAX_BLOCKS = 1 << 15
