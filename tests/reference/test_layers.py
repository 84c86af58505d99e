"""Golden convolution and fully-connected layer against loops that say what they mean."""

import numpy as np
import pytest

from reference.conv import accumulate_conv
from reference.linear import accumulate_linear


def slow_conv(inputs, weights, bias, stride_yx, padding_yx) -> list:
    (iy, ix, c), (k, fy, fx, _) = inputs.shape, weights.shape
    (sy, sx), (py, px) = stride_yx, padding_yx
    rows = []
    for oy in range((iy + 2 * py - fy) // sy + 1):
        row = []
        for ox in range((ix + 2 * px - fx) // sx + 1):
            pixel = []
            for channel in range(k):
                acc = int(bias[channel])
                for dy in range(fy):
                    for dx in range(fx):
                        y, x = oy * sy - py + dy, ox * sx - px + dx
                        if 0 <= y < iy and 0 <= x < ix:
                            for i in range(c):
                                acc += int(inputs[y, x, i]) * int(weights[channel, dy, dx, i])
                pixel.append(acc)
            row.append(pixel)
        rows.append(row)
    return rows


@pytest.mark.parametrize(
    ("iy", "ix", "fy", "fx", "stride_yx", "padding_yx"),
    [
        (5, 5, 3, 3, (1, 1), (1, 1)),
        (4, 7, 1, 3, (2, 1), (0, 2)),
        (6, 3, 3, 1, (3, 2), (1, 0)),
        (1, 1, 1, 1, (1, 1), (0, 0)),
        (3, 3, 2, 2, (2, 2), (3, 3)),
    ],
)
def test_conv_equals_loops(rng: np.random.Generator, iy, ix, fy, fx, stride_yx, padding_yx) -> None:
    inputs = rng.integers(-128, 128, (iy, ix, 3)).astype(np.int8)
    weights = rng.integers(-128, 128, (4, fy, fx, 3)).astype(np.int8)
    bias = rng.integers(-(1 << 20), 1 << 20, 4).astype(np.int32)
    got = accumulate_conv(inputs, weights, bias, stride_yx, padding_yx)
    assert got.dtype == np.int32
    assert got.tolist() == slow_conv(inputs, weights, bias, stride_yx, padding_yx)


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
