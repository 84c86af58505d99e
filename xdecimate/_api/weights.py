"""N:M weights for users of the API, with checked arguments and layouts by name."""

import numpy as np

from common.errors import UserError
from reference import blocks
from sw_kernels.packing import packed
from sw_kernels.packing.layouts import layout_named
from sw_kernels.packing.packed import Packed
from xdecimate._api.arrays import checked_array

__all__ = ["Packed", "pack", "prune", "unpack"]

_AXES = "K, ..."


def prune(weights: np.ndarray, m: int) -> np.ndarray:
    """Prune weights to 1:M: in each block of M keep the one of largest magnitude, and set the rest to zero.

    Parameters
    ----------
    weights : ndarray, shape (K, ...), integers or floats
        One output channel a row. The other axes are the reduction with the input channels last: (K, FY, FX,
        C) for a convolution, (K, C) for a fully connected layer. Blocks are consecutive weights of the
        flattened reduction; a last block that is not full counts as filled up with zeros.
    m : int
        Block size: 4, 8 or 16, that is 75, 87.5 or 93.75 % zeros.

    Returns
    -------
    ndarray
        Of the same shape and type. Of equal magnitudes the first is kept.

    Raises
    ------
    UserError
        When ``m`` is another number, or ``weights`` is no array of numbers, has fewer than two axes, is empty
        or is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> import xdecimate as xd
    >>> xd.prune(np.array([[3, -5, 1, 0, 2, 2, 0, 1]], np.int8), 4)
    array([[ 0, -5,  0,  0,  2,  0,  0,  0]], dtype=int8)
    """
    checked_array("weights", weights, (np.integer, np.floating), _AXES)
    if not np.isfinite(weights).all():
        raise UserError("weights must be finite, but contain a NaN or an infinity; replace it before pruning")
    return blocks.prune(weights, m)


def pack(weights: np.ndarray, m: int, layout: str) -> Packed:
    """Pack weights that obey 1:M: one value and one index for each block.

    Parameters
    ----------
    weights : ndarray, shape (K, ...), int8
        As for ``prune``; in each block at most one weight is not zero.
    m : int
        Block size: 4, 8 or 16.
    layout : str
        Layout of the indices, which take 2 bits for M = 4 and 4 bits otherwise: ``byte_lanes`` for
        kernels without the instruction; ``repeated`` for convolutions and ``paired`` for fully-connected
        layers with it; ``once`` for XDecmac.

    Returns
    -------
    Packed
        ``values``, int8 of shape (K, blocks), the blocks filled up to a multiple of 4; ``indices``, rows of
        little-endian uint32 words; ``size`` in bytes.

    Raises
    ------
    UserError
        When ``m`` or ``layout`` is unknown, ``weights`` is no int8 array of at least two axes, or a block has
        more than one non-zero weight: the first such block is named.

    Examples
    --------
    >>> import numpy as np
    >>> import xdecimate as xd
    >>> packed = xd.pack(np.array([[0, -5, 0, 0, 2, 0, 0, 0]], np.int8), 4, "byte_lanes")
    >>> packed.values
    array([[-5,  2,  0,  0]], dtype=int8)
    >>> [[hex(word) for word in row] for row in packed.indices]
    [['0x1']]
    """
    checked_array("weights", weights, (np.int8,), _AXES)
    return packed.pack(weights, m, layout_named(layout))


def unpack(packed_weights: Packed) -> np.ndarray:
    """Unpack weights: the inverse of ``pack``.

    Parameters
    ----------
    packed_weights : Packed
        From ``pack``.

    Returns
    -------
    ndarray, shape (K, reduction), int8
        Dense; the axes of the reduction are one.

    Raises
    ------
    UserError
        When it is not from ``pack``.

    Examples
    --------
    >>> import numpy as np
    >>> import xdecimate as xd
    >>> xd.unpack(xd.pack(np.array([[0, -5, 0, 0, 2, 0, 0, 0]], np.int8), 4, "paired"))
    array([[ 0, -5,  0,  0,  2,  0,  0,  0]], dtype=int8)
    """
    if not isinstance(packed_weights, Packed):
        raise UserError(f"unpack needs the result of pack, not a {type(packed_weights).__name__}")
    return packed.unpack(packed_weights)
