"""Layers with weights: zero points go into biases, scales into multipliers; patterns are found."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from common.errors import UserError
from compiler.graph import Conv, Depthwise, Linear, Weighted
from compiler.lowering.window import dilation, dimensions
from compiler.network import Way
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
        raise UserError(
            f"the bias of channel {np.abs(bias).argmax()} and the input's zero point exceed int32; "
            "reduce the bias or quantize the input symmetrically"
        )
    return bias.astype(np.int32)


def requantization(node: Weighted) -> Requantization:
    """From accumulators to the scale and zero point of the output."""
    scale = node.inputs[0].scale * node.weight_scale / node.output.scale
    return from_scale(scale, zero=node.output.zero, lo=node.lo, hi=node.hi)


def kernels_for(operator: Operator, weights: np.ndarray) -> tuple[Kernel, ...]:
    """The kernels that can compute a layer with these weights."""
    return tuple(k for k in select(operator) if k.m is None or obeys(weights, k.m))


def _ways(
    operator: Operator, node: Weighted, weights: np.ndarray, axes: tuple[int, ...], **parts: Any
) -> Sequence[Way]:
    """One way for each kernel; ``axes`` are those of the weights that an accumulator sums."""
    bias, scaling = folded_bias(node, weights, axes), requantization(node)
    layer, geometry = operator.layer, parts["geometry"]

    def way(kernel: Kernel) -> Way:
        def bind(inputs: np.ndarray) -> Layer:
            operands = {"weights": weights, "bias": bias, "requantization": scaling, **parts}
            return layer(kernel=kernel, inputs=inputs.reshape(geometry.input_shape), **operands)

        return Way(kernel=kernel, bind=bind)

    return [way(kernel) for kernel in kernels_for(operator, weights)]


def lowered_linear(node: Linear) -> Sequence[Way]:
    """A fully-connected layer for each token."""
    channels, reduction = node.weights.shape
    geometry = LinearGeometry(C=reduction, K=channels, T=node.inputs[0].size // reduction)
    return _ways(LINEAR, node, node.weights, (1,), geometry=geometry)


def lowered_conv(node: Conv) -> Sequence[Way]:
    """A convolution that pads with the zero point."""
    weights, window = node.weights, node.window
    geometry = ConvGeometry(
        K=len(weights), **dimensions(node.inputs[0], weights.shape[1:3], window), **dilation(window)
    )
    return _ways(CONV, node, weights, (1, 2, 3), geometry=geometry, pad_value=window.pad_value)


def lowered_depthwise(node: Depthwise) -> Sequence[Way]:
    """A convolution of each channel by itself."""
    weights, window = np.ascontiguousarray(node.weights.transpose(2, 0, 1)), node.window
    geometry = DepthwiseGeometry(**dimensions(node.inputs[0], weights.shape[1:], window), **dilation(window))
    return _ways(DEPTHWISE, node, weights, (1, 2), geometry=geometry, pad_value=window.pad_value)
