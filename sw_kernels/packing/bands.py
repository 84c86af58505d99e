"""Four rows of an image, or four tokens, in the bytes of words."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
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

    @staticmethod
    def of(height: int) -> "Bands":
        """Division of an image of this height without halo and padding, as layers hand it on."""
        rows = -(-height // LANES)
        return Bands(rows=rows, band_step=rows)

    @property
    def sources(self) -> np.ndarray:
        """Rows of the image that the bytes hold, shape (rows, 4); some are outside of it."""
        return np.arange(self.rows)[:, None] + np.arange(LANES) * self.band_step - self.top

    def shape(self, image: tuple[int, ...]) -> tuple[int, int, int, int]:
        """Shape of an image of three such axes, as bytes of words."""
        _, columns, channels = image
        return self.rows, self.left + columns + self.right, channels, LANES

    def pack(self, image: np.ndarray, padding: int = 0) -> np.ndarray:
        """Words of an image: int8, shape (Y, X, C) becomes (rows, left + X + right, C, 4)."""
        sources = self.sources
        inside = (sources >= 0) & (sources < len(image))
        dealt = np.where(inside[:, :, None, None], image[np.where(inside, sources, 0)], padding)
        sides = ((0, 0), (0, 0), (self.left, self.right), (0, 0))
        return np.pad(dealt, sides, constant_values=padding).transpose(0, 2, 3, 1).astype(np.int8)

    def unpack(self, words: np.ndarray, height: int) -> np.ndarray:
        """The image of this height that was packed.

        Raises ``UserError`` when a row is in no band.
        """
        sources = self.sources
        columns = words[:, self.left : words.shape[1] - self.right]
        rows = []
        for row in range(height):
            places = np.argwhere(sources == row)
            if not len(places):
                raise UserError(f"row {row} of the image is in no band; give a height of at most {row}")
            rows.append(columns[places[0][0], :, :, places[0][1]])
        return np.stack(rows)
