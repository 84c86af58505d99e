"""Golden conversion between rows one after the other and four bands of them side by side."""

import numpy as np

#: Bands of an image: bytes of a word.
BANDS = 4


def band_rows(height: int) -> int:
    """Rows of each of four bands; the last may have fewer in the image, or none."""
    return -(-height // BANDS)


def banded(rows: np.ndarray) -> np.ndarray:
    """Rows of four bands side by side: shape (H, N) becomes (ceil(H / 4), N, 4).

    Element [r, n, b] is row ``b * ceil(H / 4) + r`` of the image, or 0 past its end.
    """
    step = band_rows(len(rows))
    whole = np.pad(rows, ((0, BANDS * step - len(rows)), (0, 0)))
    return np.ascontiguousarray(whole.reshape(BANDS, step, -1).transpose(1, 2, 0))


def unbanded(words: np.ndarray, height: int) -> np.ndarray:
    """The image of this height that was banded: shape (height, N)."""
    return np.ascontiguousarray(words.transpose(2, 0, 1).reshape(-1, words.shape[1])[:height])
