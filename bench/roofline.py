"""What a kernel's inner loop could do at most: by its instructions, and by its accesses to L1.

A core issues one instruction and makes one 32-bit access to L1 a cycle. Counts are of the loops in
sw_kernels/conv and sw_kernels/linear; MACs are executed ones.
"""

from dataclasses import dataclass

from sw_kernels.variants import Variant


@dataclass(frozen=True)
class Loop:
    """One pass of an inner loop."""

    instructions: int
    accesses: int
    macs: int

    @property
    def intensity(self) -> float:
        """MACs for each 32-bit access: the most that a core's port lets it do in a cycle."""
        return self.macs / self.accesses

    @property
    def issue_limit(self) -> float:
        """MACs for each instruction: the most that a core does in a cycle."""
        return self.macs / self.instructions


_LOOPS = {
    ("conv", "dense_4x2", None): Loop(14, 6, 32),
    ("conv", "dense_1x2", None): Loop(5, 3, 8),
    ("conv", "sparse_software", 4): Loop(74, 21, 32),
    ("conv", "sparse_software", 8): Loop(38, 11, 16),
    ("conv", "sparse_software", 16): Loop(38, 11, 16),
    ("conv", "sparse_xdecimate", 4): Loop(23, 19, 16),
    ("conv", "sparse_xdecimate", 8): Loop(12, 10, 8),
    ("conv", "sparse_xdecimate", 16): Loop(12, 10, 8),
    ("linear", "dense", None): Loop(5, 3, 8),
    ("linear", "sparse_software", 4): Loop(61, 21, 16),
    ("linear", "sparse_software", 8): Loop(31, 11, 8),
    ("linear", "sparse_software", 16): Loop(31, 11, 8),
    ("linear", "sparse_xdecimate", 4): Loop(25, 21, 16),
    ("linear", "sparse_xdecimate", 8): Loop(13, 11, 8),
    ("linear", "sparse_xdecimate", 16): Loop(13, 11, 8),
}


def loop_of(variant: Variant) -> Loop:
    """The inner loop of a kernel."""
    return _LOOPS[variant.kernel, variant.name, variant.m]
