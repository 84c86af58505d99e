"""Golden average- and max-pooling; positions in the padding count for nothing."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.quantization import Quantization
from reference.requantization import Requantization
from reference.requantize import from_scale, requantize


@dataclass(frozen=True, kw_only=True)
class Pooling:
    """A window that moves over an image.

    Parameters
    ----------
    window_yx, stride_yx : (int, int)
        Vertical, then horizontal.
    padding : (int, int, int, int)
        Rows above, columns left, rows below, columns right: the order of ONNX.
    """

    window_yx: tuple[int, int]
    stride_yx: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)

    def windows(self, inputs: np.ndarray, pad: int) -> np.ndarray:
        """Every window of an input, shape (IY, IX, C), padded with a value: shape (OY, OX, C, FY, FX)."""
        top, left, bottom, right = self.padding
        padded = np.pad(inputs, ((top, bottom), (left, right), (0, 0)), constant_values=pad)
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.window_yx, axis=(0, 1))
        return windows[:: self.stride_yx[0], :: self.stride_yx[1]]

    def counts(self, size_yx: tuple[int, int]) -> np.ndarray:
        """Positions of each window inside an image of this size, shape (OY, OX)."""
        return self.windows(np.ones((*size_yx, 1), np.int64), 0).sum(axis=(2, 3, 4))


@dataclass(frozen=True, eq=False)
class Averaging:
    """From sums of n codes to the codes of their means, for each n that occurs.

    Parameters
    ----------
    counts : tuple of int
        Every n, the largest first.
    zero : int
        Zero point of the inputs: an accumulator is ``sum - n * zero``.
    requantization : Requantization
        One set for each n.
    """

    counts: tuple[int, ...]
    zero: int
    requantization: Requantization

    @staticmethod
    def of(
        counts: np.ndarray, inputs: Quantization, out: Quantization, *, lo: int = -128, hi: int = 127
    ) -> "Averaging":
        """Parameters for the counts of a layer's windows, in any shape, repeated or not."""
        found = np.unique(counts)[::-1]
        scaled = from_scale(inputs.scale / (found * out.scale), lo=lo, hi=hi)
        add = scaled.add + (np.int64(out.zero) << scaled.shift)
        requantization = Requantization(scaled.mul, add, scaled.shift, lo, hi)
        return Averaging(tuple(int(n) for n in found), inputs.zero, requantization)

    def kinds(self, counts: np.ndarray) -> np.ndarray:
        """Places of windows' counts among those that there are parameters for; ``UserError`` without them."""
        if missing := sorted(set(counts.ravel().tolist()) - set(self.counts)):
            raise UserError(f"averaging is for windows of {self.counts} positions, not of {missing[0]}")
        return np.searchsorted(-np.array(self.counts), -counts.ravel())

    @property
    def bias(self) -> np.ndarray:
        """Start value of the accumulators for each n, int32."""
        return (-self.zero * np.array(self.counts)).astype(np.int32)

    @property
    def bound(self) -> np.ndarray:
        """Largest magnitude of the accumulators for each n, int64."""
        return np.array(self.counts, np.int64) * (128 + abs(self.zero))


def average_pool(inputs: np.ndarray, pooling: Pooling, averaging: Averaging) -> np.ndarray:
    """Means of the windows' positions inside the image.

    Parameters
    ----------
    inputs : ndarray, shape (IY, IX, C), int8
        Codes.
    pooling : Pooling
    averaging : Averaging
        Must have the count of every window.

    Returns
    -------
    ndarray, shape (OY, OX, C), int8

    Raises
    ------
    UserError
        When the averaging has no parameters for a window.
    """
    sums = pooling.windows(inputs.astype(np.int32), 0).sum(axis=(3, 4))
    kinds = averaging.kinds(pooling.counts(inputs.shape[:2]))
    parameters, bias = averaging.requantization, averaging.bias
    each = Requantization(
        parameters.mul[kinds], parameters.add[kinds], parameters.shift[kinds], parameters.lo, parameters.hi
    )
    acc = sums.reshape(len(kinds), -1).T + bias[kinds]
    return requantize(acc, each).T.reshape(sums.shape)


def max_pool(inputs: np.ndarray, pooling: Pooling) -> np.ndarray:
    """Largest code of each window; arguments and result as in ``average_pool``."""
    return pooling.windows(inputs, -128).max(axis=(3, 4))
