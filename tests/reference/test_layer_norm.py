"""The golden layer normalization against real numbers, and the widths that its docstring states."""

import numpy as np
import pytest

from common.errors import UserError
from reference.layer_norm import MAX_ROW, SHIFTS, LayerNorm, inverse_root, layer_norm
from reference.quantization import Quantization
from reference.requantization import Tier

EPSILON = 1e-5


def exact(real: np.ndarray, gain: np.ndarray, bias: np.ndarray, epsilon: float) -> np.ndarray:
    """The normalization in real numbers."""
    deviation = real - real.mean(axis=-1, keepdims=True)
    return deviation / np.sqrt(real.var(axis=-1, keepdims=True) + epsilon) * gain + bias


@pytest.mark.parametrize("row", [1, 16, 64, 384, 1000])
def test_layer_norm_of_random_rows(rng: np.random.Generator, row: int):
    for scale in (0.003, 0.02, 0.1):
        inputs, out = Quantization(scale, int(rng.integers(-128, 128))), Quantization(0.03, -7)
        means, spread = rng.uniform(-60, 60, (100, 1)), rng.uniform(0.3, 60, (100, 1))
        codes = np.clip(np.rint(rng.normal(means, spread, (100, row))), -128, 127).astype(np.int8)
        gain, bias = rng.normal(1, 0.3, row), rng.normal(0, 0.5, row)
        found = layer_norm(codes, LayerNorm.of(inputs, out, gain, bias, EPSILON))
        real = exact(inputs.real(codes), gain, bias, EPSILON)
        difference = np.abs(found - out.codes(real).astype(int))
        assert difference.max() <= 1
        tie = np.abs(real / out.scale % 1 - 0.5) < 1e-4  # 2 of 10,000 outputs
        assert not difference[~tie].any()


def test_inverse_roots(rng: np.random.Generator):
    edges = [np.arange(1 << 30, (1 << 30) + 1000), np.arange((1 << 32) - 1000, 1 << 32)]
    m = np.concatenate([*edges, rng.integers(1 << 30, 1 << 32, 100_000)]).astype(np.uint64)
    y = inverse_root(m)
    assert y.max() < 1 << 31
    assert np.abs(y * np.sqrt(m.astype(np.float64)) / 2.0**46 - 1).max() < 2.0**-23


@pytest.mark.parametrize("row", [2, 3, 256, 257, MAX_ROW])
@pytest.mark.parametrize("epsilon", [0, 1.0])
def test_widths(row: int, epsilon: float):
    """One code apart from the others, and half of them at each end: extremes of deviation and spread."""
    codes = np.full((4, row), -128, np.int8)
    codes[0, 0], codes[1, 0], codes[2, ::2] = -127, 127, 127
    inputs = Quantization(1 / 128)
    parameters = LayerNorm.of(inputs, Quantization(0.1), np.ones(row), np.zeros(row), epsilon)
    wide = codes.astype(object)
    sums, squares = wide.sum(axis=1), (wide * wide).sum(axis=1)
    for codes_of_row, total, square in zip(wide, sums, squares, strict=True):
        spread = max((row * square - total * total << 16) + parameters.epsilon, 1 << 16)
        assert spread < 1 << 60
        e = ((spread >> 16).bit_length() + 1 >> 1) - 16
        assert 0 <= parameters.shift - e < 32
        assert abs((row * codes_of_row - total) << (parameters.shift - e)).max() < 1 << 31
    real = exact(inputs.real(codes), np.ones(row), np.zeros(row), max(epsilon, 1e-30))
    assert np.abs(layer_norm(codes, parameters) - np.clip(np.rint(real * 10), -128, 127)).max() <= 1


def test_channels_have_their_own_gain_and_bias():
    """Zero and negative gains, and a bias that takes bits from the multiplier."""
    gain, bias = np.array([0, -1, 1e-7, 2.0]), np.array([0, 0.5, -3.0, 1000.0])
    out = Quantization(0.05, 4)
    parameters = LayerNorm.of(Quantization(0.1), out, gain, bias, EPSILON)
    assert parameters.requantization.tier(np.full(4, 1 << 30)) is Tier.HIGH
    shift = parameters.requantization.shift
    assert SHIFTS[0] <= shift.min()
    assert shift.max() <= SHIFTS[1]
    codes = np.array([[3, 50, -20, 1], [0, -128, 127, 60]], np.int8)
    real = exact(Quantization(0.1).real(codes), gain, bias, EPSILON)
    assert np.array_equal(layer_norm(codes, parameters), out.codes(real))


def test_the_output_is_clipped():
    parameters = LayerNorm.of(
        Quantization(0.1), Quantization(0.01), np.ones(8), np.zeros(8), EPSILON, lo=-9, hi=30
    )
    found = layer_norm(np.arange(8, dtype=np.int8), parameters)
    assert (found.min(), found.max()) == (-9, 30)


@pytest.mark.parametrize(
    ("row", "gain", "bias", "epsilon", "message"),
    [
        (MAX_ROW + 1, 1.0, 0.0, 0, "1 to 16384 elements, not 16385"),
        (4, 1.0, 0.0, 164.0, r"epsilon must be in 0..163.84 for inputs with a step of 0.1, not 164"),
        (4, 1.0, 0.0, float("nan"), "epsilon must be in"),
        (4, 1e9, 0.0, 0, "gain or the bias of channel 0 is too large"),
        (4, 1.0, 1e9, 0, "gain or the bias of channel 0 is too large"),
        (4, float("inf"), 0.0, 0, "gain of channel 0 must be finite"),
        (4, 1.0, float("nan"), 0, "bias of channel 0 must be finite"),
    ],
)
def test_what_is_refused(row: int, gain: float, bias: float, epsilon: float, message: str):
    with pytest.raises(UserError, match=message):
        LayerNorm.of(Quantization(0.1), Quantization(0.05), np.full(row, gain), np.full(row, bias), epsilon)
