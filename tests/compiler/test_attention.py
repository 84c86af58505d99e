"""Attention: heads that products read and write where they lie, against real arithmetic and on the RTL."""

from dataclasses import replace

import numpy as np
import pytest

from bench.host import run_on_host
from bench.network import run_network
from compiler.compile import compile_graph
from compiler.folder.write import cached_folder
from compiler.graph import Graph, LayerNorm, Linear, MatMul, Node, Softmax, Tensor, View
from compiler.movement import Reshape, Strided
from compiler.passes.views import with_views
from hw.cluster.config import STANDARD
from hw.config import XDECMAC
from reference.quantization import Quantization

TOKENS, HEADS, WIDTH = 14, 3, 10
CHANNELS = HEADS * WIDTH


def tensor(name: str, shape: tuple[int, ...], scale: float = 0.05, zero: int = -3) -> Tensor:
    return Tensor(name=name, shape=shape, quantization=Quantization(scale, zero))


def split(source: Tensor, part: int, *, transposed: bool) -> list[Node]:
    """The heads of a third of a matrix as a model file has them: split, then transposed."""
    name = f"{'qkv'[part]}"
    third = tensor(name, (TOKENS, CHANNELS))
    heads = tensor(f"{name} heads", (TOKENS, HEADS, WIDTH))
    moved = tensor(f"{name} moved", (HEADS, WIDTH, TOKENS) if transposed else (HEADS, TOKENS, WIDTH))
    strides = (WIDTH, 1, CHANNELS) if transposed else (WIDTH, CHANNELS, 1)
    return [
        Strided(name=name, inputs=(source,), output=third, offset=part * CHANNELS, strides=(3 * CHANNELS, 1)),
        Reshape(name=heads.name, inputs=(third,), output=heads),
        Strided(name=moved.name, inputs=(heads,), output=moved, offset=0, strides=strides),
    ]


@pytest.fixture
def graph(rng: np.random.Generator) -> Graph:
    """A normalization, and attention over the heads of one matrix of queries, keys and values."""
    image, normed = tensor("image", (TOKENS, 20)), tensor("normed", (TOKENS, 20), 0.03, -11)
    matrix = tensor("matrix", (TOKENS, 3 * CHANNELS))
    norm = LayerNorm(
        name="normed",
        inputs=(image,),
        output=normed,
        lo=-90,
        gain=rng.normal(1, 0.3, 20),
        bias=rng.normal(0, 0.3, 20),
        epsilon=1e-5,
    )
    linear = Linear(
        name="matrix",
        inputs=(normed,),
        output=matrix,
        weights=rng.integers(-127, 128, (3 * CHANNELS, 20)).astype(np.int8),
        weight_scale=np.full(3 * CHANNELS, 0.004),
        bias=rng.integers(-500, 500, 3 * CHANNELS).astype(np.int32),
    )
    q, k, v = (split(matrix, part, transposed=part == 2) for part in range(3))
    scores = tensor("scores", (HEADS, TOKENS, TOKENS), 0.4, 5)
    shares = tensor("shares", scores.shape, 1 / 256, -128)
    sums = tensor("sums", (HEADS, TOKENS, WIDTH), 0.04, 9)
    merged = tensor("merged", (TOKENS, HEADS, WIDTH), 0.04, 9)
    flat = tensor("flat", (TOKENS, CHANNELS), 0.04, 9)
    nodes = (
        norm,
        linear,
        *q,
        *k,
        *v,
        MatMul(name="scores", inputs=(q[-1].output, k[-1].output), output=scores),
        Softmax(name="shares", inputs=(scores,), output=shares),
        MatMul(name="sums", inputs=(shares, v[-1].output), output=sums, lo=-100, hi=90),
        Strided(
            name="merged",
            inputs=(sums,),
            output=merged,
            offset=0,
            strides=(WIDTH, TOKENS * WIDTH, 1),
        ),
        Reshape(name="flat", inputs=(merged,), output=flat),
    )
    return Graph(name="attention", nodes=nodes, input=image, output=flat)


def heads_of(codes: np.ndarray) -> list[np.ndarray]:
    """Queries, keys and values in real numbers, (H, T, K) each."""
    matrix = Quantization(0.05, -3).real(codes).reshape(TOKENS, 3, HEADS, WIDTH)
    return list(matrix.transpose(1, 2, 0, 3))


def test_heads_are_read_and_written_where_they_lie(graph: Graph):
    nodes = with_views(graph).nodes
    assert [type(node) for node in nodes] == [LayerNorm, Linear, MatMul, Softmax, MatMul, Reshape]
    scores, sums = (node for node in nodes if isinstance(node, MatMul))
    strides = (WIDTH, 3 * CHANNELS, 1)
    assert scores.a == View(offset=0, shape=(HEADS, TOKENS, WIDTH), strides=strides)
    assert scores.b == View(offset=CHANNELS, shape=(HEADS, TOKENS, WIDTH), strides=strides)
    assert sums.b == View(offset=2 * CHANNELS, shape=(HEADS, WIDTH, TOKENS), strides=(WIDTH, 1, 3 * CHANNELS))
    assert (scores.interleaved, sums.interleaved) == (False, True)
    assert sums.output.name == "merged"


