"""The golden product against the real one."""

import numpy as np
import pytest

from common.errors import UserError
from reference.mul import Multiplication, mul
from reference.quantization import Quantization
from reference.requantization import Requantization
from reference.table import CODES

FIRST, SECOND = (array.ravel() for array in np.meshgrid(CODES, CODES))


def test_all_pairs_of_codes_give_the_real_product(rng: np.random.Generator):
    for _ in range(20):
        first, second = (Quantization(rng.uniform(0.01, 0.1), int(rng.integers(-128, 128))) for _ in range(2))
        out = Quantization(first.scale * second.scale * rng.uniform(5, 300), int(rng.integers(-128, 128)))
        found = mul(FIRST, SECOND, Multiplication.of(first, second, out))
        real = first.real(FIRST) * second.real(SECOND)
        difference = np.abs(found.astype(int) - out.codes(real))
        tie = np.abs(real / out.scale % 1 - 0.5) < 1e-6
        assert difference.max() <= 1
        assert ((difference > 0) & ~tie).mean() < 1e-4


def test_a_tie_is_rounded_up():
    parts = Quantization(0.5, 1), Quantization(0.25, -1), Quantization(1.0)
    codes = np.array([5, -3], np.int8), np.array([0, 0], np.int8)  # 4 * 1 / 8 and -4 * 1 / 8
    assert mul(*codes, Multiplication.of(*parts)).tolist() == [1, 0]


def test_the_range_clips():
    parts = Quantization(0.1), Quantization(0.1), Quantization(0.1)
    exact = Multiplication.of(*parts)
    found = mul(FIRST, SECOND, Multiplication.of(*parts, lo=-7, hi=99))
    assert np.array_equal(found, np.clip(mul(FIRST, SECOND, exact), -7, 99))


def test_outputs_that_are_too_fine_are_refused():
    with pytest.raises(UserError, match=r"shift must be at least 33 .* enlarge the scale"):
        Multiplication.of(Quantization(1.0), Quantization(1.0), Quantization(4.0))
    Multiplication.of(Quantization(1.0), Quantization(1.0), Quantization(4.1))
    two = Requantization(np.array([1, 1], np.int32), np.zeros(2, np.int64), np.full(2, 33, np.int64))
    with pytest.raises(UserError, match="one set of parameters, not 2"):
        Multiplication(0, 0, two)
