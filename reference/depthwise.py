"""Golden depthwise convolution: int32 accumulators from int8 activations in HWC and weights in C, FY, FX."""

import numpy as np

from reference.requantization import Requantization
from reference.requantize import requantize
from reference.window import Window


def accumulate_depthwise(
    inputs: np.ndarray, weights: np.ndarray, bias: np.ndarray, window: Window | None = None
) -> np.ndarray:
    """Accumulators of a depthwise convolution, wrapping at 32 bits as the core does.

    Parameters
    ----------
    inputs : ndarray, shape (IY, IX, C), int8
        Activations.
    weights : ndarray, shape (C, FY, FX), int8
        One filter for each channel.
    bias : ndarray, shape (C,), int32
        Start value of each accumulator.
    window : Window, optional
        Stride, padding and dilation; by default a stride of 1 and no padding.

    Returns
    -------
    ndarray, shape (OY, OX, C), int32
    """
    patches = (window or Window()).patches(inputs, weights.shape[1:])
    sums = np.einsum("yxijc,cij->yxc", patches.astype(np.int64), weights.astype(np.int64))
    return (sums + bias.astype(np.int64)).astype(np.int32)


def depthwise(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    parameters: Requantization,
    window: Window | None = None,
) -> np.ndarray:
    """int8 output, shape (OY, OX, C); arguments as in ``accumulate_depthwise``."""
    return requantize(accumulate_depthwise(inputs, weights, bias, window), parameters)
