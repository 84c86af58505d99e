"""Golden convolution: int32 accumulators from int8 activations in HWC and weights in K, FY, FX, C."""

import numpy as np

from reference.linear import accumulate_linear
from reference.requantization import Requantization
from reference.requantize import requantize


def patches(
    inputs: np.ndarray, filter_yx: tuple[int, int], stride_yx: tuple[int, int], padding_yx: tuple[int, int]
) -> np.ndarray:
    """Every input patch that a filter sees, zero-padded (im2col).

    Parameters
    ----------
    inputs : ndarray, shape (IY, IX, C)
        Activations.
    filter_yx, stride_yx, padding_yx : (int, int)
        Vertical, then horizontal.

    Returns
    -------
    ndarray, shape (OY, OX, FY * FX * C)
        C innermost.
    """
    (fy, fx), (sy, sx), (py, px) = filter_yx, stride_yx, padding_yx
    padded = np.pad(inputs, ((py, py), (px, px), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (fy, fx), axis=(0, 1))[::sy, ::sx]
    return windows.transpose(0, 1, 3, 4, 2).reshape(*windows.shape[:2], -1)


def accumulate_conv(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    stride_yx: tuple[int, int] = (1, 1),
    padding_yx: tuple[int, int] = (0, 0),
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

    Returns
    -------
    ndarray, shape (OY, OX, K), int32
    """
    columns = patches(inputs, weights.shape[1:3], stride_yx, padding_yx)
    return accumulate_linear(columns, weights.reshape(len(weights), -1), bias)


def conv(
    inputs: np.ndarray,
    weights: np.ndarray,
    bias: np.ndarray,
    parameters: Requantization,
    stride_yx: tuple[int, int] = (1, 1),
    padding_yx: tuple[int, int] = (0, 0),
) -> np.ndarray:
    """int8 output of a convolution, shape (OY, OX, K); arguments as in ``accumulate_conv``."""
    return requantize(accumulate_conv(inputs, weights, bias, stride_yx, padding_yx), parameters)
