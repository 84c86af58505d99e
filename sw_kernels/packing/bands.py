"""Four rows of an image, or four tokens, in the bytes of words."""

from dataclasses import dataclass

import numpy as np

from sw_kernels.packing.layout import LANES


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Division of an image into four bands, whose rows lie side by side in words.

    Byte b of the words of row r is row ``b * band_step + r - top`` of the image. A band has rows of its
    neighbours, its halo, where ``rows`` is more than ``band_step``. Rows and columns outside the image are
    padding, and are stored.

    Parameters
    ----------
    rows : int
        Rows of words.
    band_step : int
        Rows of the image from band to band.
    top, left, right : int
        Rows of padding above, columns of it at either side.
    """

    rows: int
    band_step: int
    top: int = 0
    left: int = 0
    right: int = 0

    @property
    def sources(self) -> np.ndarray:
        """Rows of the image that the bytes hold, shape (rows, 4); some are outside of it."""
        return np.arange(self.rows)[:, None] + np.arange(LANES) * self.band_step - self.top

    def pack(self, image: np.ndarray, padding: int = 0) -> np.ndarray:
        """Words of an image: int8, shape (Y, X, C) becomes (rows, left + X + right, C, 4)."""
        sources = self.sources
        inside = (sources >= 0) & (sources < len(image))
        dealt = np.where(inside[:, :, None, None], image[np.where(inside, sources, 0)], padding)
        sides = ((0, 0), (0, 0), (self.left, self.right), (0, 0))
        return np.pad(dealt, sides, constant_values=padding).transpose(0, 2, 3, 1).astype(np.int8)
