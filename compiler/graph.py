"""A quantized network: tensors, typed nodes, and their order."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from math import prod

import numpy as np

from common.errors import UserError
from reference.add import Addition
from reference.quantization import Quantization
from reference.requantization import Requantization
from reference.strided import check_view
from reference.window import Window


class Layout(StrEnum):
    """The order of a tensor's elements in memory."""

    HWC = "hwc"  # rows, columns, channels innermost; tokens by channels for a matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class Tensor:
    """An int8 activation, or a constant in the place of one.

    Parameters
    ----------
    name : str
    shape : tuple of int
        Without the batch: (H, W, C), (tokens, C) or (C,).
    quantization : Quantization
    layout : Layout
    data : ndarray or None
        Content of a constant, int8 of this shape; it lies beside the weights.
    """

    name: str
    shape: tuple[int, ...]
    quantization: Quantization
    layout: Layout = Layout.HWC
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
        strides = [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
        return View(offset=0, shape=shape, strides=tuple(strides))


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
class Reshape(Node):
    """The same bytes in another shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Strided(Node):
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

    @property
    def in_place(self) -> bool:
        """True if the elements are consecutive ones of the input, so that none need to move."""
        shape = self.output.shape
        wanted = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
        axes = zip(shape, self.strides, wanted, strict=True)
        return all(length == 1 or stride == dense for length, stride, dense in axes)


@dataclass(frozen=True, kw_only=True, eq=False)
class Concat(Node):
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

    @property
    def in_place(self) -> bool:
        """True if the inputs are consecutive bytes of the output, so that none need to move."""
        return prod(self.output.shape[: self.axis]) == 1

    @property
    def starts(self) -> tuple[int, ...]:
        """Elements of the output before the first of each input, where ``in_place``."""
        return (0, *accumulate(tensor.size for tensor in self.inputs[:-1]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Pad(Node):
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
