"""A quantized network: tensors, typed nodes, and their order."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from reference.quantization import Quantization
from reference.window import Window


class Layout(StrEnum):
    """The order of a tensor's elements in memory."""

    HWC = "hwc"  # rows, columns, channels innermost; tokens by channels for a matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class Tensor:
    """An int8 activation.

    Parameters
    ----------
    name : str
    shape : tuple of int
        Without the batch: (H, W, C), (tokens, C) or (C,).
    quantization : Quantization
    layout : Layout
    """

    name: str
    shape: tuple[int, ...]
    quantization: Quantization
    layout: Layout = Layout.HWC

    @property
    def scale(self) -> float:
        """Real number of one step."""
        return self.quantization.scale

    @property
    def zero(self) -> int:
        """The code that means 0."""
        return self.quantization.zero

    @property
    def size(self) -> int:
        """Bytes."""
        return int(np.prod(self.shape))


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """An operation on activations.

    Parameters
    ----------
    name : str
        Name in the model file.
    inputs : tuple of Tensor
    output : Tensor
    lo, hi : int
        Range that the output is clipped to: a fused activation.
    """

    name: str
    inputs: tuple[Tensor, ...]
    output: Tensor
    lo: int = -128
    hi: int = 127

    @property
    def operator(self) -> str:
        """Name of the operation."""
        return type(self).__name__


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighted(Node):
    """An operation with constant weights.

    Parameters
    ----------
    weights : ndarray, int8
        Output channel first, input channel last; depthwise: (FY, FX, C).
    weight_scale : ndarray, shape (K,)
        Step of each output channel's weights; their zero points are 0.
    bias : ndarray, shape (K,), int32
        With scale input scale * weight scale.
    """

    weights: np.ndarray
    weight_scale: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Conv(Weighted):
    """A convolution over all input channels; the window pads with the input's zero point."""

    window: Window


@dataclass(frozen=True, kw_only=True, eq=False)
class Depthwise(Weighted):
    """A convolution of each channel by itself; the window pads with the input's zero point."""

    window: Window


@dataclass(frozen=True, kw_only=True, eq=False)
class Linear(Weighted):
    """A fully-connected layer, for each token."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Add(Node):
    """The sum of two activations of one shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool(Node):
    """One value for each position of a window and each channel.

    Parameters
    ----------
    size_yx : (int, int)
        Rows and columns of the window.
    window : Window
    """

    size_yx: tuple[int, int]
    window: Window


@dataclass(frozen=True, kw_only=True, eq=False)
class AveragePool(Pool):
    """The mean over each window; padding does not count."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MaxPool(Pool):
    """The largest value in each window; padding does not count."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Softmax(Node):
    """Softmax over the channels."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reshape(Node):
    """The same bytes in another shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Graph:
    """A network with one input and one output.

    Parameters
    ----------
    name : str
    nodes : tuple of Node
        Each behind those whose outputs it reads.
    input, output : Tensor
    """

    name: str
    nodes: tuple[Node, ...]
    input: Tensor
    output: Tensor

    @cached_property
    def tensors(self) -> tuple[Tensor, ...]:
        """All activations, in the order of their making."""
        return (self.input, *(node.output for node in self.nodes))
