"""Layouts of tensors: where their elements lie, and what is compared and checked of them."""

from dataclasses import replace

import numpy as np
import pytest

from compiler.check import check_bytes
from compiler.graph import Graph, Table, Tensor
from compiler.storage import Memory, Storage
from reference.quantization import Quantization
from reference.reorder import banded
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.packing.activations import ACTIVATION_LAYOUTS, BANDED, ActivationLayout

SHAPES = ((8, 3, 5), (5, 2, 3), (1, 4, 2), (3, 1, 1), (13, 4), (4, 4), (7,), (6, 2, 2, 3))


def test_bands_by_hand():
    """Five rows of one element: two of each band, the last band empty."""
    assert banded(np.arange(10, 15)[:, None])[:, 0].tolist() == [[10, 12, 14, 0], [11, 13, 0, 0]]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("layout", ACTIVATION_LAYOUTS.values(), ids=str)
def test_elements_come_back(rng: np.random.Generator, layout: ActivationLayout, shape: tuple[int, ...]):
    values = rng.integers(-128, 128, shape).astype(np.int8)
    stored = layout.stored(values)
    assert stored.shape == (layout.size(shape),)
    assert np.array_equal(layout.values(stored, shape), values)


@pytest.mark.parametrize("height", range(1, 10))
def test_it_is_what_kernels_read(rng: np.random.Generator, height: int):
    """A kernel on one core that reads no rows of neighbours and no padding."""
    geometry = ConvGeometry(C=3, K=1, IX=2, IY=height, FX=1, FY=1)
    image = rng.integers(-128, 128, geometry.input_shape).astype(np.int8)
    assert BANDED.stored(image).tobytes() == BANDED.pack(image, geometry, padding=0)


def tensor(name: str) -> Tensor:
    return Tensor(name=name, shape=(5, 2, 3), quantization=Quantization(0.1), layout=BANDED)


@pytest.fixture
def graph() -> Graph:
    first, second = tensor("first"), tensor("second")
    node = Table(name="table", inputs=(first,), output=second, entries=np.arange(-128, 128).astype(np.int8))
    return Graph(name="banded", nodes=(node,), input=first, output=second)


def test_what_steps_read_is_checked(graph: Graph):
    """Two bands of two rows of six words, 48 bytes each."""
    assert graph.input.size == 48
    places = {graph.input: 0, graph.output: 48}
    check_bytes(graph, graph.nodes, places, 96)
    with pytest.raises(AssertionError, match="second leaves the arena"):
        check_bytes(graph, graph.nodes, places, 95)
    other = replace(graph.output, name="other")
    nodes = (*graph.nodes, replace(graph.nodes[0], name="last", inputs=(graph.input,), output=other))
    longer = replace(graph, nodes=nodes, output=other)
    check_bytes(longer, nodes, {**places, other: 48}, 96)
    check_bytes(longer, nodes, {graph.input: 0, graph.output: 46, other: 48}, 96)  # past the image's end
    with pytest.raises(AssertionError, match="last reads other bytes than those of first"):
        check_bytes(longer, nodes, {graph.input: 0, graph.output: 45, other: 48}, 96)


def test_golden_memory_has_it(graph: Graph, rng: np.random.Generator):
    memory = Memory(Storage.of(graph))
    values = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    memory.write(graph.input, values)
    assert np.array_equal(memory.read(graph.input), values)
