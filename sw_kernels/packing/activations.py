"""Layouts of activations in memory: what of an operand is stored, and where."""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from common.errors import UserError
from reference.reorder import band_rows, banded, unbanded
from sw_kernels.packing.bands import Bands
from sw_kernels.packing.layout import LANES

if TYPE_CHECKING:
    from sw_kernels.geometry import Geometry


class BandedGeometry(Protocol):
    """Properties of a geometry that ``BANDED`` needs."""

    @property
    def input_bands(self) -> Bands:
        """Division of the input."""
        ...

    @property
    def band(self) -> Geometry:
        """The layer of one byte of all words, which has no padding."""
        ...

    @property
    def runs(self) -> int:
        """Parts of the reduction that are contiguous in the input."""
        ...


class ActivationLayout(ABC):
    """Layout of a layer's input and output.

    Layers hand an activation on as ``stored`` has it. A kernel of one core may need more of its input, as
    ``pack`` has it.
    """

    #: Name in messages and files.
    name: str
    #: Bytes that a kernel may read past the end of an activation, beside those that the layer names.
    overread: int = 0
    #: Bytes of an activation of the layer that ``seen`` gives.
    width: int = 1

    @abstractmethod
    def pack(self, inputs: np.ndarray, geometry: Geometry, padding: int) -> bytes:
        """An operand of a layer, int8 in its shape, as it lies in memory."""

    @abstractmethod
    def size(self, shape: tuple[int, ...]) -> int:
        """Bytes of an int8 activation of this shape."""

    @abstractmethod
    def stored(self, array: np.ndarray) -> np.ndarray:
        """The elements of an activation in the order of memory, one axis; 0 where there is none."""

    @abstractmethod
    def values(self, stored: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """The activation of this shape whose elements lie so in memory."""

    @abstractmethod
    def seen(self, geometry: Geometry) -> Geometry:
        """The layer that a kernel computes as if each byte or word of memory were an activation."""

    @abstractmethod
    def runs(self, geometry: Geometry) -> int:
        """Parts of the reduction that have weights of their own."""

    def __str__(self) -> str:
        return self.name


class Plain(ActivationLayout):
    """Elements in the order of the shape: height, width, channels, or tokens and channels."""

    name = "hwc"

    def pack(self, inputs: np.ndarray, geometry: Geometry, padding: int) -> bytes:
        return inputs.tobytes()

    def size(self, shape: tuple[int, ...]) -> int:
        return prod(shape)

    def stored(self, array: np.ndarray) -> np.ndarray:
        return array.reshape(-1)

    def values(self, stored: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return stored.reshape(shape)

    def seen(self, geometry: Geometry) -> Geometry:
        return geometry

    def runs(self, geometry: Geometry) -> int:
        return 1


class Banded(ActivationLayout):
    """Words of four positions, as xdecmac reads them: word [row][column][channel], the bands in its bytes.

    The image, or the matrix of tokens, is divided into four bands of ``ceil(H / 4)`` rows. Bytes of rows past
    its end are stored, and hold any value. What layers hand on has no halo and no padding.

    A stretch of the filter that is contiguous in the input is a run, with whole passes of the kernel's inner
    loop; what a pass reads past it is inside the input, or ``overread``.
    """

    name = "banded"
    overread = 512
    width = LANES

    def pack(self, inputs: np.ndarray, geometry: Geometry, padding: int) -> bytes:
        image = inputs.reshape(len(inputs), -1, inputs.shape[-1])  # each token is a row
        return _of(geometry).input_bands.pack(image, padding).tobytes()

    def size(self, shape: tuple[int, ...]) -> int:
        height, row = rows_of(shape)
        return LANES * band_rows(height) * row

    def stored(self, array: np.ndarray) -> np.ndarray:
        return banded(array.reshape(rows_of(array.shape))).reshape(-1)

    def values(self, stored: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        height, row = rows_of(shape)
        return unbanded(stored.reshape(-1, row, LANES), height).reshape(shape)

    def seen(self, geometry: Geometry) -> Geometry:
        return _of(geometry).band

    def runs(self, geometry: Geometry) -> int:
        return _of(geometry).runs


def _of(geometry: Geometry) -> BandedGeometry:
    if not hasattr(geometry, "input_bands"):
        raise UserError(f"no {type(geometry).__name__} can be banded, but {geometry} must be; use hwc")
    return cast("BandedGeometry", geometry)


def rows_of(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows of an image, and elements of each; what has one axis is one row."""
    height = shape[0] if len(shape) > 1 else 1
    return height, prod(shape) // height


HWC = Plain()
BANDED = Banded()
#: All layouts by name.
ACTIVATION_LAYOUTS: dict[str, ActivationLayout] = {layout.name: layout for layout in (HWC, BANDED)}
