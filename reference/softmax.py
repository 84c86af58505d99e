"""Golden softmax over the last axis, in integers of 32 bits."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.quantization import Quantization

#: Of the exponential of the largest code of a row.
ONE = 65535
#: Most elements of a row: the sum of their exponentials fits 32 bits.
MAX_ROW = 1 << 16
#: Smallest output step: its inverse has a shift of at least 1.
MIN_SCALE = 2.0**-29


@dataclass(frozen=True, eq=False)
class Softmax:
    """Parameters of a softmax.

    Parameters
    ----------
    table : ndarray, shape (256,), uint16
        ``round(65535 * exp(-d * scale))`` for the distance d of a code from the largest one of its row.
    mul, shift : int
        ``mul * 2**-shift`` is the inverse of the output's scale; mul has 31 bits, shift is 1 to 30.
    zero : int
        Zero point of the output.
    """

    table: np.ndarray
    mul: int
    shift: int
    zero: int

    @staticmethod
    def of(inputs: Quantization, out: Quantization) -> "Softmax":
        """Parameters from the quantizations; ``UserError`` when the output's scale is out of range."""
        if not MIN_SCALE <= out.scale <= 1:
            raise UserError(f"softmax: the output scale must be in {MIN_SCALE:g}..1, not {out.scale:g}")
        table = np.rint(ONE * np.exp(-inputs.scale * np.arange(256))).astype(np.uint16)
        fraction, exponent = np.frexp(1 / out.scale)
        mul = min(round(float(fraction) * 2.0**31), (1 << 31) - 1)
        return Softmax(table, mul, 31 - int(exponent), out.zero)


def softmax(inputs: np.ndarray, parameters: Softmax) -> np.ndarray:
    """Softmax of every row.

    With the sum S of a row's exponentials, ``mul / S`` becomes a factor of 15 bits and a shift, once a row.
    Every output is ``min((exponential * factor + half) >> shift, 127 - zero) + zero``.

    Parameters
    ----------
    inputs : ndarray, shape (..., C), int8
        Codes, at most 65536 in a row.
    parameters : Softmax

    Returns
    -------
    ndarray, shape (..., C), int8

    Raises
    ------
    UserError
        When the rows are too long.
    """
    if inputs.shape[-1] > MAX_ROW:
        raise UserError(f"softmax: a row has at most {MAX_ROW} elements, not {inputs.shape[-1]}")
    codes = inputs.astype(np.int64)
    exponentials = parameters.table[codes.max(axis=-1, keepdims=True) - codes].astype(np.int64)
    sums = exponentials.sum(axis=-1, keepdims=True)
    _, bits = np.frexp(sums.astype(np.float64))  # exact: a sum has at most 32 bits
    drop = bits.astype(np.int64) - 16
    rounded = (sums + (1 << drop >> 1)) >> drop
    factor = (parameters.mul + rounded // 2) // rounded
    shift = parameters.shift + drop
    large = factor > 1 << 15
    factor, shift = np.where(large, (factor + 1) >> 1, factor), np.where(large, shift - 1, shift)
    excess = np.maximum(shift - 31, 0)
    factor, shift = factor >> excess, shift - excess
    outputs = (exponentials * factor + (1 << shift >> 1)) >> shift
    return (np.minimum(outputs, 127 - parameters.zero) + parameters.zero).astype(np.int8)
