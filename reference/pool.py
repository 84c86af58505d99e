"""Golden average- and max-pooling; positions in the padding count for nothing."""

from dataclasses import dataclass, replace

import numpy as np

from common.errors import UserError
from reference.quantization import Quantization
from reference.requantization import Requantization
from reference.requantize import from_scale, requantize
from reference.window import Window


def counts(image_yx: tuple[int, int], size_yx: tuple[int, int], window: Window) -> np.ndarray:
    """Positions of each window inside an image of this size, shape (OY, OX)."""
    ones = np.ones((*image_yx, 1), np.int64)
    return replace(window, pad_value=0).patches(ones, size_yx).sum(axis=(2, 3, 4))


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
        requantization = from_scale(inputs.scale / (found * out.scale), zero=out.zero, lo=lo, hi=hi)
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


def average_pool(
    inputs: np.ndarray, size_yx: tuple[int, int], window: Window, averaging: Averaging
) -> np.ndarray:
    """Means of the windows' positions inside the image.

    Parameters
    ----------
    inputs : ndarray, shape (IY, IX, C), int8
        Codes.
    size_yx : (int, int)
        Rows and columns of a window.
    window : Window
        Stride, padding and dilation.
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
    sums = replace(window, pad_value=0).patches(inputs.astype(np.int32), size_yx).sum(axis=(2, 3))
    kinds = averaging.kinds(counts(inputs.shape[:2], size_yx, window))
    parameters, bias = averaging.requantization, averaging.bias
    each = Requantization(
        parameters.mul[kinds], parameters.add[kinds], parameters.shift[kinds], parameters.lo, parameters.hi
    )
    acc = sums.reshape(len(kinds), -1).T + bias[kinds]
    return requantize(acc, each).T.reshape(sums.shape)


def max_pool(inputs: np.ndarray, size_yx: tuple[int, int], window: Window) -> np.ndarray:
    """Largest code of each window; arguments and result as in ``average_pool``."""
    return replace(window, pad_value=-128).patches(inputs, size_yx).max(axis=(2, 3))
