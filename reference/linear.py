"""Golden fully-connected layer: int32 accumulators from int8 activations and weights."""

import numpy as np

from reference.requantization import Requantization
from reference.requantize import requantize


def accumulate_linear(inputs: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """``inputs @ weights.T + bias``, wrapping at 32 bits as the core does.

    Parameters
    ----------
    inputs : ndarray, shape (..., C), int8
        Activations, any number of tokens.
    weights : ndarray, shape (K, C), int8
        One row per output channel.
    bias : ndarray, shape (K,), int32
        Start value of each accumulator.

    Returns
    -------
    ndarray, shape (..., K), int32
    """
    # float64 holds every sum below 2**53 exactly, and NumPy multiplies matrices of floats much faster.
    sums = inputs.astype(np.float64) @ weights.astype(np.float64).T
    return (sums.astype(np.int64) + bias.astype(np.int64)).astype(np.int32)


def linear(
    inputs: np.ndarray, weights: np.ndarray, bias: np.ndarray, parameters: Requantization
) -> np.ndarray:
    """int8 output of a fully-connected layer, shape (..., K); arguments as in ``accumulate_linear``."""
    return requantize(accumulate_linear(inputs, weights, bias), parameters)
