"""A window that moves over an image: steps, gaps, and what it sees beyond the borders."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Window:
    """Positions of a filter or window over its input; pairs are vertical, then horizontal.

    Parameters
    ----------
    stride_yx : (int, int)
        Input positions from one output to the next.
    padding : (int, int, int, int)
        Rows above, columns left, rows below, columns right: the order of ONNX.
    dilation_yx : (int, int)
        Input positions from one weight to the next.
    pad_value : int
        Value of the padding: the input's zero point.
    """

    stride_yx: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    dilation_yx: tuple[int, int] = (1, 1)
    pad_value: int = 0

    def patches(self, inputs: np.ndarray, filter_yx: tuple[int, int]) -> np.ndarray:
        """Patches of an input, shape (IY, IX, C), that a filter of this size sees: (OY, OX, FY, FX, C)."""
        (fy, fx), (sy, sx), (dy, dx) = filter_yx, self.stride_yx, self.dilation_yx
        top, left, bottom, right = self.padding
        padded = np.pad(inputs, ((top, bottom), (left, right), (0, 0)), constant_values=self.pad_value)
        spans = (fy - 1) * dy + 1, (fx - 1) * dx + 1
        windows = np.lib.stride_tricks.sliding_window_view(padded, spans, axis=(0, 1))
        return windows[::sy, ::sx, :, ::dy, ::dx].transpose(0, 1, 3, 4, 2)
