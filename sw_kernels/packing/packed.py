"""Packed weights: the values of the blocks, and the index of each within its block.

Values are one int8 row per output channel. Block i of the reduction gives value i; rows are padded with
zeros to a multiple of 4, whole words for the SIMD dot product. A block without a non-zero packs as value 0,
index 0. Indices lie as their ``IndexLayout`` says.
"""

from dataclasses import dataclass

import numpy as np

from sw_kernels.packing.blocks import check_block_size, check_obeys, split
from sw_kernels.packing.layout import LANES, IndexLayout


@dataclass(frozen=True, eq=False)
class Packed:
    """Packed weights.

    Parameters
    ----------
    values : ndarray, shape (K, NZ), int8
        NZ is a multiple of 4.
    indices : ndarray, shape (rows, words), little-endian uint32
        K rows, or K / ``layout.channels`` rounded up.
    m : int
        Block size.
    layout : IndexLayout
        Layout of ``indices``.
    reduction : int
        Dense weights per channel, before padding.
    """

    values: np.ndarray
    indices: np.ndarray
    m: int
    layout: IndexLayout
    reduction: int

    @property
    def size(self) -> int:
        """Bytes of values and indices together."""
        return self.values.nbytes + self.indices.nbytes


def pack(weights: np.ndarray, m: int, layout: IndexLayout) -> Packed:
    """Pack weights that obey 1:m.

    Parameters
    ----------
    weights : ndarray, shape (K, ...), int8
        Trailing axes are the reduction, im2col order.
    m : int
        4, 8 or 16.
    layout : IndexLayout
        Layout of the kernel that will read them.

    Raises
    ------
    UserError
        When ``m`` is unknown or a block has more than one non-zero: the first such block is named.
    """
    check_obeys(weights, m)
    blocks = split(weights, m)
    missing = -blocks.shape[1] % LANES
    positions = (blocks != 0).argmax(axis=2)
    values = np.take_along_axis(blocks, positions[:, :, None], axis=2)[:, :, 0]
    values, positions = (np.pad(array, ((0, 0), (0, missing))) for array in (values, positions))
    return Packed(values.astype(np.int8), layout.pack(positions, m), m, layout, weights[0].size)


def unpack(packed: Packed) -> np.ndarray:
    """The dense matrix that was packed, shape (K, reduction), int8: the inverse of ``pack``."""
    check_block_size(packed.m)
    channels, count = packed.values.shape
    positions = packed.layout.unpack(packed.indices, packed.m, (channels, count))
    blocks = np.zeros((channels, count, packed.m), np.int8)
    np.put_along_axis(blocks, positions[:, :, None].astype(np.intp), packed.values[:, :, None], axis=2)
    return blocks.reshape(channels, -1)[:, : packed.reduction]
