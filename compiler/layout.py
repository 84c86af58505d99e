"""The order of a tensor's elements in memory."""

from enum import StrEnum
from math import prod

import numpy as np

from reference.reorder import BANDS, band_rows, banded, unbanded


class Layout(StrEnum):
    """An order, and how much memory it takes.

    In the banded one the image, or the matrix of tokens, is divided into four bands of ``ceil(H / 4)`` rows.
    Word [row][column][channel] holds the elements of the four bands. Bytes of rows past the image's end are
    stored, and hold any value. There is no halo and no padding.
    """

    HWC = "hwc"  # rows, columns, channels innermost; tokens by channels for a matrix
    BANDED = "banded"

    def size(self, shape: tuple[int, ...]) -> int:
        """Bytes of a tensor of int8."""
        if self is Layout.HWC:
            return prod(shape)
        height, row = rows_of(shape)
        return BANDS * band_rows(height) * row

    def stored(self, values: np.ndarray) -> np.ndarray:
        """The elements of an array as they lie in memory, one axis; 0 where there is none."""
        if self is Layout.HWC:
            return values.reshape(-1)
        return banded(values.reshape(rows_of(values.shape))).reshape(-1)

    def values(self, stored: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """The array of this shape whose elements lie so in memory."""
        if self is Layout.HWC:
            return stored.reshape(shape)
        height, row = rows_of(shape)
        return unbanded(stored.reshape(-1, row, BANDS), height).reshape(shape)


def rows_of(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows of an image, and elements of each; what has one axis is one row."""
    height = shape[0] if len(shape) > 1 else 1
    return height, prod(shape) // height
