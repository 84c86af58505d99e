"""Layers with random operands, and what they must produce."""

import numpy as np

from reference.conv import conv
from reference.linear import linear
from reference.requantization import accumulator_bound
from reference.requantize import from_scale
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.layer import Layer
from sw_kernels.packing.blocks import prune
from sw_kernels.variants import Variant


def random_layer(geometry: ConvGeometry | LinearGeometry, variant: Variant, seed: int) -> Layer:
    """A layer with random int8 operands, magnitude-pruned if sparse, and a ReLU.

    The requantization scale is a full 31-bit multiplier that spreads the outputs over their range.
    """
    rng = np.random.default_rng(seed)
    weights = rng.integers(-128, 128, geometry.weight_shape).astype(np.int8)
    if variant.m:
        weights = prune(weights, variant.m)
    bias = rng.integers(-3000, 3000, geometry.K).astype(np.int32)
    scale = 1000 / (accumulator_bound(weights, bias) + 1) * rng.uniform(0.5, 1, geometry.K)
    return Layer(
        geometry=geometry,
        variant=variant,
        weights=weights,
        bias=bias,
        requantization=from_scale(scale, lo=0),
        inputs=rng.integers(-128, 128, geometry.input_shape).astype(np.int8),
    )


def golden_output(layer: Layer) -> np.ndarray:
    """The layer's output by NumPy, int8 in the geometry's output shape."""
    g, operands = layer.geometry, (layer.inputs, layer.weights, layer.bias, layer.requantization)
    if isinstance(g, ConvGeometry):
        return conv(*operands, (g.SY, g.SX), (g.PY, g.PX))
    return linear(*operands)
