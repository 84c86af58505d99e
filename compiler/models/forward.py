"""Layers of an architecture in float64: what each computes from real inputs."""

from collections.abc import Callable, Mapping
from math import erf
from typing import Any

import numpy as np

from compiler.models.architecture import (
    Add,
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
)

#: Arrays of a layer's parameters by name, without the layer's.
Own = Mapping[str, np.ndarray]


def forward(layer: Layer, own: Own, *inputs: np.ndarray) -> np.ndarray:
    """The output of a layer."""
    return _FUNCTIONS[type(layer)](layer, own, *inputs)


def _conv(layer: Conv, own: Own, inputs: np.ndarray) -> np.ndarray:
    padding = zip(layer.before, layer.after, strict=True)
    padded = np.pad(inputs, ((0, 0), *padding))
    axes = range(1, padded.ndim)
    spans = tuple((size - 1) * gap + 1 for size, gap in zip(layer.size, layer.dilation, strict=True))
    windows = np.lib.stride_tricks.sliding_window_view(padded, spans, axis=tuple(axes))
    steps = (slice(None, None, step) for step in (*layer.stride, *layer.dilation))
    windows = windows[(slice(None), *steps)]
    grouped = windows.reshape(layer.groups, -1, *windows.shape[1:])
    weights = own["weight"].reshape(layer.groups, -1, *own["weight"].shape[1:])
    filters = range(-len(axes), 0)
    outputs = [
        np.tensordot(filters_of, seen, ((1, *range(2, weights.ndim - 1)), (0, *filters)))
        for filters_of, seen in zip(weights, grouped, strict=True)
    ]
    made = np.concatenate(outputs)
    return made + own["bias"].reshape(-1, *(1 for _ in axes))


def _norm(layer: LayerNorm, own: Own, inputs: np.ndarray) -> np.ndarray:
    centered = inputs - inputs.mean(axis=-1, keepdims=True)
    variance = (centered**2).mean(axis=-1, keepdims=True)
    return centered / np.sqrt(variance + layer.epsilon) * own["gain"] + own["bias"]


def _softmax(layer: Softmax, own: Own, inputs: np.ndarray) -> np.ndarray:
    powers = np.exp(inputs - inputs.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _gelu(layer: Gelu, own: Own, inputs: np.ndarray) -> np.ndarray:
    return inputs * (1 + np.vectorize(erf, otypes=[float])(inputs / np.sqrt(2))) / 2


_FUNCTIONS: dict[type[Layer], Callable[..., Any]] = {
    Add: lambda layer, own, one, other: one + other,
    ClassToken: lambda layer, own, inputs: np.concatenate([own["token"][None], inputs]),
    Conv: _conv,
    FirstToken: lambda layer, own, inputs: inputs[0],
    Gelu: _gelu,
    GlobalAverage: lambda layer, own, inputs: inputs.reshape(len(inputs), -1).mean(axis=1),
    LayerNorm: _norm,
    Linear: lambda layer, own, inputs: inputs @ own["weight"].T + own["bias"],
    MatMul: lambda layer, own, one, other: one @ other,
    Position: lambda layer, own, inputs: inputs + own["position"],
    Relu: lambda layer, own, inputs: np.maximum(inputs, 0),
    Reshape: lambda layer, own, inputs: inputs.reshape(layer.to),
    Scale: lambda layer, own, inputs: inputs * layer.factor,
    Softmax: _softmax,
    Transpose: lambda layer, own, inputs: inputs.transpose(layer.axes),
}
