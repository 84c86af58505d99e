"""Layers that compute every item of an array by itself: elements, or rows of the last axis."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from sw_kernels.geometry import Geometry
from sw_kernels.layer import Layer, check_array


@dataclass(frozen=True, kw_only=True)
class FlatGeometry(Geometry):
    """An array of items; the output has the input's shape."""

    @property
    @abstractmethod
    def items(self) -> int:
        """Number of items."""

    @property
    @abstractmethod
    def item_bytes(self) -> int:
        """Bytes of an item."""

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.input_shape


@dataclass(frozen=True, kw_only=True)
class ElementwiseGeometry(FlatGeometry):
    """N elements, in whatever shape."""

    N: int

    @property
    def items(self) -> int:
        return self.N

    @property
    def item_bytes(self) -> int:
        return 1

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.N,)


@dataclass(frozen=True, kw_only=True)
class RowsGeometry(FlatGeometry):
    """T rows of C elements."""

    C: int
    T: int = 1

    @property
    def items(self) -> int:
        return self.T

    @property
    def item_bytes(self) -> int:
        return self.C

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.T, self.C


@dataclass(frozen=True, eq=False, kw_only=True)
class FlatLayer(Layer):
    """A layer of items, computed in ranges of them; it has one array of constants or none."""

    geometry: FlatGeometry

    @property
    def constants(self) -> dict[str, bytes]:
        return {}

    @property
    def arguments(self) -> tuple[str, ...]:
        return "0", str(self.geometry.items)


@dataclass(frozen=True, eq=False, kw_only=True)
class PairLayer(FlatLayer):
    """A layer of two tensors, whose items it computes in pairs.

    Parameters
    ----------
    second : ndarray, shape and type of the inputs
        The other tensor.

    Raises
    ------
    UserError
        As ``Layer``, of both tensors.
    """

    second: np.ndarray

    def __post_init__(self) -> None:
        super().__post_init__()
        check_array("second", self.second, self.geometry.input_shape, np.int8, self.geometry)

    @property
    def activations(self) -> dict[str, np.ndarray]:
        return super().activations | {"second": self.second}


def random_codes(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Uniform int8 codes."""
    return rng.integers(-128, 128, shape).astype(np.int8)
