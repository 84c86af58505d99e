"""Layers with weights: zero points go into biases, scales into multipliers; patterns are found."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from common.errors import UserError
from compiler.graph import Conv, Depthwise, Linear, Weighted
from compiler.lowering.ways import ways
from compiler.lowering.window import dilation, dimensions
from compiler.network import Way
from hw.cluster.config import MAX_CORES
from reference.blocks import obeys
from reference.requantization import INT32, Requantization, accumulator_bound
from reference.requantize import from_scale
from reference.short_requantization import short_from_scale
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.depthwise.geometry import DepthwiseGeometry
from sw_kernels.depthwise.kernels import DEPTHWISE
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.operator import Operator
from sw_kernels.packing.activations import HWC, ActivationLayout
from sw_kernels.registry import KERNELS, select

#: Most positions of a convolution that can leave cores idle.
FEW_POSITIONS = 2 * MAX_CORES


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


def output_scale(node: Weighted) -> np.ndarray:
    """Output step per accumulator step, for each channel."""
    return node.inputs[0].scale * node.weight_scale / node.output.scale


def requantization(node: Weighted) -> Requantization:
    """From accumulators to the scale and zero point of the output."""
    if node.requantization is not None:
        return replace(node.requantization, lo=node.lo, hi=node.hi)
    return from_scale(output_scale(node), zero=node.output.zero, lo=node.lo, hi=node.hi)


def short_requantization(node: Weighted, weights: np.ndarray, bias: np.ndarray) -> Requantization | None:
    """The same by 16-bit multipliers, with the bias; None if a sum could pass its 32 bits.

    Also if a multiplier would lose bits to a large bias, or the model file has multipliers of its own.
    """
    if node.requantization is not None:
        return None
    try:
        found = short_from_scale(output_scale(node), bias, zero=node.output.zero, lo=node.lo, hi=node.hi)
        found.tier(accumulator_bound(weights, np.zeros_like(bias)))
    except UserError:
        return None
    return found if found.precise else None


def kernels_for(operator: Operator, weights: np.ndarray, layout: ActivationLayout) -> tuple[Kernel, ...]:
    """The kernels that can compute a layer with these weights, with input and output in a layout."""
    found = select(operator, activations=layout)
    return tuple(kernel for kernel in found if kernel.m is None or obeys(weights, kernel.m))


def _ways(
    operator: Operator,
    node: Weighted,
    weights: np.ndarray,
    axes: tuple[int, ...],
    kernels: Sequence[Kernel] | None = None,
    **parts: Any,
) -> Sequence[Way]:
    """One way for each kernel, by default of the operator's; accumulators sum ``axes`` of the weights."""
    bias, scaling = folded_bias(node, weights, axes), requantization(node)
    geometry = parts["geometry"]
    if kernels is None:
        kernels = kernels_for(operator, weights, node.output.layout)
    exact = {"bias": bias, "requantization": scaling}
    quantizes = any(kernel.quantizes for kernel in kernels)
    short = short_requantization(node, weights, bias) if quantizes else None
    fast = {"bias": np.zeros_like(bias), "requantization": short} if short else exact

    def layer(kernel: Kernel, inputs: np.ndarray) -> Layer:
        operands = {"weights": weights, **(fast if kernel.quantizes else exact), **parts}
        return operator.layer(kernel=kernel, inputs=inputs.reshape(geometry.input_shape), **operands)

    return ways(kernels, layer)


def _linear_ways(node: Weighted, tokens: int) -> Sequence[Way]:
    """Ways of the fully-connected kernels, whose cores share output channels or tokens."""
    weights = node.weights.reshape(len(node.weights), -1)
    channels, reduction = weights.shape
    if not _bands_of_tokens(node, tokens):
        return []
    return _ways(LINEAR, node, weights, (1,), geometry=LinearGeometry(C=reduction, K=channels, T=tokens))


