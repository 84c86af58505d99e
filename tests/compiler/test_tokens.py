"""Fully-connected layers over tokens as convolutions, and convolutions of few positions as such layers."""

import numpy as np
import pytest

from compiler.choose import chosen
from compiler.graph import Conv, Linear, Node
from compiler.lowering import lowered
from hw.cluster.config import STANDARD
from reference.window import Window
from sw_kernels.cluster.plan import plan
from sw_kernels.registry import kernel_named, operator_named
from tests.compiler.nodes import node_of


def outputs_by_kernel(node: Node, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The golden output of every way, in one shape."""
    codes = rng.integers(-128, 128, node.inputs[0].shape).astype(np.int8)
    return {str(way.kernel): way.bind(codes).golden().reshape(node.output.shape) for way in lowered(node)}


def test_tokens_are_positions_of_a_convolution(rng: np.random.Generator):
    found = outputs_by_kernel(node_of(Linear, rng, (9, 48), (9, 10), m=16), rng)
    assert len(found) == 8 + 8
    assert {"linear dense", "conv dense_4x2", "conv sparse_xdecimate m16"} <= found.keys()
    first, *others = found.values()
    assert all(np.array_equal(first, other) for other in others)
    assert outputs_by_kernel(node_of(Linear, rng, (48,), (10,)), rng).keys() == {
        "linear dense",
        "linear dense_4x4",
    }


def test_many_tokens_take_the_kernel_that_needs_fewer_cycles(rng: np.random.Generator):
    node = node_of(Linear, rng, (98, 64), (98, 64))
    step = chosen(node, lowered(node), STANDARD, {})
    assert step.choices[0].kernel == "linear dense_4x4"
    assert {choice.kernel for choice in step.choices[1:]} == {
        "linear dense",
        "conv dense_4x2",
        "conv dense_1x2",
    }
    cycles = [choice.cycles or 0 for choice in step.choices]
    assert cycles[0] == step.plan.cycles < 0.9 * min(cycles[1:])


def test_layers_of_one_shape_are_cut_once(rng: np.random.Generator):
    one, two, wider = (
        chosen(node, lowered(node), STANDARD, cuts)
        for cuts in [{}]
        for node in (node_of(Linear, rng, (8, 16), (8, channels)) for channels in (12, 12, 16))
    )
    assert one.plan is two.plan
    assert one.plan is not wider.plan


@pytest.mark.parametrize(
    ("image", "size", "out"),
    [
        ((1, 1, 40), (1, 1), (1, 1, 12)),
        ((3, 2, 20), (3, 2), (1, 1, 12)),
        ((4, 8, 20), (1, 1), (4, 8, 12)),
    ],
)
def test_few_positions_are_tokens(
    rng: np.random.Generator, image: tuple[int, ...], size: tuple[int, int], out: tuple[int, ...]
):
    node = node_of(Conv, rng, image, out, filter=size, window=Window(pad_value=-7))
    found = outputs_by_kernel(node, rng)
    assert found.keys() == {"conv dense_4x2", "conv dense_1x2", "linear dense", "linear dense_4x4"}
    assert np.array_equal(found["conv dense_4x2"], found["linear dense"])


def test_one_position_is_shared_by_channels(rng: np.random.Generator):
    node = node_of(Conv, rng, (1, 1, 256), (1, 1, 128), filter=(1, 1), window=Window())
    assert str(chosen(node, lowered(node), STANDARD, {}).way.kernel) == "linear dense"


@pytest.mark.parametrize(
    ("image", "size", "out", "window"),
    [
        ((5, 7, 8), (1, 1), (5, 7, 4), Window()),  # many positions
        ((4, 4, 8), (1, 1), (2, 2, 4), Window(stride_yx=(2, 2))),
        ((4, 4, 8), (1, 1), (2, 4, 4), Window(stride_yx=(2, 1))),
        ((4, 4, 8), (1, 1), (4, 2, 4), Window(stride_yx=(1, 2))),
        ((2, 2, 8), (2, 2), (2, 1, 4), Window(padding=(1, 0, 0, 0))),
        ((3, 4, 8), (1, 1), (4, 4, 4), Window(padding=(0, 0, 1, 0))),
        ((3, 4, 8), (1, 1), (3, 5, 4), Window(padding=(0, 1, 0, 0))),
        ((3, 4, 8), (1, 1), (3, 5, 4), Window(padding=(0, 0, 0, 1))),
        ((4, 3, 8), (2, 3), (3, 1, 4), Window()),
        ((3, 3, 8), (2, 2), (1, 1, 4), Window(dilation_yx=(2, 2))),
        ((3, 3, 8), (2, 2), (2, 2, 4), Window()),
    ],
)
def test_other_convolutions_are_no_tokens(
    rng: np.random.Generator,
    image: tuple[int, ...],
    size: tuple[int, int],
    out: tuple[int, ...],
    window: Window,
):
    node = node_of(Conv, rng, image, out, filter=size, window=window)
    assert "linear dense" not in outputs_by_kernel(node, rng)


def test_no_core_is_left_with_too_few_tokens():
    """Strips of 29 tokens, of which the last core has 1, took 9.1 Mcycles instead of 6.9."""
    operator = operator_named("linear")
    kernel = kernel_named(operator, "dense_4x4")
    layer = kernel.random_layer(operator.geometry.parse("C=1536,K=384,T=197"), seed=1)
    cut = plan(layer, STANDARD)
    assert cut.strip != 29
    assert 7_000_000 < cut.cycles < 7_400_000
