"""Layouts of activations in memory: what of an operand is stored, and where."""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from common.errors import UserError
from sw_kernels.packing.bands import Bands
from sw_kernels.packing.layout import LANES

if TYPE_CHECKING:
    from sw_kernels.geometry import Geometry


class BandedGeometry(Protocol):
    """Properties of a geometry that ``BANDED`` needs."""

    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    @property
    def input_bands(self) -> Bands:
        """Division of the input."""
        ...

    @property
    def output_bands(self) -> Bands:
        """Division of the output."""
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
    """Layout of a layer's input and output."""

    #: Name in messages.
    name: str
    #: Bytes that a kernel may read past the end of an activation, beside those that the layer names.
    overread: int = 0
    #: Bytes of an activation of the layer that ``seen`` gives.
    width: int = 1

    @abstractmethod
    def pack(self, inputs: np.ndarray, geometry: Geometry, padding: int) -> bytes:
        """An operand of a layer, int8 in its shape, as it lies in memory."""

    @abstractmethod
    def stored(self, array: np.ndarray) -> bytes:
        """An activation as layers hand it on, whatever they need beside it."""

    @abstractmethod
    def unpack(self, content: bytes, geometry: Geometry) -> np.ndarray:
        """The output of a layer, int8 in its shape, from memory."""

    @abstractmethod
    def output_bytes(self, geometry: Geometry) -> int:
        """Bytes of the output in memory."""

    @abstractmethod
    def seen(self, geometry: Geometry) -> Geometry:
        """The layer that a kernel computes as if each byte or word of memory were an activation."""

    @abstractmethod
    def runs(self, geometry: Geometry) -> int:
        """Parts of the reduction that have weights of their own."""

    def __str__(self) -> str:
        return self.name


class Plain(ActivationLayout):
    """Bytes in the order of the shape: height, width, channels."""

    name = "hwc"

    def pack(self, inputs: np.ndarray, geometry: Geometry, padding: int) -> bytes:
        return inputs.tobytes()

    def stored(self, array: np.ndarray) -> bytes:
        return array.tobytes()

    def unpack(self, content: bytes, geometry: Geometry) -> np.ndarray:
        return np.frombuffer(content, np.int8).reshape(geometry.output_shape)

    def output_bytes(self, geometry: Geometry) -> int:
        return prod(geometry.output_shape)

    def seen(self, geometry: Geometry) -> Geometry:
        return geometry

    def runs(self, geometry: Geometry) -> int:
        return 1


class Banded(ActivationLayout):
    """Words of four positions, as xdecmac reads them: word [row][column][channel], the bands in its bytes.

    A stretch of the filter that is contiguous in the input is a run, with whole passes of the kernel's inner
    loop; what a pass reads past it is inside the input, or ``overread``.
    """

    name = "banded"
    overread = 512
    width = LANES

    def pack(self, inputs: np.ndarray, geometry: Geometry, padding: int) -> bytes:
        return _of(geometry).input_bands.pack(_image(inputs), padding).tobytes()

    def stored(self, array: np.ndarray) -> bytes:
        return Bands.of(len(array)).pack(_image(array)).tobytes()

    def unpack(self, content: bytes, geometry: Geometry) -> np.ndarray:
        bands, image = _of(geometry).output_bands, np.empty(geometry.output_shape, np.int8)
        words = np.frombuffer(content, np.int8).reshape(bands.shape(_image(image).shape))
        return bands.unpack(words, len(image)).reshape(image.shape)

    def output_bytes(self, geometry: Geometry) -> int:
        image = _image(np.empty(geometry.output_shape, np.int8))
        return prod(_of(geometry).output_bands.shape(image.shape))

    def seen(self, geometry: Geometry) -> Geometry:
        return _of(geometry).band

    def runs(self, geometry: Geometry) -> int:
        return _of(geometry).runs


def _of(geometry: Geometry) -> BandedGeometry:
    if not hasattr(geometry, "input_bands"):
        raise UserError(f"no {type(geometry).__name__} can be banded, but {geometry} must be; use hwc")
    return cast("BandedGeometry", geometry)


def _image(array: np.ndarray) -> np.ndarray:
    """Rows, columns and channels; of tokens each is a row."""
    return array.reshape(len(array), -1, array.shape[-1])


HWC = Plain()
BANDED = Banded()
