"""Nodes that move codes and compute none: reshapes, views, concatenations, paddings."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import accumulate
from math import prod

import numpy as np

from common.errors import UserError
from compiler.graph import Node
from reference.strided import check_view, strided
from sw_kernels.packing.activations import BANDED
from sw_kernels.strided.axis import dense


@dataclass(frozen=True, kw_only=True, eq=False)
class Movement(Node, ABC):
    """A node whose output has the codes of its inputs at other places, and constants."""

    @abstractmethod
    def moved(self, *inputs: np.ndarray) -> np.ndarray:
        """The output by NumPy, of the inputs' type; the scales of a concatenation's inputs must be equal."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reshape(Movement):
    """The same bytes in another shape."""

    def moved(self, *inputs: np.ndarray) -> np.ndarray:
        return inputs[0].reshape(self.output.shape)


@dataclass(frozen=True, kw_only=True, eq=False)
class Strided(Movement):
    """One strided view of the input's bytes, in the output's shape: a transpose, slice, split or gather.

    The element at (i, j, ...) is the input's element ``offset + i * strides[0] + j * strides[1] + ...``,
    counted in its memory. A stride of 0 repeats elements, so that a nearest resize is one view with an axis
    for the copies; a negative one reverses an axis.

    Parameters
    ----------
    offset : int
    strides : tuple of int
        One for each axis of the output.

    Raises
    ------
    UserError
        When the view leaves the input.
    """

    offset: int
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        check_view(self.inputs[0].size, self.offset, self.output.shape, self.strides)

    def moved(self, *inputs: np.ndarray) -> np.ndarray:
        return strided(inputs[0], self.offset, self.output.shape, self.strides)

    @property
    def in_place(self) -> bool:
        """True if the elements are consecutive ones of the input, so that none need to move."""
        shape = self.output.shape
        axes = zip(shape, self.strides, dense(shape), strict=True)
        return all(length == 1 or stride == wanted for length, stride, wanted in axes)


@dataclass(frozen=True, kw_only=True, eq=False)
class Concat(Movement):
    """The inputs one after the other along an axis; their scales may differ from the output's.

    Parameters
    ----------
    axis : int
        0 to the output's number of axes less 1.

    Raises
    ------
    UserError
        When the inputs do not make the output's shape.
    """

    axis: int

    def __post_init__(self) -> None:
        shapes = [tensor.shape for tensor in self.inputs]
        wanted, axis = self.output.shape, self.axis
        lengths = [shape[axis] if 0 <= axis < len(shape) else 0 for shape in shapes]
        across = {shape[:axis] + shape[axis + 1 :] for shape in shapes}
        if 0 in lengths or across != {wanted[:axis] + wanted[axis + 1 :]} or sum(lengths) != wanted[axis]:
            raise UserError(
                f"a concatenation on axis {axis} of {', '.join(map(str, shapes))} does not make {wanted}"
            )

    def moved(self, *inputs: np.ndarray) -> np.ndarray:
        return np.concatenate(inputs, axis=self.axis)

    @property
    def in_place(self) -> bool:
        """True if the inputs are consecutive bytes of the output, so that none need to move."""
        return prod(self.output.shape[: self.axis]) == 1

    @property
    def starts(self) -> tuple[int, ...]:
        """Elements of the output before the first of each input, where ``in_place``."""
        return (0, *accumulate(tensor.size for tensor in self.inputs[:-1]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Pad(Movement):
    """The input with elements of one value around it.

    Parameters
    ----------
    before, after : tuple of int
        Elements added at the two ends of each axis, 0 or more.
    value : int
        Their code, on the scale of the output.

    Raises
    ------
    UserError
        When this does not make the output's shape, or the value is no int8.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    value: int

    def __post_init__(self) -> None:
        shape, pads = self.inputs[0].shape, (*self.before, *self.after)
        ends = list(zip(shape, self.before, self.after, strict=False))
        made = tuple(length + before + after for length, before, after in ends)
        if len(pads) != 2 * len(shape) or min(pads, default=0) < 0 or made != self.output.shape:
            raise UserError(
                f"padding of {self.before} and {self.after} elements does not make {self.output.shape} "
                f"of {shape}"
            )
        if not -128 <= self.value <= 127:
            raise UserError(f"the value of a padding must be in -128..127, not {self.value}")

    def moved(self, *inputs: np.ndarray) -> np.ndarray:
        ends = list(zip(self.before, self.after, strict=True))
        return np.pad(inputs[0], ends, constant_values=self.value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reorder(Movement):
    """The same values in another layout: rows become bands, or bands become rows."""

    @property
    def to_bands(self) -> bool:
        """True if the output is banded."""
        return self.output.layout is BANDED

    def moved(self, *inputs: np.ndarray) -> np.ndarray:
        return inputs[0]
