"""The golden strided view against NumPy's own movements."""

from random import Random

import numpy as np
import pytest

from common.errors import UserError
from reference.strided import check_view, strided


def dense(shape: tuple[int, ...]) -> list[int]:
    """Strides of an array of this shape."""
    return [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]


def test_transposes_and_slices_with_any_step(rng: np.random.Generator, seed: int):
    random = Random(seed)
    for _ in range(100):
        shape = tuple(random.randrange(1, 6) for _ in range(random.randrange(1, 5)))
        values = rng.integers(-128, 128, shape).astype(np.int8)
        order = random.sample(range(len(shape)), len(shape))
        slices = []
        for length in shape:
            begin = random.randrange(length)
            step = random.choice((1, 2, -1, -2))
            slices.append(slice(begin, None, step))
        expected = values[tuple(slices)].transpose(order)
        offset = sum(part.start * stride for part, stride in zip(slices, dense(shape), strict=True))
        strides = [part.step * stride for part, stride in zip(slices, dense(shape), strict=True)]
        found = strided(values, offset, expected.shape, tuple(strides[axis] for axis in order))
        assert np.array_equal(found, expected)
        assert found.flags.c_contiguous


def test_a_stride_of_0_repeats():
    values = np.arange(6, dtype=np.int8).reshape(1, 3, 2)
    found = strided(values, 0, (1, 2, 3, 2, 2), (6, 0, 2, 0, 1))
    assert np.array_equal(found.reshape(2, 6, 2), values.repeat(2, axis=0).repeat(2, axis=1))


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ((12, 0, (4, 4), (3, 1)), "elements 0 to 12, but the array has elements 0 to 11"),
        ((12, 2, (4,), (-1,)), "reaches elements -1 to 2"),
        ((12, 0, (4,), (1, 1)), "needs a stride for each axis"),
        ((12, 0, (0,), (1,)), "none of them empty"),
    ],
)
def test_a_view_stays_inside(view: tuple, message: str):
    with pytest.raises(UserError, match=message):
        check_view(*view)
