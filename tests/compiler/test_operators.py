"""Each operator of a network against real arithmetic, and all of them together on the RTL."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bench.network import run_network
from compiler.compile import compile_graph
from compiler.graph import (
    Add,
    AveragePool,
    Conv,
    Depthwise,
    Graph,
    Linear,
    MaxPool,
    Mul,
    Node,
    Softmax,
    Table,
    Tensor,
)
from compiler.lowering import lowered
from compiler.movement import Reshape
from compiler.problem import ProblemsError
from hw.cluster.config import SMALL, STANDARD, ClusterConfig
from hw.config import BASELINE
from reference.add import Addition
from reference.quantization import Quantization
from reference.table import entries_of
from reference.window import Window


def tensor(name: str, shape: tuple[int, ...], scale: float, zero: int) -> Tensor:
    return Tensor(name=name, shape=shape, quantization=Quantization(scale, zero))


def weighted(rng: np.random.Generator, shape: tuple[int, ...]) -> dict[str, Any]:
    return {
        "weights": rng.integers(-127, 128, shape).astype(np.int8),
        "weight_scale": rng.uniform(0.001, 0.002, shape[0]),
        "bias": rng.integers(-500, 500, shape[0]).astype(np.int32),
    }


def same(image: Tensor) -> Window:
    """Padding that keeps the size of an image under a filter of 3 by 3."""
    return Window(padding=(1, 1, 1, 1), pad_value=image.zero)


@pytest.fixture
def graph(rng: np.random.Generator) -> Graph:
    """A residual network with asymmetric zero points and padding that differs by side."""
    image = tensor("image", (9, 8, 3), 0.05, -20)
    one = tensor("one", (5, 4, 6), 0.04, -128)
    own = tensor("own", (5, 4, 6), 0.05, -9)
    two = tensor("two", (5, 4, 6), 0.06, 11)
    total = tensor("sum", (5, 4, 6), 0.03, -128)
    root = tensor("root", (5, 4, 6), 0.02, -128)
    factors = rng.integers(-128, 128, (5, 4, 6)).astype(np.int8)
    gains = replace(tensor("gains", factors.shape, 0.01, 20), data=factors)
    product = tensor("product", (5, 4, 6), 0.03, -20)
    most = tensor("most", (3, 2, 6), 0.03, -20)
    mean = tensor("mean", (1, 1, 6), 0.05, -100)
    flat = tensor("flat", (6,), 0.05, -100)
    classes = tensor("classes", (4,), 0.02, 3)
    shares = tensor("shares", (4,), 1 / 256, -128)
    depthwise = weighted(rng, (6, 3, 3))
    depthwise["weights"] = depthwise["weights"].transpose(1, 2, 0)
    nodes = (
        Conv(
            name="stem",
            inputs=(image,),
            output=one,
            window=Window(stride_yx=(2, 2), padding=(1, 0, 1, 1), pad_value=image.zero),
            **weighted(rng, (6, 3, 3, 3)),
        ),
        Depthwise(
            name="own",
            inputs=(one,),
            output=own,
            window=same(one),
            **depthwise,
        ),
        Conv(
            name="inner",
            inputs=(own,),
            output=two,
            window=same(own),
            **weighted(rng, (6, 3, 3, 6)),
        ),
        Add(name="add", inputs=(one, two), output=total, lo=-100, hi=100),
        Table(
            name="root",
            inputs=(total,),
            output=root,
            entries=entries_of(np.sqrt, total.quantization, root.quantization),
        ),
        Mul(name="gain", inputs=(root, gains), output=product, lo=-40, hi=100),
        MaxPool(
            name="max",
            inputs=(product,),
            output=most,
            size_yx=(2, 2),
            window=Window(stride_yx=(2, 2), padding=(0, 0, 1, 0)),
        ),
        AveragePool(name="mean", inputs=(most,), output=mean, size_yx=(3, 2), window=Window()),
        Reshape(name="flat", inputs=(mean,), output=flat),
        Linear(name="classes", inputs=(flat,), output=classes, **weighted(rng, (4, 6))),
        Softmax(name="shares", inputs=(classes,), output=shares),
    )
    return Graph(name="residual", nodes=nodes, input=image, output=shares)


def windows(values: np.ndarray, size: tuple[int, ...], window: Window, fill: float) -> np.ndarray:
    """(OY, OX, C, FY, FX) of real values."""
    top, left, bottom, right = window.padding
    padded = np.pad(values, ((top, bottom), (left, right), (0, 0)), constant_values=fill)
    found = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(0, 1))
    return found[:: window.stride_yx[0], :: window.stride_yx[1]]


def real(node: Node, inputs: list[np.ndarray]) -> np.ndarray:
    """The node's output in real numbers, from codes."""
    first, *others = [part.quantization.real(codes) for part, codes in zip(node.inputs, inputs, strict=True)]
    if isinstance(node, Conv):
        weights = node.weights * node.weight_scale[:, None, None, None]
        step = node.inputs[0].scale * node.weight_scale
        return (
            np.einsum("yxcij,kijc->yxk", windows(first, node.weights.shape[1:3], node.window, 0), weights)
            + node.bias * step
        )
    if isinstance(node, Depthwise):
        step = node.inputs[0].scale * node.weight_scale
        seen = windows(first, node.weights.shape[:2], node.window, 0)
        return np.einsum("yxcij,ijc->yxc", seen, node.weights * node.weight_scale) + node.bias * step
    if isinstance(node, Linear):
        step = node.inputs[0].scale * node.weight_scale
        return (node.weights * node.weight_scale[:, None]) @ first.ravel() + node.bias * step
    if isinstance(node, MaxPool):
        return windows(first, node.size_yx, node.window, -np.inf).max(axis=(3, 4))
    if isinstance(node, AveragePool):
        return np.nanmean(windows(first, node.size_yx, node.window, np.nan), axis=(3, 4))
    if isinstance(node, Softmax):
        return np.exp(first) / np.exp(first).sum()
    if isinstance(node, Table):
        return np.sqrt(first)
    if isinstance(node, Mul):
        return first * others[0]
    assert isinstance(node, Add)
    return first + others[0]


