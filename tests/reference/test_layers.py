"""Golden convolution and fully-connected layer against loops that say what they mean."""

import numpy as np
import pytest

from reference.conv import accumulate_conv
from reference.depthwise import accumulate_depthwise
from reference.linear import accumulate_linear
from reference.window import Window


def slow_conv(inputs, weights, bias, window: Window) -> list:
    (iy, ix, c), (k, fy, fx, _) = inputs.shape, weights.shape
    (sy, sx), (gap_y, gap_x), (top, left, bottom, right) = (
        window.stride_yx,
        window.dilation_yx,
        window.padding,
    )
    rows = []
    for first_y in range(-top, iy + bottom - (fy - 1) * gap_y, sy):
        row = []
        for first_x in range(-left, ix + right - (fx - 1) * gap_x, sx):
            pixel = []
            for channel in range(k):
                acc = int(bias[channel])
                for dy in range(fy):
                    for dx in range(fx):
                        y, x = first_y + dy * gap_y, first_x + dx * gap_x
                        inside = 0 <= y < iy and 0 <= x < ix
                        for i in range(c):
                            value = int(inputs[y, x, i]) if inside else window.pad_value
                            acc += value * int(weights[channel, dy, dx, i])
                pixel.append(acc)
            row.append(pixel)
        rows.append(row)
    return rows


@pytest.mark.parametrize(
    ("iy", "ix", "fy", "fx", "window"),
    [
        (5, 5, 3, 3, Window(padding=(1, 1, 1, 1))),
        (4, 7, 1, 3, Window(stride_yx=(2, 1), padding=(0, 2, 0, 2))),
        (6, 3, 3, 1, Window(stride_yx=(3, 2), padding=(1, 0, 1, 0))),
        (1, 1, 1, 1, Window()),
        (3, 3, 2, 2, Window(stride_yx=(2, 2), padding=(3, 3, 3, 3), pad_value=-128)),
        (8, 8, 3, 3, Window(stride_yx=(2, 2), padding=(0, 0, 1, 1), pad_value=7)),
        (9, 6, 5, 4, Window(stride_yx=(2, 2), padding=(4, 1, 5, 1), pad_value=127)),
        (9, 8, 3, 2, Window(dilation_yx=(2, 5), padding=(2, 3, 0, 1), pad_value=-1)),
    ],
)
def test_conv_equals_loops(rng: np.random.Generator, iy, ix, fy, fx, window) -> None:
    inputs = rng.integers(-128, 128, (iy, ix, 3)).astype(np.int8)
    weights = rng.integers(-128, 128, (4, fy, fx, 3)).astype(np.int8)
    bias = rng.integers(-(1 << 20), 1 << 20, 4).astype(np.int32)
    got = accumulate_conv(inputs, weights, bias, window)
    assert got.dtype == np.int32
    assert got.tolist() == slow_conv(inputs, weights, bias, window)


@pytest.mark.parametrize(
    "window",
    [
        Window(padding=(1, 1, 1, 1)),
        Window(stride_yx=(2, 3), padding=(0, 1, 2, 3), dilation_yx=(1, 2), pad_value=-9),
    ],
)
def test_depthwise_is_a_convolution_of_every_channel(rng: np.random.Generator, window: Window) -> None:
    inputs = rng.integers(-128, 128, (6, 7, 5)).astype(np.int8)
    weights = rng.integers(-128, 128, (5, 3, 2)).astype(np.int8)
    bias = rng.integers(-(1 << 20), 1 << 20, 5).astype(np.int32)
    got = accumulate_depthwise(inputs, weights, bias, window)
    assert got.dtype == np.int32
    for c in range(5):
        channel = inputs[:, :, c : c + 1], weights[c : c + 1, :, :, None], bias[c : c + 1]
        assert got[:, :, c : c + 1].tolist() == slow_conv(*channel, window)


def test_linear_equals_loops(rng: np.random.Generator) -> None:
    inputs = rng.integers(-128, 128, (3, 7)).astype(np.int8)
    weights = rng.integers(-128, 128, (5, 7)).astype(np.int8)
    bias = rng.integers(-1000, 1000, 5).astype(np.int32)
    wanted = [[int(b) + sum(int(x) * int(w) for x, w in zip(token, row, strict=True))
               for row, b in zip(weights, bias, strict=True)] for token in inputs]  # fmt: skip
    assert accumulate_linear(inputs, weights, bias).tolist() == wanted


def test_accumulators_wrap_at_32_bits() -> None:
    ones = np.array([[1]], np.int8)
    assert accumulate_linear(ones, ones, np.array([(1 << 31) - 1], np.int32)).tolist() == [[-(1 << 31)]]
