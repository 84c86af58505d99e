"""A kernel for fully-connected layers with a layout of its own, which only tests register."""

from pathlib import Path

from reference.blocks import BLOCK_SIZES
from sw_kernels.kernel import Kernel
from sw_kernels.linear.kernels import LINEAR
from tests.sw_kernels.byte_indices.layout import BYTES

KERNELS = tuple(
    Kernel(
        operator=LINEAR,
        name="sparse_bytes",
        folder=Path(__file__).parent,
        m=m,
        layout=BYTES,
        cycles_per_weight=8.0,
    )
    for m in BLOCK_SIZES
)
