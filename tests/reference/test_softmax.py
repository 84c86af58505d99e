"""The golden softmax against real numbers."""

import numpy as np
import pytest

from common.errors import UserError
from reference.quantization import Quantization
from reference.softmax import Softmax, softmax

OUTPUTS = (Quantization(1 / 256, -128), Quantization(0.3 / 255, -128), Quantization(1 / 127))


def exact(codes: np.ndarray, inputs: Quantization) -> np.ndarray:
    """The softmax in real numbers."""
    powers = np.exp(inputs.scale * (codes.astype(np.float64) - codes.max(axis=-1, keepdims=True)))
    return powers / powers.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("columns", [1, 2, 10, 197, 1000])
@pytest.mark.parametrize("out", OUTPUTS, ids=str)
def test_softmax_of_random_rows(rng: np.random.Generator, columns: int, out: Quantization):
    different = []
    for scale in (0.001, 0.02, 0.1, 0.5):
        inputs = Quantization(scale, int(rng.integers(-128, 128)))
        spread = rng.integers(1, 100, (100, 1))
        codes = np.clip(np.rint(rng.normal(0, spread, (100, columns))), -128, 127).astype(np.int8)
        real = exact(codes, inputs)
        difference = np.abs(softmax(codes, Softmax.of(inputs, out)) - out.codes(real).astype(int))
        assert difference.max() <= 1
        tie = np.abs(real / out.scale % 1 - 0.5) < 1e-6
        different.append(((difference > 0) & ~tie).mean())
    assert np.mean(different) < (4e-3 if columns == 2 else 1e-3)


def test_equal_codes_have_equal_shares():
    out = Quantization(1 / 256, -128)
    codes = np.full((2, 3, 4), 17, np.int8)
    assert (softmax(codes, Softmax.of(Quantization(0.1), out)) == 64 - 128).all()


def test_a_row_of_one_is_the_largest_code():
    codes = np.array([[-128], [127]], np.int8)
    assert softmax(codes, Softmax.of(Quantization(0.1), Quantization(1 / 256, -128))).tolist() == [
        [127],
        [127],
    ]
    assert softmax(codes, Softmax.of(Quantization(0.1), Quantization(1 / 100, 3))).tolist() == [[103], [103]]


def test_sums_of_32_bits():
    codes = np.full((1, 1 << 16), 5, np.int8)
    parameters = Softmax.of(Quantization(0.1), Quantization(1.0, -7))
    assert (softmax(codes, parameters) == -7).all()
    with pytest.raises(UserError, match="at most 65536 elements, not 65537"):
        softmax(np.zeros(65537, np.int8), parameters)


@pytest.mark.parametrize("scale", [2.0, 1e-9])
def test_output_scales_that_are_refused(scale: float):
    with pytest.raises(UserError, match=r"output scale must be in 1.86265e-09..1"):
        Softmax.of(Quantization(0.1), Quantization(scale))
