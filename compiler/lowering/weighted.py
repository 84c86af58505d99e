"""Layers with weights: zero points go into biases, scales into multipliers; patterns are found."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from common.errors import UserError
from compiler.graph import Conv, Depthwise, Linear, Weighted
from compiler.network import Bind
from reference.requantization import INT32, Requantization
from reference.requantize import from_scale
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.depthwise.geometry import DepthwiseGeometry
from sw_kernels.depthwise.kernels import DEPTHWISE
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.operator import Operator
from sw_kernels.packing.blocks import obeys
from sw_kernels.registry import select


def folded_bias(node: Weighted, weights: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """The bias less the zero point of the input times the sum of the weights: int32 of shape (K,).

    Raises ``UserError`` when it passes int32.
    """
    bias = node.bias.astype(np.int64) - node.inputs[0].zero * weights.astype(np.int64).sum(axis=axes)
    if (np.abs(bias) > INT32.max).any():
        raise UserError(f"bias of channel {np.abs(bias).argmax()} passes int32 with the zero point folded in")
    return bias.astype(np.int32)


def requantization(node: Weighted) -> Requantization:
    """From accumulators to the scale and zero point of the output."""
    scale = node.inputs[0].scale * node.weight_scale / node.output.scale
    return from_scale(scale, zero=node.output.zero, lo=node.lo, hi=node.hi)


def kernels_for(operator: Operator, weights: np.ndarray) -> tuple[Kernel, ...]:
    """The kernels that can compute a layer with these weights."""
    return tuple(k for k in select(operator) if k.m is None or obeys(weights, k.m))


def _window(node: Conv | Depthwise) -> dict[str, int]:
    """Figures of the geometry that the window gives."""
    (rows, columns, channels), window = node.inputs[0].shape, node.window
    top, left, bottom, right = window.pads
    return {
        "C": channels,
        "IX": columns,
        "IY": rows,
        "FX": window.size[1],
        "FY": window.size[0],
        "SX": window.stride[1],
        "SY": window.stride[0],
        "DX": window.dilation[1],
        "DY": window.dilation[0],
        "PX": left,
        "PY": top,
        "PR": right,
        "PB": bottom,
    }


def _ways(
    operator: Operator, node: Weighted, weights: np.ndarray, axes: tuple[int, ...], **parts: Any
) -> Sequence[Bind]:
    """One way for each kernel; ``axes`` are those of the weights that an accumulator sums."""
    bias, scaling = folded_bias(node, weights, axes), requantization(node)
    layer, geometry = operator.layer, parts["geometry"]

    def way(kernel: Kernel) -> Bind:
        def bind(inputs: np.ndarray) -> Layer:
            operands = {"weights": weights, "bias": bias, "requantization": scaling, **parts}
            return layer(kernel=kernel, inputs=inputs.reshape(geometry.input_shape), **operands)

        return bind

    return [way(kernel) for kernel in kernels_for(operator, weights)]


def lowered_linear(node: Linear) -> Sequence[Bind]:
    """A fully-connected layer for each token."""
    channels, reduction = node.weights.shape
    geometry = LinearGeometry(C=reduction, K=channels, T=node.inputs[0].size // reduction)
    return _ways(LINEAR, node, node.weights, (1,), geometry=geometry)


def lowered_conv(node: Conv) -> Sequence[Bind]:
    """A convolution that pads with the zero point."""
    geometry = ConvGeometry(K=len(node.weights), **_window(node))
    zero = node.inputs[0].zero
    return _ways(CONV, node, node.weights, (1, 2, 3), geometry=geometry, pad_value=zero)


def lowered_depthwise(node: Depthwise) -> Sequence[Bind]:
    """A convolution of each channel by itself."""
    weights = np.ascontiguousarray(node.weights.transpose(2, 0, 1))
    geometry = DepthwiseGeometry(**_window(node))
    return _ways(DEPTHWISE, node, weights, (1, 2), geometry=geometry, pad_value=node.inputs[0].zero)
