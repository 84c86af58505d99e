"""N:M blocks of a weight matrix: splitting, checking, recognising and pruning.

1:M means that of every M consecutive weights along the reduction at most one is kept (1:8 is 87.5 % zeros).
A weight tensor is a matrix here: one row per output channel, the reduction in im2col order (FY, FX, C with C
innermost); a last block that is not full counts as filled up with zeros.
"""

import numpy as np

from common.errors import UserError

#: Block sizes that kernels and instruction know, densest first.
BLOCK_SIZES = (4, 8, 16)


def check_block_size(m: int) -> None:
    """Raise ``UserError`` unless ``m`` is one of ``BLOCK_SIZES``."""
    if m not in BLOCK_SIZES:
        raise UserError(f"M must be one of {', '.join(map(str, BLOCK_SIZES))}, not {m}")


def split(weights: np.ndarray, m: int) -> np.ndarray:
    """Rows cut into blocks, zero-padded to whole ones: (K, ...) becomes (K, blocks, m)."""
    rows = weights.reshape(len(weights), -1)
    return np.pad(rows, ((0, 0), (0, -rows.shape[1] % m))).reshape(len(rows), -1, m)


def obeys(weights: np.ndarray, m: int) -> bool:
    """True if no block holds more than one non-zero weight."""
    return bool(((split(weights, m) != 0).sum(axis=2) <= 1).all())


def sparsest(weights: np.ndarray) -> int | None:
    """The largest M of ``BLOCK_SIZES`` that a tensor obeys, or None.

    Whatever obeys 1:16 obeys 1:8 and 1:4 too; the largest M packs most densely and runs fastest.
    """
    return next((m for m in reversed(BLOCK_SIZES) if obeys(weights, m)), None)


def check_obeys(weights: np.ndarray, m: int) -> None:
    """Raise ``UserError`` naming the first block, by channel then position, with more than one non-zero."""
    check_block_size(m)
    blocks = split(weights, m)
    for channel, block in np.argwhere((blocks != 0).sum(axis=2) > 1)[:1]:
        raise UserError(
            f"the weights are not 1:{m} sparse: channel {channel}, block {block} (weights {block * m} to "
            f"{block * m + m - 1} of its reduction) is {blocks[channel, block].tolist()}, of which only one "
            f"may be non-zero; prune the weights to 1:{m} first, or run the layer dense"
        )


def prune(weights: np.ndarray, m: int) -> np.ndarray:
    """Keep the weight of largest magnitude in every block and zero the rest; ties keep the lowest index.

    Shape and type stay; integers and floats both work.
    """
    check_block_size(m)
    blocks = split(weights, m)
    magnitude = np.abs(blocks.astype(np.float64))
    kept = np.arange(m) == magnitude.argmax(axis=2)[:, :, None]
    rows = np.where(kept, blocks, 0).reshape(len(blocks), -1)
    return rows[:, : weights[0].size].reshape(weights.shape).astype(weights.dtype)
