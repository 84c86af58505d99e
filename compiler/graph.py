"""A quantized network: tensors, typed nodes, and their order."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reference.add import Addition
from reference.quantization import Quantization
from reference.requantization import Requantization
from reference.window import Window
from sw_kernels.packing.activations import HWC, ActivationLayout
from sw_kernels.strided.axis import dense


@dataclass(frozen=True, kw_only=True, eq=False)
class Tensor:
    """An int8 activation, or a constant in the place of one.

    Parameters
    ----------
    name : str
    shape : tuple of int
        Without the batch: (H, W, C), (tokens, C) or (C,).
    quantization : Quantization
    layout : ActivationLayout
        Order of its elements in memory.
    data : ndarray or None
        Content of a constant, int8 of this shape; it lies beside the weights.
    """

    name: str
    shape: tuple[int, ...]
    quantization: Quantization
    layout: ActivationLayout = HWC
    data: np.ndarray | None = None

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
        """Bytes of memory."""
        return self.layout.size(self.shape)

    def stored(self, values: np.ndarray) -> np.ndarray:
        """Values of its shape as they lie in memory, one axis."""
        return self.layout.stored(values)

    def values(self, stored: np.ndarray) -> np.ndarray:
        """Values in its shape from memory."""
        return self.layout.values(stored, self.shape)


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
    requantization : Requantization or None
        Arithmetic of a file that has multipliers instead of scales; its add holds the output's zero point.
        The range is ``lo`` to ``hi`` of the node.
    """

    weights: np.ndarray
    weight_scale: np.ndarray
    bias: np.ndarray
    requantization: Requantization | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Conv(Weighted):
    """A convolution; the window pads with the input's zero point.

    Parameters
    ----------
    window : Window
    groups : int
        Equal parts of the input channels, one after the other, each of which makes as many of the output
        channels. The weights have the channels of one part: (K, FY, FX, C / groups).
    """

    window: Window
    groups: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Depthwise(Weighted):
    """A convolution of each channel by itself; the window pads with the input's zero point."""

    window: Window


@dataclass(frozen=True, kw_only=True, eq=False)
class Linear(Weighted):
    """A fully-connected layer, for each token."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Add(Node):
    """The sum of two activations of one shape.

    Parameters
    ----------
    addition : Addition or None
        Arithmetic of a file that has a multiplier instead of scales; the range is ``lo`` to ``hi``.
    """

    addition: Addition | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Mul(Node):
    """The product of two activations of one shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Node):
    """A function of each element.

    Parameters
    ----------
    entries : ndarray, shape (256,), int8
        Its outputs from code -128 to code 127.
    """

    entries: np.ndarray


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


@dataclass(frozen=True, kw_only=True)
class View:
    """Elements of an array at ``offset + i * strides[0] + j * strides[1] + ...``, as in ``Strided``."""

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @staticmethod
    def whole(shape: tuple[int, ...]) -> "View":
        """An array itself."""
        return View(offset=0, shape=shape, strides=dense(shape))


@dataclass(frozen=True, kw_only=True, eq=False)
class MatMul(Node):
    """The product of two activations, head by head: a times the transpose of b.

    The inputs are a, of shape (..., T, K), and b, of shape (..., N, K), and the output is of shape
    (..., T, N); the axes before the last two, the heads, are equal. K is innermost in both: where a model
    multiplies by a b of shape (..., K, N), as the scores by the values, b comes through a movement that swaps
    its last two axes. A factor of the product, such as 1 / sqrt(K), goes into the scale of an input. Readers
    of model files give the inputs and the output alone; ``compiler.passes.views`` finds the rest.

    Parameters
    ----------
    a, b : View or None
        Where the operands lie in the inputs' memory, in the shapes (H, T, K) and (H, N, K); None if the
        inputs have nothing else in them.
    interleaved : bool
        The output has all heads of a row together: (T, H, N).
    """

    a: View | None = None
    b: View | None = None
    interleaved: bool = False

    @property
    def views(self) -> tuple[View, View]:
        """Both operands, of three axes each."""
        a, b = (
            view or View.whole((int(np.prod(shape[:-2])), *shape[-2:]))
            for view, shape in zip((self.a, self.b), (part.shape for part in self.inputs), strict=True)
        )
        return a, b


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerNorm(Node):
    """Normalization of the last axis to mean 0 and variance 1, scaled and shifted for each of its elements.

    Parameters
    ----------
    gain, bias : ndarray, shape (C,), float
        Real numbers, whatever they are quantized to in a file.
    epsilon : float
        Added to the variance, in the square of the input's unit.
    """

    gain: np.ndarray
    bias: np.ndarray
    epsilon: float


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

    @cached_property
    def constants(self) -> dict[Tensor, np.ndarray]:
        """Constants that nodes read in the place of activations, in the order of their first use."""
        read = (tensor for node in self.nodes for tensor in node.inputs)
        return {tensor: tensor.data for tensor in read if tensor.data is not None}
