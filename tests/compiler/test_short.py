"""Arithmetic that a layer of a banded kernel gets: 16-bit multipliers where they are safe, else exact."""

from dataclasses import replace

import numpy as np
import pytest

from compiler.graph import Conv, Linear, Node, Weighted
from compiler.lowering import lowered
from reference.quantization import Quantization
from reference.requantization import Requantization, Tier
from reference.window import Window
from sw_kernels.layer import Layer
from sw_kernels.packing.activations import BANDED
from sw_kernels.weighted import WeightedLayer
from tests.compiler.nodes import node_of


def in_bands(node: Node) -> Node:
    inputs = tuple(replace(tensor, layout=BANDED) for tensor in node.inputs)
    return replace(node, inputs=inputs, output=replace(node.output, layout=BANDED))


@pytest.fixture
def conv(rng: np.random.Generator) -> Weighted:
    parts = {"filter": (3, 3), "window": Window(padding=(1, 1, 1, 1)), "m": 8}
    node = node_of(Conv, rng, (5, 3, 20), (5, 3, 6), **parts)
    assert isinstance(node, Weighted)
    return node


def layers(node: Node, rng: np.random.Generator) -> list[WeightedLayer]:
    """The layer of each way, on random codes."""
    codes = rng.integers(-128, 128, node.inputs[0].shape).astype(np.int8)
    found = [way.bind(codes) for way in lowered(node)]
    return [layer for layer in found if isinstance(layer, WeightedLayer)]


def golden(layer: Layer) -> np.ndarray:
    return layer.golden().astype(np.int32)


def test_short_where_it_is_safe(conv: Weighted, rng: np.random.Generator):
    """Within a step of the exact one, which kernels of rows have."""
    codes = np.random.default_rng(5)
    found = layers(in_bands(conv), codes)
    assert {str(layer.kernel) for layer in found} >= {"conv dense_xdecmac", "conv sparse_xdecmac m8"}
    assert {layer.tier for layer in found} == {Tier.SHORT}
    exact = layers(conv, np.random.default_rng(5))[0]
    assert exact.tier is not Tier.SHORT
    assert all(np.abs(golden(layer) - golden(exact)).max() <= 1 for layer in found)


def test_exact_where_a_zero_point_takes_the_bits(conv: Weighted, rng: np.random.Generator):
    """The zero point is shifted by as much as a very small scale: a factor would have 13 bits."""
    output = replace(conv.output, quantization=Quantization(0.1, -128))
    found = layers(in_bands(replace(conv, output=output, weight_scale=np.full(6, 2.0**-25))), rng)
    assert {layer.tier for layer in found} == {Tier.HIGH}
    assert any((layer.bias != 0).any() for layer in found)


def test_exact_where_a_scale_is_too_large(conv: Weighted, rng: np.random.Generator):
    steep = replace(conv, weight_scale=np.full(6, 0.7))
    assert {layer.tier for layer in layers(in_bands(steep), rng)} == {Tier.WIDE}


def test_multipliers_of_a_file_stay(conv: Weighted, rng: np.random.Generator):
    own = Requantization(np.full(6, 77, np.int32), np.full(6, 1 << 11, np.int64), np.full(6, 12, np.int64))
    found = layers(in_bands(replace(conv, requantization=own)), rng)
    assert all((layer.requantization.mul == 77).all() for layer in found)


@pytest.mark.parametrize(("shape", "count"), [((8, 3), 2), ((4, 2, 3), 2), ((6, 2, 3), 0)])
def test_tokens_have_their_bands(shape: tuple[int, ...], count: int, rng: np.random.Generator):
    """Bands of an image are those of its pixels as tokens only if its rows fill them."""
    node = in_bands(node_of(Linear, rng, shape, (*shape[:-1], 5)))
    assert len({way.kernel.operator for way in lowered(node)}) == count


def test_zero_points(conv: Weighted):
    """The output's zero point is part of the addend."""
    shifted = replace(conv, output=replace(conv.output, quantization=Quantization(0.1, 11)))
    found = layers(in_bands(shifted), np.random.default_rng(5))
    exact = layers(shifted, np.random.default_rng(5))[0]
    assert all(np.abs(golden(layer) - golden(exact)).max() <= 1 for layer in found)