def _bands_of_tokens(node: Weighted, tokens: int) -> bool:
    """True unless tensors are banded whose bands are not those of the tokens: images of an odd height."""
    ends = (node.inputs[0], node.output)
    return all(tensor.layout.size((tokens, prod(tensor.shape) // tokens)) == tensor.size for tensor in ends)


def lowered_linear(node: Linear) -> Sequence[Way]:
    """A fully-connected layer for each token; many tokens are the positions of a 1x1 convolution too.

    The convolution's kernels reuse a weight for two positions. A column of tokens lets strips end anywhere.
    """
    channels, reduction = node.weights.shape
    tokens = prod(node.inputs[0].shape) // reduction
    found = _linear_ways(node, tokens)
    if tokens == 1 or not found:
        return found
    geometry = ConvGeometry(C=reduction, K=channels, IX=1, IY=tokens, FX=1, FY=1)
    weights = node.weights.reshape(geometry.weight_shape)
    return [*found, *_ways(CONV, node, weights, (1, 2, 3), geometry=geometry)]


def _tokens(geometry: ConvGeometry) -> int | None:
    """Tokens of the fully-connected layer that equals a convolution, None if there is none.

    Filters are as large as the image, or of one weight, without padding, stride and dilation.
    """
    g = geometry
    if any((g.PX, g.PR, g.PY, g.PB)) or (g.DX, g.DY) != (1, 1):
        return None
    if (g.FX, g.FY) == (g.IX, g.IY):
        return 1
    return g.positions if (g.FX, g.FY, g.SX, g.SY) == (1, 1, 1, 1) else None


def _conv_geometry(node: Conv, groups: int) -> ConvGeometry:
    size, window = node.weights.shape[1:3], node.window
    return ConvGeometry(
        K=len(node.weights), G=groups, **dimensions(node.inputs[0], size, window), **dilation(window)
    )


def _grouped_ways(node: Conv) -> Sequence[Way]:
    """Ways of a convolution in groups, with all numbers of groups that are computed together.

    Groups that are computed as one have weights of 0 for the channels of the others.
    """
    found: list[Way] = []
    for together in (number for number in range(1, node.groups + 1) if node.groups % number == 0):
        weights = together_weights(node.weights, node.groups, together)
        geometry, pad = _conv_geometry(node, node.groups // together), node.window.pad_value
        found += _ways(CONV, node, weights, (1, 2, 3), geometry=geometry, pad_value=pad)
    return found


def together_weights(weights: np.ndarray, groups: int, together: int) -> np.ndarray:
    """Weights of ``together`` groups as one: 0 for the channels of the other groups, which are last axis."""
    channels, outputs = weights.shape[-1], len(weights) // groups
    wide = np.zeros((*weights.shape[:-1], channels * together), np.int8)
    for group in range(groups):
        first = group % together * channels
        rows = slice(group * outputs, (group + 1) * outputs)
        wide[rows, ..., first : first + channels] = weights[rows]
    return wide


def lowered_conv(node: Conv) -> Sequence[Way]:
    """A convolution that pads with the zero point; one of few positions may be a fully-connected layer too.

    The convolution's cores take two positions each, and those without any are idle.
    """
    if node.groups > 1:
        return _grouped_ways(node)
    weights, window = node.weights, node.window
    geometry = _conv_geometry(node, 1)
    found = _ways(CONV, node, weights, (1, 2, 3), geometry=geometry, pad_value=window.pad_value)
    tokens = _tokens(geometry)
    return found if tokens is None or tokens > FEW_POSITIONS else [*found, *_linear_ways(node, tokens)]


def lowered_depthwise(node: Depthwise) -> Sequence[Way]:
    """A convolution of each channel by itself; in bands it has the convolutions' walk."""
    weights, window = np.ascontiguousarray(node.weights.transpose(2, 0, 1)), node.window
    size = dimensions(node.inputs[0], weights.shape[1:], window) | dilation(window)
    if node.output.layout is HWC:
        geometry = DepthwiseGeometry(**size)
        return _ways(DEPTHWISE, node, weights, (1, 2), geometry=geometry, pad_value=window.pad_value)
    grouped = ConvGeometry(**size, K=len(weights), G=len(weights))
    kernels = [kernel for kernel in KERNELS if kernel.depthwise]
    parts = {"geometry": grouped, "pad_value": window.pad_value}
    return _ways(CONV, node, weights[..., None], (1, 2, 3), kernels, **parts)
