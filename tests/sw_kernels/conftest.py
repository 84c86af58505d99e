"""Random layers for the kernels, and what they must produce."""

from collections.abc import Callable

import numpy as np
import pytest

from reference.blocks import prune
from reference.requantization import Requantization, Tier, accumulator_bound
from reference.requantize import from_scale
from reference.short_requantization import short_from_scale
from sw_kernels.geometry import WeightedGeometry
from sw_kernels.kernel import Kernel
from sw_kernels.weighted import WeightedLayer

#: Output ranges that need each way of clipping.
RANGES = {"int8": (-128, 127), "relu": (0, 127), "bounds": (-7, 99)}


@pytest.fixture
def random_layer(rng: np.random.Generator) -> Callable[..., WeightedLayer]:
    """Makes layers with random operands whose requantization proves to be of a given tier."""

    def make(geometry: WeightedGeometry, kernel: Kernel, tier: Tier, clip: str) -> WeightedLayer:
        k = geometry.K
        weights = rng.integers(-128, 128, geometry.weight_shape).astype(np.int8)
        weights[rng.random(weights.shape) < 0.1] = 0
        if kernel.m:
            weights = prune(weights, kernel.m)
        bias = rng.integers(-3000, 3000, k).astype(np.int32)
        bound = accumulator_bound(weights, bias)
        # Most outputs inside the range, some clipped at either end; below 2, for the high tier's shift.
        scale = 1000 / np.maximum(bound, 600) * rng.uniform(0.1, 1, k)
        lo, hi = RANGES[clip]
        if tier is Tier.SHORT:
            requantization = short_from_scale(scale, bias, lo=lo, hi=hi)
            bias = np.zeros_like(bias)
        elif tier is Tier.NARROW:
            # Half of the largest product is left for the rounding constant.
            bits = int(min(30 - np.log2(bound.max() + 1), 12))
            requantization = from_scale(scale, bits=bits, lo=lo, hi=hi)
        else:
            requantization = from_scale(scale / 8, lo=lo, hi=hi)
        if tier is Tier.WIDE:
            add = requantization.add + rng.integers(-1000, 1000, k)
            shift = requantization.shift.copy()
            shift[0] = 5  # such a product passes 32 bits even after the shift
            requantization = Requantization(requantization.mul, add, shift, lo, hi)
        inputs = rng.integers(-128, 128, geometry.input_shape).astype(np.int8)
        cls = kernel.operator.layer
        assert issubclass(cls, WeightedLayer)
        layer = cls(
            geometry=geometry,
            kernel=kernel,
            weights=weights,
            bias=bias,
            requantization=requantization,
            inputs=inputs,
        )
        assert layer.tier is tier
        assert layer.requantization.clip == clip
        return layer

    return make
