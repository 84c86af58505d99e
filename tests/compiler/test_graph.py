"""Nodes whose shapes do not fit their tensors."""

import pytest

from common.errors import UserError
from compiler.graph import Tensor
from compiler.movement import Concat, Pad, Strided
from reference.quantization import Quantization


def tensor(*shape: int) -> Tensor:
    return Tensor(name="x", shape=shape, quantization=Quantization(0.1))


def test_a_view_that_leaves_its_input():
    with pytest.raises(UserError, match="elements 0 to 12, but the array has elements 0 to 11"):
        Strided(name="view", inputs=(tensor(3, 4),), output=tensor(4, 4), offset=0, strides=(3, 1))


@pytest.mark.parametrize("axis", [0, 2, -1])
def test_a_concatenation_of_other_shapes(axis: int):
    with pytest.raises(UserError, match=rf"on axis {axis} of \(2, 3\), \(2, 4\) does not make \(2, 7\)"):
        Concat(name="concat", inputs=(tensor(2, 3), tensor(2, 4)), output=tensor(2, 7), axis=axis)


@pytest.mark.parametrize(("before", "after"), [((1, 0), (0, 1)), ((1,), (1,)), ((3, 0), (-1, 0))])
def test_a_padding_of_another_shape(before: tuple[int, ...], after: tuple[int, ...]):
    with pytest.raises(UserError, match=r"does not make \(5, 3\) of \(3, 3\)"):
        Pad(name="pad", inputs=(tensor(3, 3),), output=tensor(5, 3), before=before, after=after, value=0)


def test_a_padding_beyond_int8():
    with pytest.raises(UserError, match=r"must be in -128..127, not 200"):
        Pad(name="pad", inputs=(tensor(3),), output=tensor(4), before=(1,), after=(0,), value=200)


@pytest.mark.parametrize(
    ("shape", "offset", "strides", "in_place"),
    [
        ((2, 4), 4, (4, 1), True),
        ((1, 3), 1, (0, 1), True),
        ((3, 4), 0, (4, 1), True),
        ((3, 2), 0, (4, 1), False),
        ((4, 3), 0, (1, 4), False),
        ((3, 1), 2, (4, 1), False),
        ((2,), 1, (-1,), False),
    ],
)
def test_views_of_consecutive_bytes(
    shape: tuple[int, ...], offset: int, strides: tuple[int, ...], in_place: bool
):
    view = Strided(name="view", inputs=(tensor(3, 4),), output=tensor(*shape), offset=offset, strides=strides)
    assert view.in_place == in_place


def test_concatenations_of_consecutive_bytes():
    outer = Concat(name="a", inputs=(tensor(1, 2, 4), tensor(1, 3, 4)), output=tensor(1, 5, 4), axis=1)
    assert outer.in_place
    assert outer.starts == (0, 8)
    assert not Concat(name="b", inputs=(tensor(2, 1), tensor(2, 1)), output=tensor(2, 2), axis=1).in_place
