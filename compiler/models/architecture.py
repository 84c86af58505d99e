"""Architectures of networks: typed layers in the order of their computation, without weights and scales."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

Shape = tuple[int, ...]

#: Name of a network's input where layers name what they read.
INPUT = "input"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One operation on activations; the shapes have no batch: (C, H, W), (C, L), (tokens, C) or (C,).

    Parameters
    ----------
    name : str
    inputs : tuple of str
        Names of the layers whose outputs it reads, or ``INPUT``.
    """

    name: str
    inputs: tuple[str, ...]

    def shape(self, *inputs: Shape) -> Shape:
        """Shape of the output for inputs of these shapes."""
        return inputs[0]

    def parameters(self, *inputs: Shape) -> dict[str, Shape]:
        """Shapes of what training learns, by name."""
        return {}


@dataclass(frozen=True, kw_only=True)
class Weighted(Layer, ABC):
    """An operation with weights and a bias.

    Parameters
    ----------
    channels : int
        Output channels.
    prunable : bool
        True if a pruned variant of the network prunes this layer.
    """

    channels: int
    prunable: bool = False

    def parameters(self, *inputs: Shape) -> dict[str, Shape]:
        return {"weight": self.weight_shape(inputs[0]), "bias": (self.channels,)}

    @abstractmethod
    def weight_shape(self, inputs: Shape) -> Shape:
        """Output channels, input channels of a group, and the size of the filter."""

    @abstractmethod
    def macs(self, inputs: Shape) -> int:
        """Multiply-accumulates of the dense layer."""


@dataclass(frozen=True, kw_only=True)
class Conv(Weighted):
    """A convolution in one or two dimensions.

    Parameters
    ----------
    size, stride, dilation : tuple of int
        Of the filter, rows first; one number where the input has one dimension.
    before, after : tuple of int
        Zeros in front of and behind each dimension.
    groups : int
        Groups of channels that see only each other; the input channels for a depthwise convolution.

    Raises
    ------
    ValueError
        From ``shape``, when the filter is larger than the padded input.
    """

    size: Shape
    stride: Shape
    dilation: Shape
    before: Shape
    after: Shape
    groups: int = 1

    def shape(self, *inputs: Shape) -> Shape:
        padded = (sum(axis) for axis in zip(inputs[0][1:], self.before, self.after, strict=True))
        axes = zip(padded, self.size, self.stride, self.dilation, strict=True)
        sizes = [(length - (size - 1) * gap - 1) // step + 1 for length, size, step, gap in axes]
        if min(sizes) < 1:
            raise ValueError(f"the filter of layer {self.name} is larger than its input")
        return self.channels, *sizes

    def weight_shape(self, inputs: Shape) -> Shape:
        return self.channels, inputs[0] // self.groups, *self.size

    def macs(self, inputs: Shape) -> int:
        return prod(self.weight_shape(inputs)) * prod(self.shape(inputs)[1:])


@dataclass(frozen=True, kw_only=True)
class Linear(Weighted):
    """A fully-connected layer, for each token."""

    def shape(self, *inputs: Shape) -> Shape:
        return *inputs[0][:-1], self.channels

    def weight_shape(self, inputs: Shape) -> Shape:
        return self.channels, inputs[-1]

    def macs(self, inputs: Shape) -> int:
        return self.channels * prod(inputs)


@dataclass(frozen=True, kw_only=True)
class Relu(Layer):
    """The larger of a number and 0."""


@dataclass(frozen=True, kw_only=True)
class Gelu(Layer):
    """A number times the normal distribution's probability of a smaller one."""


@dataclass(frozen=True, kw_only=True)
class Softmax(Layer):
    """Softmax over the last axis."""


@dataclass(frozen=True, kw_only=True)
class LayerNorm(Layer):
    """Normalization over the last axis, with a gain and a bias for each channel."""

    epsilon: float = 1e-6

    def parameters(self, *inputs: Shape) -> dict[str, Shape]:
        return {"gain": inputs[0][-1:], "bias": inputs[0][-1:]}


@dataclass(frozen=True, kw_only=True)
class Add(Layer):
    """The sum of two activations of one shape."""


@dataclass(frozen=True, kw_only=True)
class Scale(Layer):
    """The product with a constant number."""

    factor: float


@dataclass(frozen=True, kw_only=True)
class MatMul(Layer):
    """The product of two activations, matrix by matrix."""

    def shape(self, *inputs: Shape) -> Shape:
        return *inputs[0][:-1], inputs[1][-1]


@dataclass(frozen=True, kw_only=True)
class GlobalAverage(Layer):
    """The mean of each channel of an image or a sequence."""

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0][:1]


