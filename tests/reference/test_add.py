"""The golden addition against the real sum, and its parameters."""

from dataclasses import replace

import numpy as np
import pytest

from common.errors import UserError
from reference.add import Addition, add
from reference.quantization import Quantization
from reference.requantization import INT32, Clip

CODES = np.arange(-128, 128, dtype=np.int8)
FIRST, SECOND = (array.ravel() for array in np.meshgrid(CODES, CODES))


def random_quantization(rng: np.random.Generator) -> Quantization:
    return Quantization(rng.uniform(0.001, 0.1), int(rng.integers(-128, 128)))


def test_all_pairs_of_codes_give_the_real_sum(rng: np.random.Generator):
    different = []
    for _ in range(20):
        first, second, out = (random_quantization(rng) for _ in range(3))
        found = add(FIRST, SECOND, Addition.of(first, second, out))
        exact = out.codes(first.real(FIRST) + second.real(SECOND))
        difference = np.abs(found.astype(int) - exact)
        assert difference.max() <= 1
        different.append((difference > 0).mean())
    assert np.mean(different) < 1e-4


def test_a_tie_is_rounded_up():
    half = Addition.of(Quantization(0.5), Quantization(0.5), Quantization(1.0))
    found = add(np.array([1, -1, 3, -3], np.int8), np.zeros(4, np.int8), half)
    assert found.tolist() == [1, 0, 2, -1]


def test_the_range_clips():
    parts = Quantization(1.0), Quantization(1.0), Quantization(1.0)
    for lo, hi, clip in ((-128, 127, Clip.INT8), (0, 127, Clip.RELU), (-7, 99, Clip.BOUNDS)):
        parameters = Addition.of(*parts, lo=lo, hi=hi)
        assert parameters.clip is clip
        exact = np.clip(FIRST.astype(int) + SECOND, lo, hi)
        assert np.array_equal(add(FIRST, SECOND, parameters), exact)


def test_the_shift_is_the_largest_that_fits(rng: np.random.Generator):
    for _ in range(100):
        first, second, out = (random_quantization(rng) for _ in range(3))
        parameters = Addition.of(first, second, out)
        assert parameters.bound <= INT32.max
        if parameters.shift < 31:
            assert parameters.bound > INT32.max // 2 - 1000


def test_sums_that_pass_32_bits_are_refused():
    parts = Quantization(0.1), Quantization(0.1), Quantization(0.1)
    good = Addition.of(*parts)
    with pytest.raises(UserError, match=r"must be at most 2147483647, not .* smaller shift"):
        replace(good, m1=2 * good.m1, m2=2 * good.m2)
    with pytest.raises(UserError, match=r"shift must be in 0..31, not 32"):
        replace(good, shift=32)
    with pytest.raises(UserError, match="addition: lo and hi must satisfy -128 <= lo <= hi <= 127"):
        replace(good, lo=3, hi=2)
    with pytest.raises(UserError, match="too large for an output scale of 1e-09"):
        Addition.of(parts[0], parts[1], Quantization(1e-9))


@pytest.mark.parametrize(
    ("scale", "zero", "message"),
    [(0.0, 0, "scale must be positive"), (float("nan"), 0, "not nan"), (1.0, 128, "-128..127, not 128")],
)
def test_what_is_no_quantization(scale: float, zero: int, message: str):
    with pytest.raises(UserError, match=message):
        Quantization(scale, zero)
