"""The golden product of activations against real numbers."""

import numpy as np
import pytest

from common.errors import UserError
from reference.matmul import Product, matmul
from reference.quantization import Quantization
from reference.requantization import Requantization


@pytest.mark.parametrize(
    "shapes", [((1, 1), (1, 1)), ((3, 20, 64), (3, 7, 64)), ((2, 3, 5, 197), (2, 3, 4, 197))]
)
@pytest.mark.parametrize("zeros", [(0, 0), (-128, 17)])
def test_products_of_random_rows(
    rng: np.random.Generator, shapes: tuple[tuple[int, ...], ...], zeros: tuple[int, int]
):
    first, second = (rng.integers(-128, 128, shape).astype(np.int8) for shape in shapes)
    a, b = (Quantization(0.01, zero) for zero in zeros)
    real = a.real(first) @ b.real(second).swapaxes(-1, -2)
    out = Quantization(float(np.abs(real).max()) / 100, 5)
    found = matmul(first, second, Product.of(a, b, out, lo=-90, hi=90))
    assert found.shape == real.shape
    difference = np.abs(found - np.clip(out.codes(real), -90, 90).astype(int))
    tie = np.abs(real / out.scale % 1 - 0.5) < 1e-6
    assert difference[~tie].max(initial=0) == 0


def test_accumulators_that_pass_32_bits():
    parameters = Product.of(Quantization(0.1, -128), Quantization(0.1, 127), Quantization(1))
    assert parameters.bound(32_000) == 32_000 * 256 * 255
    a = np.zeros((1, 33_000), np.int8)
    with pytest.raises(UserError, match="accumulator of K=33000 can reach 2154240000, beyond int32"):
        matmul(a, a, parameters)


def test_one_set_of_parameters():
    two = np.ones(2, np.int64)
    with pytest.raises(UserError, match="give one set of parameters, not 2"):
        Product(0, 0, Requantization(two, two, two))


def test_outputs_finer_than_their_products():
    with pytest.raises(UserError, match=r"shift must be at least 33 .* not 32 .* enlarge the scale"):
        Product.of(Quantization(0.1), Quantization(0.1), Quantization(0.03))