def test_every_step_is_within_one_of_real_arithmetic(graph: Graph, rng: np.random.Generator):
    network = compile_graph(graph, STANDARD)
    codes = rng.integers(-128, 128, (TOKENS, 20)).astype(np.int8)
    normed, matrix, scores, shares, sums = network.golden(codes)
    real = graph.input.quantization.real(codes)
    deviation = real - real.mean(axis=1, keepdims=True)
    node = graph.nodes[0]
    assert isinstance(node, LayerNorm)
    exact = deviation / np.sqrt(real.var(axis=1, keepdims=True) + 1e-5) * node.gain + node.bias
    exact = np.maximum(node.output.quantization.codes(exact), node.lo).astype(int)
    assert np.abs(normed - exact).max() <= 1
    assert (normed == node.lo).any()
    q, k, v = heads_of(matrix)
    exact = Quantization(0.4, 5).codes(q @ k.swapaxes(1, 2)).astype(int)
    assert np.ptp(exact) > 100
    assert np.abs(scores - exact).max() <= 1
    real = Quantization(1 / 256, -128).real(shares) @ v
    exact = np.clip(Quantization(0.04, 9).codes(real.transpose(1, 0, 2)), -100, 90)
    assert np.abs(sums - exact.astype(int)).max() <= 1


def test_every_byte_on_the_rtl(graph: Graph, rng: np.random.Generator):
    codes = rng.integers(-128, 128, (TOKENS, 20)).astype(np.int8)
    result = run_network(compile_graph(graph, STANDARD), codes)
    assert [layer.differs_at for layer in result.layers] == [None] * 5


def test_products_of_xdecmac_on_this_pc(graph: Graph, rng: np.random.Generator):
    network = compile_graph(graph, replace(STANDARD, core=XDECMAC), preferred=("dense_xdecmac",))
    kernels = [step.way.kernel.name for step in network.steps if isinstance(step.node, MatMul)]
    assert kernels == ["dense_xdecmac"] * 2
    codes = rng.integers(-128, 128, (TOKENS, 20)).astype(np.int8)
    assert run_on_host(cached_folder(network), codes).matches_golden


def test_movements_that_others_read_stay(graph: Graph):
    """The queries' heads are the model's output, too."""
    output = graph.nodes[4].output
    nodes = with_views(Graph(name="queries", nodes=graph.nodes, input=graph.input, output=output)).nodes
    assert output in [node.output for node in nodes]
    assert sum(isinstance(node, Strided) for node in nodes) == 2


def test_products_that_others_read_keep_their_heads(graph: Graph):
    """Another node, behind the movement that merges the heads, reads them, too."""
    sums = next(node.output for node in graph.nodes if node.name == "sums")
    other = Softmax(name="other", inputs=(sums,), output=tensor("other", sums.shape, 1 / 256, -128))
    nodes = with_views(replace(graph, nodes=(*graph.nodes, other))).nodes
    assert sums in [node.output for node in nodes]
    assert not any(isinstance(node, MatMul) and node.interleaved for node in nodes)


@pytest.mark.parametrize("change", ["scale", "order"])
def test_what_is_no_view_is_copied(graph: Graph, change: str):
    """A movement that changes the scale, and heads whose rows have neither K nor N innermost."""
    first = graph.nodes[2].output
    between = tensor("between", (TOKENS, CHANNELS), 0.06 if change == "scale" else 0.05)
    strides = (1, TOKENS) if change == "order" else (CHANNELS, 1)
    moved = Strided(name="between", inputs=(first,), output=between, offset=0, strides=strides)
    second = Reshape(name="q heads", inputs=(between,), output=graph.nodes[3].output)
    nodes = (*graph.nodes[:3], moved, second, *graph.nodes[4:])
    found = with_views(Graph(name="copied", nodes=nodes, input=graph.input, output=graph.output)).nodes
    (scores, _) = (node for node in found if isinstance(node, MatMul))
    assert scores.inputs[0].name == ("q heads" if change == "scale" else "q moved")


def test_operands_without_views(rng: np.random.Generator):
    """Both operands are one tensor: its rows times themselves."""
    rows = tensor("rows", (2, 5, 6))
    products = tensor("products", (2, 5, 5), 0.5, 0)
    node = MatMul(name="products", inputs=(rows, rows), output=products)
    network = compile_graph(Graph(name="gram", nodes=(node,), input=rows, output=products), STANDARD)
    codes = rng.integers(-128, 128, rows.shape).astype(np.int8)
    real = rows.quantization.real(codes)
    exact = products.quantization.codes(real @ real.swapaxes(1, 2))
    assert np.abs(network.golden(codes)[0] - exact.astype(int)).max() <= 1
