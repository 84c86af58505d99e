"""The packed formats: non-zero values, and the index of each within its block.

Values: one int8 row per output channel. Block i of the reduction gives value i; rows are padded with zeros to
a multiple of 4, whole words for the SIMD dot product. A block without a non-zero packs as value 0, index 0.

Indices: little-endian 32-bit words, fields of 2 bits (M = 4) or 4 bits (M = 8, 16), every row a whole number
of words, unused fields 0. With F = 32 / bits fields in a word:

``software``, one row per channel
    A byte lane of an index word serves the same byte lane of the value words: the index of value
    ``w * F + 4 * q + lane`` is field q of byte ``lane`` in word w, bits ``8 * lane + bits * q`` and up. So
    one shift and one mask give the four indices of a value word, each in a byte of its own.
``conv``, one row per channel
    As xdecimate consumes them with two im2col buffers: fields from bit 0 up are o0, o0, o1, o1, ...
``linear``, one row per pair of channels
    As xdecimate consumes them with two channels: fields from bit 0 up are o0 of channel k, o0 of k + 1, o1 of
    k, ... The partner that an odd last channel lacks has indices 0.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sw_kernels.packing.blocks import check_block_size, check_obeys, split

#: int8 lanes of a register.
LANES = 4


class Format(StrEnum):
    """Which kernel reads the weights."""

    SOFTWARE = "software"
    CONV = "conv"
    LINEAR = "linear"


def index_bits(m: int) -> int:
    """Bits of an index within a block of ``m``: the instruction reads 4 for M = 8, where 3 would do."""
    return 2 if m == 4 else 4


def bits_per_weight(m: int, form: Format) -> float:
    """Storage per dense weight: 8 bits of value and its index fields, once per block."""
    return (8 + index_bits(m) * (2 if form is Format.CONV else 1)) / m


@dataclass(frozen=True, eq=False)
class Packed:
    """Weights in one of the formats.

    Parameters
    ----------
    values : ndarray, shape (K, NZ), int8
        NZ is a multiple of 4.
    indices : ndarray, shape (rows, words), little-endian uint32
        K rows, or for ``linear`` half as many, rounded up.
    m : int
        Block size.
    form : Format
        How ``indices`` is laid out.
    reduction : int
        Dense weights per channel, before padding.
    """

    values: np.ndarray
    indices: np.ndarray
    m: int
    form: Format
    reduction: int

    @property
    def size(self) -> int:
        """Bytes of values and indices together."""
        return self.values.nbytes + self.indices.nbytes


def _fields(positions: np.ndarray, form: Format, per_word: int) -> np.ndarray:
    """Index fields in the order of their place in memory, padded to whole words: shape (rows, words, F)."""
    channels = len(positions)
    if form is Format.CONV:
        fields = positions.repeat(2, axis=1)
    elif form is Format.LINEAR:
        pairs = np.pad(positions, ((0, channels % 2), (0, 0))).reshape(-1, 2, positions.shape[1])
        fields = pairs.transpose(0, 2, 1).reshape(len(pairs), -1)
    else:
        fields = positions
    words = np.pad(fields, ((0, 0), (0, -fields.shape[1] % per_word))).reshape(len(fields), -1, per_word)
    if form is Format.SOFTWARE:
        words = words.reshape(*words.shape[:2], -1, LANES).swapaxes(2, 3).reshape(words.shape)
    return words


def pack(weights: np.ndarray, m: int, form: Format) -> Packed:
    """Pack weights that obey 1:m.

    Parameters
    ----------
    weights : ndarray, shape (K, ...), int8
        Trailing axes are the reduction, im2col order.
    m : int
        4, 8 or 16.
    form : Format
        Which kernel will read them.

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
    bits = index_bits(m)
    fields = _fields(positions.astype(np.uint32), form, 32 // bits)
    shifts = np.arange(0, 32, bits, dtype=np.uint32)
    words = np.bitwise_or.reduce(fields << shifts, axis=2).astype("<u4")
    return Packed(values.astype(np.int8), words, m, form, weights[0].size)


def unpack(packed: Packed) -> np.ndarray:
    """The dense matrix that was packed, shape (K, reduction), int8: the inverse of ``pack``."""
    check_block_size(packed.m)
    channels, count = packed.values.shape
    bits = index_bits(packed.m)
    shifts = np.arange(0, 32, bits, dtype=np.uint32)
    fields = packed.indices[:, :, None] >> shifts & np.uint32((1 << bits) - 1)
    rows = len(fields)
    if packed.form is Format.SOFTWARE:
        positions = fields.reshape(rows, -1, LANES, len(shifts) // LANES).swapaxes(2, 3).reshape(rows, -1)
    elif packed.form is Format.CONV:
        positions = fields.reshape(rows, -1)[:, ::2]
    else:
        positions = fields.reshape(rows, -1, 2).transpose(0, 2, 1).reshape(2 * rows, -1)[:channels]
    blocks = np.zeros((channels, count, packed.m), np.int8)
    np.put_along_axis(blocks, positions[:, :count, None].astype(np.intp), packed.values[:, :, None], axis=2)
    return blocks.reshape(channels, -1)[:, : packed.reduction]
