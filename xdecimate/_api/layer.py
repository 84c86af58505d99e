"""Layers from NumPy arrays."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from common.errors import UserError
from hw.config import CoreConfig
from reference.requantization import Requantization, accumulator_bound
from reference.requantize import from_scale
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.geometry import WeightedGeometry
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.operator import Operator
from sw_kernels.weighted import WeightedLayer
from xdecimate._api.arrays import checked_array
from xdecimate._api.selection import candidates, fastest

__all__ = ["Conv", "Linear", "Requantization", "Weighted"]

#: A scale for all output channels, or one for each.
Scale = float | Sequence[float] | np.ndarray


class Weighted(ABC):
    """A layer with weights, without inputs; see ``Conv`` and ``Linear``."""

    operator: ClassVar[Operator]
    # Names of the axes of weights and inputs.
    weight_axes: ClassVar[str]
    input_axes: ClassVar[str]

    def __init__(
        self,
        weights: np.ndarray,
        bias: np.ndarray | None,
        *,
        scale: Scale | None,
        requantization: Requantization | None,
        lo: int,
        hi: int,
        kernel: str | None,
        m: int | None,
    ) -> None:
        self.weights = _frozen(checked_array("weights", weights, (np.int8,), self.weight_axes))
        channels = len(weights)
        if bias is None:
            bias = np.zeros(channels, np.int32)
        self.bias = _frozen(checked_array("bias", bias, (np.int32,), "K"))
        if len(bias) != channels:
            raise UserError(f"bias must have one value for each of the {channels} channels, not {len(bias)}")
        self.requantization = _requantization(channels, scale, requantization, lo, hi)
        accumulator_bound(self.weights, self.bias)
        self._kernels = candidates(self.operator, self.weights, kernel, m)

    @abstractmethod
    def _geometry(self, inputs: np.ndarray) -> WeightedGeometry:
        """Shapes of the layer with these inputs."""

    def bound(self, inputs: np.ndarray, core: CoreConfig) -> WeightedLayer:
        """The layer with inputs and the fastest kernel on this core, ready to be built.

        Raises ``UserError`` when the inputs do not fit, or the core cannot run the kernel.
        """
        checked_array("inputs", inputs, (np.int8,), self.input_axes)
        channels = self.weights.shape[-1]
        if inputs.shape[-1] != channels:
            raise UserError(
                f"inputs must have the {channels} channels of the weights on their last axis "
                f"({self.input_axes}), not {inputs.shape[-1]}"
            )
        geometry = self._geometry(inputs)
        layer = self.operator.layer(
            geometry=geometry,
            kernel=fastest(self._kernels, core, geometry.positions),
            inputs=inputs,
            weights=self.weights,  # pyright: ignore[reportCallIssue]
            bias=self.bias,  # pyright: ignore[reportCallIssue]
            requantization=self.requantization,  # pyright: ignore[reportCallIssue]
        )
        assert isinstance(layer, WeightedLayer)
        return layer

    def __repr__(self) -> str:
        sizes = zip(self.weight_axes.split(", "), self.weights.shape, strict=True)
        return f"{type(self).__name__}({', '.join(f'{axis}={size}' for axis, size in sizes)})"


class Conv(Weighted):
    """A convolution: int8 inputs and weights, int32 accumulators, requantized to int8.

    Parameters
    ----------
    weights : ndarray, shape (K, FY, FX, C), int8
        One filter for each output channel, the input channels last.
    bias : ndarray, shape (K,), int32, optional
        Start value of the accumulators; 0 by default.
    scale : float or sequence of K floats
        Output step for a step of the accumulator, at least 0. The output is ``round(accumulator * scale)``,
        halves rounded up, with a multiplier of 31 bits; it is clipped to ``lo`` and ``hi``.
    requantization : Requantization, optional
        The same in integers, instead of ``scale``.
    lo, hi : int
        Range of the output inside int8; ``lo=0`` is ReLU.
    stride, padding : int or (int, int)
        For both axes, or vertical and horizontal. The padding is zeros.
    kernel : str, optional
        ``dense_4x2``, ``dense_1x2``, ``sparse_software``, ``sparse_xdecimate``, ``dense_xdecmac``,
        ``sparse_xdecmac``, ``dense_xdecmac8`` or ``sparse_xdecmac8``; by default the fastest of the first
        four that weights and core allow.
    m : int, optional
        Block size that the weights obey, 4, 8 or 16; by default the largest.

    Raises
    ------
    UserError
        When type or shape of an array is wrong, an accumulator could pass int32, a scale is out of range,
        there is no such kernel, or the weights do not obey 1:M: the first block that does not is named.

    Examples
    --------
    >>> import numpy as np
    >>> import xdecimate as xd
    >>> weights = xd.prune(np.arange(288, dtype=np.int8).reshape(4, 3, 3, 8), 8)
    >>> layer = xd.Conv(weights, scale=0.01, padding=1, lo=0)
    >>> layer
    Conv(K=4, FY=3, FX=3, C=8)
    >>> xd.run(layer, np.ones((5, 5, 8), np.int8), model="golden").output.shape
    (5, 5, 4)
    """

    operator = CONV
    weight_axes = "K, FY, FX, C"
    input_axes = "IY, IX, C"

    def __init__(
        self,
        weights: np.ndarray,
        bias: np.ndarray | None = None,
        *,
        scale: Scale | None = None,
        requantization: Requantization | None = None,
        lo: int = -128,
        hi: int = 127,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        kernel: str | None = None,
        m: int | None = None,
    ) -> None:
        super().__init__(
            weights, bias, scale=scale, requantization=requantization, lo=lo, hi=hi, kernel=kernel, m=m
        )
        self.stride = _both("stride", stride, 1)
        self.padding = _both("padding", padding, 0)

    def _geometry(self, inputs: np.ndarray) -> ConvGeometry:
        k, fy, fx, c = self.weights.shape
        iy, ix, _ = inputs.shape
        (sy, sx), (py, px) = self.stride, self.padding
        return ConvGeometry(C=c, K=k, IX=ix, IY=iy, FX=fx, FY=fy, SX=sx, SY=sy, PX=px, PY=py)


class Linear(Weighted):
    """A fully connected layer over any number of tokens; otherwise like ``Conv``.

    Parameters
    ----------
    weights : ndarray, shape (K, C), int8
        One row for each output channel.
    bias : ndarray, shape (K,), int32, optional
        Start value of the accumulators; 0 by default.
    scale, requantization, lo, hi
        As for ``Conv``.
    kernel : str, optional
        ``dense``, ``dense_4x4``, ``sparse_software``, ``sparse_xdecimate``, ``dense_xdecmac``,
        ``sparse_xdecmac``, ``dense_xdecmac8`` or ``sparse_xdecmac8``; by default the fastest of the first
        four that weights, tokens and core allow.
    m : int, optional
        Block size that the weights obey, 4, 8 or 16; by default the largest.

    Raises
    ------
    UserError
        As ``Conv``.

    Examples
    --------
    >>> import numpy as np
    >>> import xdecimate as xd
    >>> layer = xd.Linear(np.eye(4, 16, dtype=np.int8), scale=0.5)
    >>> xd.run(layer, np.arange(16, dtype=np.int8).reshape(1, 16), model="golden").output
    array([[0, 1, 1, 2]], dtype=int8)
    """

    operator = LINEAR
    weight_axes = "K, C"
    input_axes = "T, C"

    def __init__(
        self,
        weights: np.ndarray,
        bias: np.ndarray | None = None,
        *,
        scale: Scale | None = None,
        requantization: Requantization | None = None,
        lo: int = -128,
        hi: int = 127,
        kernel: str | None = None,
        m: int | None = None,
    ) -> None:
        super().__init__(
            weights, bias, scale=scale, requantization=requantization, lo=lo, hi=hi, kernel=kernel, m=m
        )

    def _geometry(self, inputs: np.ndarray) -> LinearGeometry:
        k, c = self.weights.shape
        return LinearGeometry(C=c, K=k, T=len(inputs))


def _frozen(array: np.ndarray) -> np.ndarray:
    """A read-only copy, so that checked values cannot change."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _both(name: str, value: int | tuple[int, int], least: int) -> tuple[int, int]:
    """A vertical and a horizontal value from one for both, or from the two."""
    pair = (value, value) if isinstance(value, int) else tuple(value)
    if len(pair) != 2 or not all(isinstance(each, int) and each >= least for each in pair):
        raise UserError(f"{name} must be an integer of at least {least}, or two of them, not {value!r}")
    return pair


def _requantization(
    channels: int, scale: Scale | None, requantization: Requantization | None, lo: int, hi: int
) -> Requantization:
    if (scale is None) == (requantization is None):
        raise UserError("a layer needs either scale or requantization to make int8 of accumulators; give one")
    if requantization is not None:
        if not isinstance(requantization, Requantization):
            raise UserError(
                f"requantization must be a Requantization, not a {type(requantization).__name__}; "
                "give factors as scale"
            )
        if (lo, hi) != (-128, 127):
            raise UserError("lo and hi belong to scale; leave them out, because a requantization has its own")
        if len(requantization.mul) != channels:
            raise UserError(
                f"requantization must have the {channels} channels of the weights, "
                f"not {len(requantization.mul)}"
            )
        return requantization
    try:
        scales = np.asarray(scale, np.float64)
    except (TypeError, ValueError) as error:
        raise UserError(f"scale must be a number or one for each channel, not {scale!r}") from error
    if scales.shape not in ((), (channels,)):
        raise UserError(
            f"scale must be one number or one for each of the {channels} channels, "
            f"not an array of shape {scales.shape}"
        )
    return from_scale(np.broadcast_to(scales, (channels,)), lo=lo, hi=hi)
