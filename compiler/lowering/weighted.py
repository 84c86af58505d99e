"""Layers with weights: zero points go into biases, scales into multipliers; patterns are found."""

from collections.abc import Sequence

import numpy as np

from common.errors import UserError
from compiler.graph import Linear, Weighted
from compiler.network import Bind
from reference.requantization import INT32, Requantization
from reference.requantize import from_scale
from sw_kernels.kernel import Kernel
from sw_kernels.linear.geometry import LinearGeometry
from sw_kernels.linear.kernels import LINEAR
from sw_kernels.linear.layer import LinearLayer
from sw_kernels.operator import Operator
from sw_kernels.packing.blocks import obeys
from sw_kernels.registry import select


def folded_bias(node: Weighted, axes: tuple[int, ...]) -> np.ndarray:
    """The bias less the zero point of the input times the sum of the weights: int32 of shape (K,).

    Raises ``UserError`` when it passes int32.
    """
    bias = node.bias.astype(np.int64) - node.inputs[0].zero * node.weights.astype(np.int64).sum(axis=axes)
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


def lowered_linear(node: Linear) -> Sequence[Bind]:
    """One way for each kernel."""
    channels, reduction = node.weights.shape
    geometry = LinearGeometry(C=reduction, K=channels, T=node.inputs[0].size // reduction)
    bias, scaling = folded_bias(node, (1,)), requantization(node)

    def way(kernel: Kernel) -> Bind:
        def bind(inputs: np.ndarray) -> LinearLayer:
            return LinearLayer(
                geometry=geometry,
                kernel=kernel,
                weights=node.weights,
                bias=bias,
                requantization=scaling,
                inputs=inputs.reshape(geometry.input_shape),
            )

        return bind

    return [way(kernel) for kernel in kernels_for(LINEAR, node.weights)]