@dataclass(frozen=True, kw_only=True)
class Reshape(Layer):
    """The same elements in another shape."""

    to: Shape

    def shape(self, *inputs: Shape) -> Shape:
        return self.to


@dataclass(frozen=True, kw_only=True)
class Transpose(Layer):
    """The axes in another order."""

    axes: Shape

    def shape(self, *inputs: Shape) -> Shape:
        return tuple(inputs[0][axis] for axis in self.axes)


@dataclass(frozen=True, kw_only=True)
class ClassToken(Layer):
    """A learned token in front of the others."""

    def shape(self, *inputs: Shape) -> Shape:
        tokens, channels = inputs[0]
        return tokens + 1, channels

    def parameters(self, *inputs: Shape) -> dict[str, Shape]:
        return {"token": inputs[0][-1:]}


@dataclass(frozen=True, kw_only=True)
class Position(Layer):
    """A learned constant added to each element of each token."""

    def parameters(self, *inputs: Shape) -> dict[str, Shape]:
        return {"position": inputs[0]}


@dataclass(frozen=True, kw_only=True)
class FirstToken(Layer):
    """The first token alone."""

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0][1:]


@dataclass(frozen=True, kw_only=True)
class Task:
    """Inputs that a network classifies.

    Parameters
    ----------
    title : str
        Name in tables.
    input_shape : tuple of int
    classes : int
    """

    title: str
    input_shape: Shape
    classes: int


CIFAR10 = Task(title="CIFAR-10", input_shape=(3, 32, 32), classes=10)
CIFAR100 = Task(title="CIFAR-100", input_shape=(3, 32, 32), classes=100)
DIGITS = Task(title="digits", input_shape=(1, 8, 8), classes=10)
KEYWORDS = Task(title="keywords", input_shape=(1, 49, 10), classes=12)


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A network of one input and one output, which the last layer computes.

    Parameters
    ----------
    name : str
    title : str
        Name in tables: the network and what it is for.
    input_shape : tuple of int
    layers : tuple of Layer
        Each behind those that it reads.
    """

    name: str
    title: str
    input_shape: Shape
    layers: tuple[Layer, ...]

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """Shapes of the input and of all outputs by the layer's name."""
        found = {INPUT: self.input_shape}
        for layer in self.layers:
            found[layer.name] = layer.shape(*(found[name] for name in layer.inputs))
        return found

    @cached_property
    def parameters(self) -> Mapping[str, Shape]:
        """Shapes of all parameters, as ``layer.parameter``."""
        return {
            f"{layer.name}.{name}": shape
            for layer in self.layers
            for name, shape in layer.parameters(*self.inputs_of(layer)).items()
        }

    def inputs_of(self, layer: Layer) -> tuple[Shape, ...]:
        """Shapes that a layer reads."""
        return tuple(self.shapes[name] for name in layer.inputs)


@dataclass
class Sketch:
    """An architecture in the making; each method appends a layer and returns its name."""

    name: str
    title: str
    input_shape: Shape
    layers: list[Layer] = field(default_factory=list)

    def add(self, kind: type[Layer], name: str, *inputs: str, **settings: Any) -> str:
        """Append a layer of any kind."""
        self.layers.append(kind(name=name, inputs=inputs, **settings))
        return name

    def conv(
        self,
        name: str,
        inputs: str,
        channels: int,
        size: int | Shape,
        *,
        stride: int | Shape = 1,
        dilation: int | Shape = 1,
        before: int | Shape = 0,
        after: int | Shape | None = None,
        groups: int = 1,
        prunable: bool = False,
    ) -> str:
        """Append a convolution; a number stands for all dimensions, ``before`` for ``after`` too."""
        dimensions = len(self.architecture.shapes[inputs]) - 1

        def each(value: int | Shape) -> Shape:
            return (value,) * dimensions if isinstance(value, int) else value

        return self.add(
            Conv,
            name,
            inputs,
            channels=channels,
            size=each(size),
            stride=each(stride),
            dilation=each(dilation),
            before=each(before),
            after=each(before if after is None else after),
            groups=groups,
            prunable=prunable,
        )

    def relu(self, inputs: str) -> str:
        """Append a ReLU, named after the layer that it follows."""
        return self.add(Relu, f"{inputs}.relu", inputs)

    @property
    def architecture(self) -> Architecture:
        """The architecture so far."""
        return Architecture(
            name=self.name, title=self.title, input_shape=self.input_shape, layers=tuple(self.layers)
        )
