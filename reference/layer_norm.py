"""Golden layer normalization over the last axis, in integers of 32 bits but for one sum of a row.

Of a row of D codes x with step s, with S = sum x, the deviation from the mean is ``c / D`` and the variance
``V / D**2``, with ``c = D * x - S`` and ``V = D * sum x**2 - S**2``: zero points cancel. With
``W = V + epsilon * D**2 / s**2``, in steps of 2**-16, the normalized value is ``c / sqrt(W)``.

- ``W = m * 2**(2 * e)`` with m in 2**30 to 2**32, and ``y = 2**46 / sqrt(m)`` by three Newton steps, 31 bits.
- ``n = (c << k) * y >> 32`` with ``k = K - e`` is ``2**(K + 14)`` times the normalized value.
- The output is ``(n * mul + add) >> shift``, clipped, with one set of parameters for each channel.

Widths, for D at most 2**L and L at most 14, with ``K = 15 - ceil(L / 2)``:

- ``c**2 <= D * V <= D * W`` (Cauchy and Schwarz) and ``sqrt(W) < 2**(16 + e)``, so
  ``|c << k| < 2**(L / 2 + 16 + K) <= 2**31``; with y below 2**31, n is below 2**30.
- ``V <= 2**14 * D**2``, and epsilon's part is allowed no more, so ``W <= 2**(15 + 2 * L)`` and
  ``e <= L - 7``, which is at most K: the shift k is never negative. With its 16 bits of fraction W is below
  2**60.
- Where V is 0, so is every c. W is at least 1 there too, so ``e >= -15``, and k is below 32.
- mul has 31 bits, shift is 33 to 48 and add a multiple of 2**32 below 2**62: the upper word of the product
  and that of add have a sum inside 32 bits.
"""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.quantization import Quantization
from reference.requantization import Requantization
from reference.requantize import requantize

#: Most elements of a row.
MAX_ROW = 1 << 14
#: Largest part of epsilon in a row's W, as a variance in squared codes: that of codes -128 and 127 is less.
MAX_VARIANCE = 1 << 14
#: Bits of W's fraction: rows of few elements need them for epsilon.
FRACTION = 16
#: First guess of ``2**31 / sqrt(M)`` for M in 1 to 4: ``GUESS - M * SLOPE``, within 9 %.
GUESS, SLOPE = 2_290_061_000, 1_308_599_000
#: Range of the shifts of the requantization.
SHIFTS = (33, 48)


@dataclass(frozen=True, eq=False)
class LayerNorm:
    """Parameters of a layer normalization.

    Parameters
    ----------
    epsilon : int
        ``round(2**16 * epsilon * D**2 / scale**2)``, at most 2**58.
    shift : int
        The K of this module's docstring, 8 to 15.
    requantization : Requantization
        From normalized values to outputs, one set for each of the D channels, in the tier ``high``.
    """

    epsilon: int
    shift: int
    requantization: Requantization

    @staticmethod
    def of(
        inputs: Quantization,
        out: Quantization,
        gain: np.ndarray,
        bias: np.ndarray,
        epsilon: float,
        *,
        lo: int = -128,
        hi: int = 127,
    ) -> "LayerNorm":
        """Parameters from the quantizations, and the real gain, bias and epsilon.

        Raises ``UserError`` when the row is too long or a real number is out of range.
        """
        row = len(gain)
        if not 1 <= row <= MAX_ROW:
            raise UserError(f"layer normalization: a row has 1 to {MAX_ROW} elements, not {row}")
        variance = epsilon / inputs.scale**2
        if not 0 <= variance <= MAX_VARIANCE:
            raise UserError(
                f"layer normalization: epsilon must be in 0..{MAX_VARIANCE * inputs.scale**2:g} for inputs "
                f"with a step of {inputs.scale:g}, not {epsilon:g}; quantize them with a larger step"
            )
        shift = 15 - (((row - 1).bit_length() + 1) >> 1)
        scale, offset = gain / (out.scale * 2.0 ** (shift + 14)), bias / out.scale + out.zero + 0.5
        return LayerNorm(
            round(variance * row**2 * (1 << FRACTION)), shift, _requantization(scale, offset, lo, hi)
        )


def _requantization(scale: np.ndarray, offset: np.ndarray, lo: int, hi: int) -> Requantization:
    """Parameters that give ``floor(scale * n + offset)`` with the largest shifts that the widths allow."""
    for name, values in (("gain", scale), ("bias", offset)):
        for channel in np.flatnonzero(~np.isfinite(values))[:1]:
            raise UserError(f"layer normalization: the {name} of channel {channel} must be finite")
    _, scale_bits = np.frexp(scale)
    _, offset_bits = np.frexp(offset)
    shift = np.minimum(np.where(scale == 0, SHIFTS[1], 31 - scale_bits), 61 - offset_bits)
    shift = np.minimum(shift, SHIFTS[1]).astype(np.int64)
    for channel in np.flatnonzero(shift < SHIFTS[0])[:1]:
        raise UserError(
            f"layer normalization: the gain or the bias of channel {channel} is too large for the scale of "
            "the output; enlarge it"
        )
    limit = (1 << 31) - 1
    mul = np.clip(np.rint(np.ldexp(scale, shift)), -limit, limit).astype(np.int32)
    add = np.rint(np.ldexp(offset, shift - 32)).astype(np.int64) << 32
    return Requantization(mul, add, shift, lo, hi)


def inverse_root(m: np.ndarray) -> np.ndarray:
    """``2**46 / sqrt(m)``, within 2**-23 of it and below 2**31.

    Parameters
    ----------
    m : ndarray, uint64
        2**30 to 2**32 - 1.

    Returns
    -------
    ndarray, uint64
    """
    high, two, three = np.uint64(32), np.uint64(2), np.uint64(3 << 28)
    y = np.uint64(GUESS) - (m * np.uint64(SLOPE) >> high)
    for _ in range(3):
        square = (y * y >> high) * m >> high  # M / y**2 of the exact y, in steps of 2**-28
        y = (y << np.uint64(1)) * (three - square << two) >> high
    return y


def layer_norm(inputs: np.ndarray, parameters: LayerNorm) -> np.ndarray:
    """Normalize every row, scale and shift every channel.

    Parameters
    ----------
    inputs : ndarray, shape (..., D), int8
        Codes.
    parameters : LayerNorm

    Returns
    -------
    ndarray, shape (..., D), int8
    """
    codes, row = inputs.astype(np.int64), inputs.shape[-1]
    sums = codes.sum(axis=-1, keepdims=True)
    squares = (codes * codes).sum(axis=-1, keepdims=True)
    spread = np.maximum((row * squares - sums * sums << FRACTION) + parameters.epsilon, 1 << FRACTION)
    _, bits = np.frexp((spread >> FRACTION).astype(np.float64))  # exact: below 2**53
    e = (bits.astype(np.int64) + 1 >> 1) - 16
    right = 2 * e + FRACTION
    m = np.where(right >= 0, spread >> np.maximum(right, 0), spread << np.maximum(-right, 0))
    y = inverse_root(m.astype(np.uint64)).astype(np.int64)
    normalized = ((row * codes - sums) << (parameters.shift - e)) * y >> 32
    return requantize(normalized, parameters.requantization)
