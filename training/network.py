"""PyTorch networks of the architectures that the compiler's models have."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from compiler.models.architecture import (
    INPUT,
    Add,
    Architecture,
    ClassToken,
    Conv,
    FirstToken,
    Gelu,
    GlobalAverage,
    Layer,
    LayerNorm,
    Linear,
    MatMul,
    Position,
    Relu,
    Reshape,
    Scale,
    Softmax,
    Transpose,
    Weighted,
)

#: Spread of learned tokens before training.
_SPREAD = 0.02


class Network(nn.Module):
    """An architecture that can be trained, for a batch of inputs.

    Convolutions are followed by batch normalization where the architecture has no normalization of its own. A
    softmax at the end is left out: the largest output is the same, and the loss contains it. Modules have
    the names of their layers, with underscores for dots.

    Parameters
    ----------
    architecture : Architecture
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        layers = list(architecture.layers)
        if isinstance(layers[-1], Softmax):
            layers.pop()
        self.layers = tuple(layers)
        normalized = not any(isinstance(layer, LayerNorm) for layer in layers)
        for layer in layers:
            shapes = architecture.inputs_of(layer)
            if (made := _MODULES.get(type(layer))) is not None:
                self.add_module(module_name(layer), made(layer, *shapes))
            if normalized and isinstance(layer, Conv):
                self.add_module(_norm_of(layer), _batch_norm(layer))

    @property
    def prunable(self) -> list[str]:
        """Names of the layers that the architecture's pruned variants prune."""
        return [module_name(layer) for layer in self.layers if isinstance(layer, Weighted) and layer.prunable]

    def forward(self, inputs: Tensor) -> Tensor:
        seen = {INPUT: inputs}
        modules = dict(self.named_children())
        last = INPUT
        for layer in self.layers:
            operands = [seen[name] for name in layer.inputs]
            if isinstance(layer, Conv) and layer.before != layer.after:
                operands = [functional.pad(operands[0], _sides(layer))]
            if (own := modules.get(module_name(layer))) is None:
                seen[layer.name] = _FUNCTIONS[type(layer)](layer, *operands)
            else:
                norm = modules.get(_norm_of(layer))
                seen[layer.name] = own(*operands) if norm is None else norm(own(*operands))
            last = layer.name
        return seen[last]


class Token(nn.Module):
    """A learned token in front of the others."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, width) * _SPREAD)

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.cat([self.token.expand(inputs.shape[0], -1, -1), inputs], dim=1)


class Constant(nn.Module):
    """A learned constant added to each input."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.position = nn.Parameter(torch.randn(1, *shape) * _SPREAD)

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs + self.position


def module_name(layer: Layer) -> str:
    """Name of a layer's module; exporters name nodes after it."""
    return layer.name.replace(".", "_")


def _norm_of(layer: Layer) -> str:
    return f"{module_name(layer)}_norm"


def _batch_norm(layer: Conv) -> nn.Module:
    return (nn.BatchNorm1d if len(layer.size) == 1 else nn.BatchNorm2d)(layer.channels)


def _sides(layer: Conv) -> list[int]:
    """Zeros before and after each dimension, the last one first."""
    return [side for axis in zip(layer.before[::-1], layer.after[::-1], strict=True) for side in axis]


def _conv(layer: Conv, shape: tuple[int, ...]) -> nn.Module:
    """A convolution; it pads by itself if it does so alike on both sides."""
    same = layer.before == layer.after
    made = {1: nn.Conv1d, 2: nn.Conv2d}[len(layer.size)](
        shape[0],
        layer.channels,
        layer.size,
        layer.stride,
        layer.before if same else 0,
        layer.dilation,
        layer.groups,
    )
    nn.init.kaiming_normal_(made.weight, nonlinearity="relu")
    if made.bias is not None:
        nn.init.zeros_(made.bias)
    return made


def _average(layer: Layer, shape: tuple[int, ...]) -> nn.Module:
    pool = {2: nn.AdaptiveAvgPool1d, 3: nn.AdaptiveAvgPool2d}[len(shape)]
    return nn.Sequential(pool(1), nn.Flatten(1))


_MODULES: dict[type[Layer], Callable[..., nn.Module]] = {
    ClassToken: lambda layer, shape: Token(shape[-1]),
    Conv: _conv,
    GlobalAverage: _average,
    LayerNorm: lambda layer, shape: nn.LayerNorm(shape[-1], layer.epsilon),
    Linear: lambda layer, shape: nn.Linear(shape[-1], layer.channels),
    Position: lambda layer, shape: Constant(shape),
}


_FUNCTIONS: dict[type[Layer], Callable[..., Any]] = {
    Add: lambda layer, one, other: one + other,
    FirstToken: lambda layer, inputs: inputs[:, 0],
    Gelu: lambda layer, inputs: functional.gelu(inputs),
    MatMul: lambda layer, one, other: one @ other,
    Relu: lambda layer, inputs: functional.relu(inputs),
    Reshape: lambda layer, inputs: inputs.reshape(-1, *layer.to),
    Scale: lambda layer, inputs: inputs * layer.factor,
    Softmax: lambda layer, inputs: functional.softmax(inputs, -1),
    Transpose: lambda layer, inputs: inputs.permute(0, *(axis + 1 for axis in layer.axes)),
}
