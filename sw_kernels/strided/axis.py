"""Axes of a copy from one strided array to another."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple


class Axis(NamedTuple):
    """Elements in a row, and the elements of both arrays from one to the next."""

    count: int
    source: int
    target: int


def dense(shape: Sequence[int]) -> tuple[int, ...]:
    """Strides of an array without gaps."""
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def merged(axes: Sequence[Axis]) -> list[Axis]:
    """The same copy with the fewest axes: none of one element, and neighbours that are one row joined."""
    found: list[Axis] = []
    for axis in axes:
        if axis.count == 1:
            continue
        outer = found[-1] if found else None
        reach = axis.count * axis.source, axis.count * axis.target
        if outer is not None and (outer.source, outer.target) == reach:
            found[-1] = Axis(outer.count * axis.count, axis.source, axis.target)
        else:
            found.append(axis)
    return found