def test_every_operator_is_within_a_step_of_real_arithmetic(graph: Graph, rng: np.random.Generator):
    network = compile_graph(graph, STANDARD)
    codes = {**graph.constants, graph.input: rng.integers(-128, 128, graph.input.shape).astype(np.int8)}
    outputs = network.golden(codes[graph.input])
    for step, output in zip(network.steps, outputs, strict=True):
        codes[network.storage.owners[step.node.output]] = output
        inputs = [codes[network.storage.owners[part]].reshape(part.shape) for part in step.node.inputs]
        quantization = step.node.output.quantization
        steps = np.rint(real(step.node, inputs) / quantization.scale) + quantization.zero
        expected = np.clip(steps, step.node.lo, step.node.hi)
        assert np.abs(output - expected).max() <= 1, step.node.name
        if isinstance(step.node, Add):
            assert (output.min(), output.max()) == (step.node.lo, step.node.hi), "both limits are reached"


@pytest.mark.long
@pytest.mark.parametrize("cluster", [STANDARD, SMALL], ids=lambda cluster: cluster.name)
def test_every_byte_on_the_rtl(graph: Graph, rng: np.random.Generator, cluster: ClusterConfig):
    inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    result = run_network(compile_graph(graph, cluster), inputs)
    assert [layer.differs_at for layer in result.layers] == [None] * 10


def test_a_constant_is_no_output(graph: Graph):
    (constant,) = graph.constants
    with pytest.raises(ProblemsError, match="the output is the input or a constant"):
        compile_graph(replace(graph, output=constant), STANDARD)


@pytest.mark.long
def test_images_larger_than_l1(rng: np.random.Generator):
    image, most = tensor("image", (80, 64, 32), 0.1, 3), tensor("most", (40, 32, 32), 0.1, 3)
    window = Window(stride_yx=(2, 2))
    pool = MaxPool(name="most", inputs=(image,), output=most, size_yx=(2, 2), window=window)
    network = compile_graph(Graph(name="large", nodes=(pool,), input=image, output=most), STANDARD)
    assert image.size > STANDARD.l1_bytes
    assert run_network(network, rng.integers(-128, 128, image.shape).astype(np.int8)).matches_golden


def test_the_baseline_computes_the_same_bytes(graph: Graph, rng: np.random.Generator):
    inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    ours, plain = (
        compile_graph(graph, cluster).golden(inputs)
        for cluster in (STANDARD, replace(STANDARD, core=BASELINE))
    )
    assert all(np.array_equal(a, b) for a, b in zip(ours, plain, strict=True))


def test_an_addition_of_the_importer_is_clipped_to_the_range_of_the_node(rng: np.random.Generator):
    ends = tensor("first", (2, 40), 0.1, 0), tensor("second", (2, 40), 0.1, 0)
    node = Add(
        name="sum",
        inputs=ends,
        output=tensor("sum", (2, 40), 0.1, 0),
        addition=Addition(m1=1, m2=-1, c=0, shift=0),
        lo=-20,
        hi=30,
    )
    first, second = (rng.integers(-60, 60, (2, 40)).astype(np.int8) for _ in ends)
    way, *_ = lowered(node)
    found = way.bind(first, second).golden().reshape(2, 40)
    assert np.array_equal(found, np.clip(first - second, -20, 30))
