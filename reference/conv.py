"""Golden convolution: int32 accumulators from int8 activations in HWC and weights in K, FY, FX, C."""

import numpy as np

from reference.linear import accumulate_linear
from reference.requantization import Requantization
from reference.requantize import requantize
from reference.window import Window


def accumulate_conv(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    window: Window | None = None,
    groups: int = 1,
) -> np.ndarray:
    """Accumulators of a convolution.

    Parameters
    ----------
    inputs : ndarray, shape (IY, IX, C), int8
        Activations.
    weights : ndarray, shape (K, FY, FX, C / groups), int8
        Filters.
    bias : ndarray, shape (K,), int32
        Start value of each accumulator.
    window : Window, optional
        Stride, padding and dilation; by default a stride of 1 and no padding.
    groups : int
        Equal parts of the input channels, each of which makes as many of the output channels.

    Returns
    -------
    ndarray, shape (OY, OX, K), int32
    """
    columns = (window or Window()).patches(inputs, weights.shape[1:3])
    parts = [np.split(array, groups, axis) for array, axis in ((columns, -1), (weights, 0), (bias, 0))]
    return np.concatenate(
        [
            accumulate_linear(seen.reshape(*seen.shape[:2], -1), filters.reshape(len(filters), -1), start)
            for seen, filters, start in zip(*parts, strict=True)
        ],
        axis=-1,
    )


def conv(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    parameters: Requantization,
    window: Window | None = None,
    groups: int = 1,
) -> np.ndarray:
    """int8 output of a convolution, shape (OY, OX, K); arguments as in ``accumulate_conv``."""
    return requantize(accumulate_conv(inputs, weights, bias, window, groups), parameters)
