"""Golden tables of real functions."""

from collections.abc import Callable

import numpy as np
import pytest

from common.errors import UserError
from reference.quantization import Quantization
from reference.table import CODES, entries_of, table

FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "hard swish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_output_is_the_rounded_real_one(rng: np.random.Generator, name: str):
    codes = rng.integers(-128, 128, (5, 7, 3)).astype(np.int8)
    inputs, out = Quantization(0.05, -11), Quantization(0.02, 20)
    found = table(codes, entries_of(FUNCTIONS[name], inputs, out))
    assert np.array_equal(found, out.codes(FUNCTIONS[name](inputs.real(codes))))


def test_entries_begin_with_the_smallest_code():
    assert np.array_equal(table(CODES, CODES), CODES)
    assert table(np.array([-128, 127], np.int8), CODES[::-1]).tolist() == [127, -128]


@pytest.mark.parametrize("entries", [np.zeros(255, np.int8), np.zeros(256, np.uint8)])
def test_what_is_no_table(entries: np.ndarray):
    with pytest.raises(UserError, match=r"int8 of shape \(256,\), not"):
        table(CODES, entries)
