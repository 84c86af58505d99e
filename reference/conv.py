"""Golden convolution: int32 accumulators from int8 activations in HWC and weights in K, FY, FX, C."""

import numpy as np

from reference.linear import accumulate_linear
from reference.requantization import Requantization
from reference.requantize import requantize
from reference.window import Window


def accumulate_conv(
    inputs: np.ndarray, weights: np.ndarray, bias: np.ndarray, window: Window | None = None
) -> np.ndarray:
    """Accumulators of a convolution.

    Parameters
    ----------
    inputs : ndarray, shape (IY, IX, C), int8
        Activations.
    weights : ndarray, shape (K, FY, FX, C), int8
        Filters.
    bias : ndarray, shape (K,), int32
        Start value of each accumulator.
    window : Window, optional
        Stride, padding and dilation; by default a stride of 1 and no padding.

    Returns
    -------
    ndarray, shape (OY, OX, K), int32
    """
    columns = (window or Window()).patches(inputs, weights.shape[1:3])
    return accumulate_linear(columns.reshape(*columns.shape[:2], -1), weights.reshape(len(weights), -1), bias)


def conv(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    parameters: Requantization,
    window: Window | None = None,
) -> np.ndarray:
    """int8 output of a convolution, shape (OY, OX, K); arguments as in ``accumulate_conv``."""
    return requantize(accumulate_conv(inputs, weights, bias, window), parameters)
