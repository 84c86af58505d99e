"""Golden concatenation: rows of several arrays, one behind the other."""

from collections.abc import Sequence

import numpy as np


def concat(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Rows of the arrays, shape (T, C) each, joined along the last axis."""
    return np.concatenate(arrays, axis=-1)
