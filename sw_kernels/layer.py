"""A layer ready for a kernel: checked operands, their form in memory, and the C struct."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from common.errors import UserError
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Arithmetic, Kernel


def check_array(name: str, array: np.ndarray, shape: tuple[int, ...], dtype: type, of: object) -> None:
    """Raise ``UserError`` unless an operand has this shape and type."""
    if array.shape != shape or array.dtype != dtype:
        raise UserError(
            f"{name} of {of} must be {np.dtype(dtype)} of shape {shape}, "
            f"not {array.dtype} of shape {array.shape}"
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer(ABC):
    """A layer and the kernel that computes it.

    Parameters
    ----------
    geometry : Geometry
        Shapes, of the kernel's operator.
    kernel : Kernel
        What computes it.
    inputs : ndarray, ``geometry.input_shape``, int8
        Activations.

    Raises
    ------
    UserError
        When the kernel computes another operator, or a shape or type is wrong.
    """

    geometry: Geometry
    kernel: Kernel
    inputs: np.ndarray

    #: Bytes that a kernel may read past the end of an activation.
    overread: ClassVar[int] = 0

    def __post_init__(self) -> None:
        operator = self.kernel.operator
        if type(self) is not operator.layer or type(self.geometry) is not operator.geometry:
            raise UserError(
                f"a kernel of {operator} needs a geometry of {operator}, not the "
                f"{type(self.geometry).__name__} {self.geometry}"
            )
        check_array("inputs", self.inputs, self.geometry.input_shape, np.int8, self.geometry)

    @classmethod
    @abstractmethod
    def random(cls, geometry: Geometry, kernel: Kernel, seed: int) -> Self:
        """A layer with random operands."""

    @abstractmethod
    def golden(self) -> np.ndarray:
        """The output by NumPy, int8 in the geometry's output shape."""

    @property
    @abstractmethod
    def arithmetic(self) -> Arithmetic:
        """The kernel's macros for this layer."""

    @property
    def activations(self) -> dict[str, np.ndarray]:
        """Operands that other layers make, by the names of the C struct's pointers; the input first."""
        return {"input": self.inputs}

    @property
    @abstractmethod
    def constants(self) -> Mapping[str, bytes]:
        """Operands beside the activations, by the names of the C struct's pointers, as they lie in memory."""

    @property
    @abstractmethod
    def scalars(self) -> Mapping[str, int]:
        """Members of the C struct that are no pointers, in its order."""

    @property
    @abstractmethod
    def arguments(self) -> tuple[str, ...]:
        """C expressions that the kernel is called with after the struct, to compute the whole layer."""

    @property
    def buffers(self) -> Mapping[str, int]:
        """Sizes in bytes of the scratch arrays that ``arguments`` names."""
        return {}

    @property
    def padding_value(self) -> int:
        """Value of the input's padding."""
        return 0

    @property
    def seen(self) -> Geometry:
        """The geometry as the kernel sees it, in the layout of its activations."""
        return self.kernel.activations.seen(self.geometry)

    @property
    def read_past(self) -> int:
        """Bytes that the kernel may read past the end of an activation, by layer and layout."""
        return max(self.overread, self.kernel.activations.overread)

    @property
    def arrays(self) -> dict[str, bytes]:
        """All operands by name, as they lie in memory."""
        layout = self.kernel.activations
        behind = bytes(self.read_past)
        made = {
            name: layout.pack(array, self.geometry, self.padding_value) + behind
            for name, array in self.activations.items()
        }
        return {**made, **self.constants}

    @property
    def scratch(self) -> dict[str, int]:
        """Sizes in bytes of the arrays that the kernel writes."""
        return {"output": self.kernel.makes.size(self.geometry.output_shape), **self.buffers}

    def output_of(self, content: bytes) -> np.ndarray:
        """The output, int8 in the geometry's output shape, from the array that the kernel wrote."""
        return self.kernel.makes.values(np.frombuffer(content, np.int8), self.geometry.output_shape)

    @property
    def symbol(self) -> str:
        """Name of the kernel function."""
        return self.kernel.symbol(self.arithmetic)

    @property
    def size(self) -> int:
        """Bytes of all operands in L1."""
        return sum(map(len, self.arrays.values())) + sum(self.scratch.values())

    def __str__(self) -> str:
        return f"layer {self.geometry} ({self.kernel})"
