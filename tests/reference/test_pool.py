"""The golden poolings against real means and plain loops."""

import numpy as np
import pytest

from common.errors import UserError
from reference.pool import Averaging, average_pool, counts, max_pool
from reference.quantization import Quantization
from reference.window import Window

FORMS = (
    ((2, 2), Window(stride_yx=(2, 2))),
    ((3, 3), Window(stride_yx=(2, 2), padding=(1, 1, 1, 1))),
    ((3, 4), Window(stride_yx=(1, 3), padding=(0, 3, 2, 1))),
    ((9, 7), Window()),
    ((1, 1), Window()),
)
SHAPE = 9, 7, 5


def windows(image: np.ndarray, size: tuple[int, int], window: Window) -> list[np.ndarray]:
    """Positions inside the image of every window, each of shape (n, C)."""
    (fy, fx), (sy, sx), (top, left, bottom, right) = size, window.stride_yx, window.padding
    rows = range(-top, image.shape[0] + bottom - fy + 1, sy)
    columns = range(-left, image.shape[1] + right - fx + 1, sx)
    return [
        image[max(y, 0) : y + fy, max(x, 0) : x + fx].reshape(-1, image.shape[2])
        for y in rows
        for x in columns
    ]


@pytest.mark.parametrize(("size", "window"), FORMS)
def test_maximum(rng: np.random.Generator, size: tuple[int, int], window: Window):
    image = rng.integers(-128, 128, SHAPE).astype(np.int8)
    expected = np.array([seen.max(axis=0) for seen in windows(image, size, window)])
    assert np.array_equal(max_pool(image, size, window).reshape(expected.shape), expected)


@pytest.mark.parametrize(("size", "window"), FORMS)
def test_average(rng: np.random.Generator, size: tuple[int, int], window: Window):
    """Off by at most one, and only where the real mean is a tie."""
    for _ in range(10):
        image = rng.integers(-128, 128, SHAPE).astype(np.int8)
        inputs, out = (Quantization(rng.uniform(0.01, 0.1), int(rng.integers(-128, 128))) for _ in range(2))
        averaging = Averaging.of(counts(SHAPE[:2], size, window), inputs, out)
        means = np.array([inputs.real(seen).mean(axis=0) for seen in windows(image, size, window)])
        found = average_pool(image, size, window, averaging).reshape(means.shape).astype(int)
        wrong = found != out.codes(means)
        ties = np.abs((means / out.scale + 1000) % 1 - 0.5) < 1e-6
        assert np.abs(found - out.codes(means)).max() <= 1
        assert not (wrong & ~ties).any()


def test_a_tie_is_rounded_up():
    size, window, same = (1, 2), Window(), Quantization(0.1, 3)
    image = np.array([[[1, -1], [2, -2]]], np.int8)
    averaging = Averaging.of(counts((1, 2), size, window), same, same)
    assert average_pool(image, size, window, averaging).tolist() == [[[2, -1]]]


def test_the_range_clips(rng: np.random.Generator):
    size, window, same = (1, 1), Window(), Quantization(0.1)
    image = rng.integers(-128, 128, SHAPE).astype(np.int8)
    averaging = Averaging.of(counts(SHAPE[:2], size, window), same, same, lo=-7, hi=99)
    assert np.array_equal(average_pool(image, size, window, averaging), np.clip(image, -7, 99))


def test_windows_without_parameters_are_refused():
    averaging = Averaging.of(np.array([4]), Quantization(0.1), Quantization(0.1))
    with pytest.raises(UserError, match=r"for windows of \(4,\) positions, not of 2"):
        average_pool(np.zeros((3, 3, 1), np.int8), (2, 2), Window(padding=(1, 0, 0, 0)), averaging)
