"""Requantization against exact rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from common.errors import UserError
from reference.requantization import Requantization, Tier, accumulator_bound
from reference.requantize import from_scale, requantize


def test_requantize_equals_python_integers(rng: np.random.Generator) -> None:
    k = 64
    parameters = Requantization(
        mul=rng.integers(-(1 << 31), 1 << 31, k).astype(np.int32),
        add=rng.integers(-(1 << 61), 1 << 61, k),
        shift=rng.integers(0, 63, k),
        lo=-100,
        hi=90,
    )
    acc = rng.integers(-(1 << 31), 1 << 31, (50, k)).astype(np.int32)
    acc[0], acc[1], acc[2] = 0, -(1 << 31), (1 << 31) - 1
    columns = zip(parameters.mul, parameters.add, parameters.shift, strict=True)
    for channel, (mul, add, shift) in enumerate(columns):
        for a, got in zip(acc[:, channel], requantize(acc, parameters)[:, channel], strict=True):
            assert got == min(max((int(a) * int(mul) + int(add)) >> int(shift), -100), 90)


def test_small_values_round_down() -> None:
    """Every step of a division by 4 is seen, on both sides of zero."""
    parameters = Requantization(np.array([1]), np.array([1]), np.array([2]), -3, 3)
    acc = np.arange(-15, 16, dtype=np.int32)[:, None]
    wanted = [min(max((a + 1) // 4, -3), 3) for a in range(-15, 16)]
    assert requantize(acc, parameters).ravel().tolist() == wanted


@pytest.mark.parametrize("bits", [31, 16, 8, 1])
def test_scale_is_normalised_and_halves_round_up(bits: int) -> None:
    scale = np.array([0.5, 2.0**-10, 1 / 3, 0.999999999999, 1.0, 2.0**-30, 0.0])
    parameters = from_scale(scale, bits=bits)
    for mul, add, shift, wanted in zip(parameters.mul, parameters.add, parameters.shift, scale, strict=True):
        assert int(mul).bit_length() == (bits if wanted else 0)
        assert add == (1 << int(shift) >> 1)
        assert abs(Fraction(int(mul), 1 << int(shift)) - Fraction(wanted)) * (1 << int(shift)) <= 1
    assert from_scale(np.array([2.0**-60])).shift == 62
    half = from_scale(np.array([0.5]))
    assert requantize(np.array([[3], [-3], [1], [-1]], np.int32), half).ravel().tolist() == [2, -1, 1, 0]


def test_31_bits_equal_exact_rounding(rng: np.random.Generator) -> None:
    scale = 10.0 ** rng.uniform(-6, -2, 16)
    acc = np.rint(rng.uniform(-200, 200, (4000, 16)) / scale).clip(-(1 << 30), 1 << 30).astype(np.int32)
    exact = np.clip(np.rint(acc * scale), -128, 127)
    assert np.array_equal(requantize(acc, from_scale(scale)), exact)


@pytest.mark.parametrize(
    ("scale", "bits", "text"),
    [(-1.0, 31, "channel 0"), (np.nan, 31, "channel 0"), (4.0, 2, "2-bit multiplier"), (1.0, 32, "1..31")],
)
def test_impossible_scales(scale: float, bits: int, text: str) -> None:
    with pytest.raises(UserError, match=text):
        from_scale(np.array([scale]), bits=bits)


def test_impossible_parameters() -> None:
    one = np.array([1])
    for arguments, text in [
        ((one, one, np.array([63])), "shift of channel 0 must be in 0..62, not 63"),
        ((np.array([1 << 31]), one, one), "mul of channel 0"),
        ((one, one, np.array([1, 2])), "one mul, add and shift per channel"),
        ((one, one, one, 5, 4), "lo=5, hi=4"),
        ((one, one, one, -129, 4), "lo=-129"),
    ]:
        with pytest.raises(UserError, match=text):
            Requantization(*arguments)


def test_tier_is_the_cheapest_that_is_exact() -> None:
    def tier(bound: int, mul: int, add: int, shift: int) -> Tier:
        return Requantization(np.array([mul]), np.array([add]), np.array([shift])).tier(np.array([bound]))

    limit = (1 << 31) - 1
    assert tier(limit, 1, 0, 0) is Tier.NARROW
    assert tier(limit, 1, 1, 0) is Tier.WIDE
    assert tier(limit, -1, -1, 0) is Tier.WIDE
    assert tier(1, 1, 0, 32) is Tier.WIDE
    assert tier(limit, limit, 1 << 32, 33) is Tier.HIGH
    assert tier(limit, limit, 1 << 31, 33) is Tier.WIDE
    assert tier(limit, limit, 1 << 32, 32) is Tier.WIDE


def test_accumulator_bound_is_reached_and_checked() -> None:
    weights = np.array([[-128, 127, 3], [1, 0, -1]], np.int8)
    bias = np.array([-5, 6], np.int32)
    assert accumulator_bound(weights, bias).tolist() == [(128 + 127 + 3) * 128 + 5, 2 * 128 + 6]
    with pytest.raises(UserError, match="channel 1 can reach"):
        accumulator_bound(weights, np.array([0, (1 << 31) - 1], np.int64))
