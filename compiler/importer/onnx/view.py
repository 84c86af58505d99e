"""The elements of a model's value as places in the memory of an activation."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from compiler.graph import Tensor
from compiler.problem import UnsupportedError
from hw.config import MEMORY_MAP

#: Most elements of an activation: those of the largest memory of a cluster.
MAX_ELEMENTS = MEMORY_MAP.l3.size
Movement = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class View:
    """A value in the order of the model file, as a strided view of a tensor's memory.

    Transposes, slices and most reshapes change the view alone. The memory is the tensor's own order,
    such as rows, columns and channels for an image.

    Parameters
    ----------
    tensor : Tensor
    memory : ndarray, shape (tensor.size,), int8
        Stands for the tensor's memory; its content means nothing.
    places : ndarray, int8
        A view of ``memory`` in the value's shape, with the batch.
    """

    tensor: Tensor
    memory: np.ndarray
    places: np.ndarray

    @staticmethod
    def of(tensor: Tensor, order: Movement = lambda memory: memory) -> "View":
        """A view of a whole tensor; ``order`` makes the value's shape of an array of the tensor's shape."""
        size = math.prod(tensor.shape)
        if not 1 <= size <= MAX_ELEMENTS:
            raise UnsupportedError(
                f"{tensor.name!r} has the shape {list(tensor.shape)}", f"use 1 to {MAX_ELEMENTS:,} elements"
            )
        memory = np.empty(size, np.int8)
        return View(tensor, memory, order(memory.reshape(tensor.shape)))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self.places.shape

    @property
    def offset(self) -> int:
        """Place of the first element."""
        return _address(self.places) - _address(self.memory)

    @property
    def strides(self) -> tuple[int, ...]:
        """Places from one element to the next, for each axis."""
        return self.places.strides

    def moved(self, movement: Movement) -> "View":
        """The view of a movement's result; ``ValueError`` when NumPy can only copy the elements."""
        places = movement(self.places)
        if not np.may_share_memory(places, self.memory):
            raise ValueError("the movement copies")
        return replace(self, places=places)

    def over(self, tensor: Tensor) -> "View":
        """The same places in another tensor of the same size."""
        return replace(self, tensor=tensor)

    def whole(self) -> bool:
        """True if the elements are the tensor's memory in its order."""
        return self.offset == 0 and self.places.size == self.tensor.size and self.places.flags.c_contiguous

    def same(self, other: "View") -> bool:
        """True if both are the same places of one tensor."""
        mine, theirs = (
            (view.tensor, view.shape, view.offset, significant(view.places)) for view in (self, other)
        )
        return mine == theirs

    def order(self) -> tuple[int, ...]:
        """Axes by the order of the memory, those of length 1 first."""
        shape, strides = self.shape, self.strides
        return tuple(sorted(range(len(shape)), key=lambda axis: (shape[axis] > 1, -abs(strides[axis]))))


def significant(places: np.ndarray) -> tuple[int, ...]:
    """Strides of the axes longer than 1."""
    return tuple(s for s, length in zip(places.strides, places.shape, strict=True) if length > 1)


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]
