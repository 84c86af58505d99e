"""Requantization from int32 accumulators to int8, the one definition that every kernel is checked against."""

import numpy as np

from common.errors import UserError
from reference.requantization import MAX_SHIFT, Requantization, checked_scale


def requantize(acc: np.ndarray, parameters: Requantization) -> np.ndarray:
    """``clip((acc * mul + add) >> shift, lo, hi)`` in int64, rounding down.

    Parameters
    ----------
    acc : ndarray, shape (..., K), int32
        Accumulators.
    parameters : Requantization
        One set per channel of the last axis.

    Returns
    -------
    ndarray, shape (..., K), int8
    """
    scaled = acc.astype(np.int64) * parameters.mul.astype(np.int64) + parameters.add.astype(np.int64)
    return np.clip(scaled >> parameters.shift.astype(np.int64), parameters.lo, parameters.hi).astype(np.int8)


def from_scale(
    scale: np.ndarray, *, bits: int = 31, zero: int = 0, lo: int = -128, hi: int = 127
) -> Requantization:
    """Parameters that multiply by ``scale``, round half up and add ``zero``.

    ``mul`` is normalised to exactly ``bits`` bits (fewer only where shift or zero point would pass 62 bits)
    and half an output step is folded into ``add``. 31 bits equal exact rounding in all that was measured;
    each bit less halves the multiplier's precision, and few bits let a layer run in 32-bit arithmetic.

    Parameters
    ----------
    scale : ndarray, shape (K,), float
        Output step per accumulator step, at least 0; a channel with scale 0 gives 0.
    bits : int
        Width of ``mul``, 1 to 31.
    zero : int
        Zero point of the output, in -128..127.
    lo, hi : int
        Output range.

    Raises
    ------
    UserError
        When a scale is negative, not finite, or too large for the width.
    """
    if not 1 <= bits <= 31:
        raise UserError(f"multiplier width must be in 1..31 bits, not {bits}")
    scale = checked_scale(
        scale, zero, 2.0**bits, f"0..2**{bits} (a {bits}-bit multiplier)", "give smaller ones"
    )
    _, exponent = np.frexp(scale)
    # The zero point is shifted too, and must stay inside 62 bits.
    shift = np.clip(bits - exponent, 0, MAX_SHIFT - abs(zero).bit_length())
    shift = np.where(scale == 0, shift.max(initial=0, where=scale > 0), shift)  # zero fits any tier
    mul = np.rint(np.ldexp(scale, shift)).astype(np.int64)
    carried = mul >= 1 << bits  # rounding up reached the next power of two
    mul, shift = np.where(carried, mul >> 1, mul), np.where(carried, shift - 1, shift)
    if (shift < 0).any():
        raise UserError(
            f"the scale of channel {np.argmin(shift)} is too large for a {bits}-bit multiplier; reduce it"
        )
    half = np.where(shift > 0, np.int64(1) << np.maximum(shift - 1, 0).astype(np.int64), 0)
    add = half + (np.int64(zero) << shift.astype(np.int64))
    return Requantization(mul.astype(np.int32), add, shift.astype(np.int64), lo, hi)
