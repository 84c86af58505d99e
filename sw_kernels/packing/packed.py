"""Packed weights: the values of the blocks, and the index of each within its block.

Values are one int8 row per output channel. Block i of the reduction gives value i; rows are padded with
zeros to a multiple of 4, whole words for the SIMD dot product. A block without a non-zero packs as value 0.
Indices lie as their ``IndexLayout`` says, and it says what index a zero has.

A reduction may consist of runs, equal parts that each have values of their own. A block that the border of
two runs divides is stored for both: where it is not the run's own, it has no weights. Positions in the first
block of a run count from where the block began, in the run before.
"""

from dataclasses import dataclass

import numpy as np

from reference.blocks import check_block_size, check_obeys
from sw_kernels.packing.layout import IndexLayout


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
    runs : int
        Parts of the reduction.
    """

    values: np.ndarray
    indices: np.ndarray
    m: int
    layout: IndexLayout
    reduction: int
    runs: int = 1

    @property
    def size(self) -> int:
        """Bytes of values and indices together."""
        return self.values.nbytes + self.indices.nbytes


def pack(weights: np.ndarray, m: int, layout: IndexLayout, runs: int = 1) -> Packed:
    """Pack weights that obey 1:m.

    Parameters
    ----------
    weights : ndarray, shape (K, ...), int8
        Trailing axes are the reduction, im2col order.
    m : int
        4, 8 or 16.
    layout : IndexLayout
        Layout of the kernel that will read them.
    runs : int
        Parts of the reduction.

    Raises
    ------
    UserError
        When ``m`` is unknown or a block has more than one non-zero: the first such block is named.
    """
    check_obeys(weights, m)
    blocks = _blocks_of_runs(weights.reshape(len(weights), runs, -1), m)
    stored = layout.stored(blocks.shape[2], m)
    blocks = np.pad(blocks, ((0, 0), (0, 0), (0, stored - blocks.shape[2]), (0, 0)))
    weights_at = blocks != 0
    zeros_at = layout.of_zeros(blocks.shape[:3], m)
    positions = np.where(weights_at.any(axis=3), weights_at.argmax(axis=3), zeros_at)
    values = np.take_along_axis(blocks, positions[..., None], axis=3).reshape(len(weights), -1)
    indices = layout.pack(positions.reshape(len(weights), -1), m, runs)
    return Packed(values.astype(np.int8), indices, m, layout, weights[0].size, runs)


def _blocks_of_runs(runs: np.ndarray, m: int) -> np.ndarray:
    """Blocks (K, runs, blocks, m) of runs (K, runs, length)."""
    length = runs.shape[2]
    first = np.arange(runs.shape[1]) * length % m
    size = -(-(int(first.max()) + length) // m) * m
    places = np.arange(size) - first[:, None]
    inside = (places >= 0) & (places < length)
    taken = np.take_along_axis(runs, np.where(inside, places, 0)[None].repeat(len(runs), axis=0), axis=2)
    return np.where(inside, taken, 0).reshape(*runs.shape[:2], -1, m)


def unpack(packed: Packed) -> np.ndarray:
    """The dense matrix that was packed, shape (K, reduction), int8: the inverse of ``pack``."""
    check_block_size(packed.m)
    channels, count = packed.values.shape
    positions = packed.layout.unpack(packed.indices, packed.m, (channels, count), packed.runs)
    blocks = np.zeros((channels, count, packed.m), np.int8)
    np.put_along_axis(blocks, positions[:, :, None].astype(np.intp), packed.values[:, :, None], axis=2)
    rows, length = blocks.reshape(channels, packed.runs, -1), packed.reduction // packed.runs
    starts = [run * length % packed.m for run in range(packed.runs)]
    return np.concatenate([rows[:, run, start : start + length] for run, start in enumerate(starts)], axis=1)
