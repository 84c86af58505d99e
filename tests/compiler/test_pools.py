"""Poolings in bands: means and maxima of whole images, and means of small windows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bench.host import run_on_host
from common.errors import UserError
from compiler import layouts
from compiler.compile import compile_graph
from compiler.folder.write import cached_folder
from compiler.graph import AveragePool, Conv, Graph, MaxPool, Node, Pool, Tensor
from compiler.layouts import Option
from compiler.lowering import lowered
from compiler.movement import Reorder
from hw.cluster.config import STANDARD
from hw.config import XDECMAC
from reference.quantization import Quantization
from reference.window import Window
from sw_kernels.packing.activations import BANDED, HWC, ActivationLayout
from sw_kernels.pool.layer import PoolLayer

CLUSTER = replace(STANDARD, core=XDECMAC)


def tensor(name: str, *shape: int, scale: float = 0.05) -> Tensor:
    return Tensor(name=name, shape=shape, quantization=Quantization(scale, 5))


def pool(kind: type[Pool], source: Tensor, size: tuple[int, int], given: Window) -> Pool:
    rows, columns, channels = source.shape
    top, left, bottom, right = given.padding
    shape = [
        (length - span) // stride + 1
        for length, span, stride in zip(
            (rows + top + bottom, columns + left + right), size, given.stride_yx, strict=True
        )
    ]
    # A maximum keeps the scale.
    output = tensor("pooled", *shape, channels, scale=0.05 if kind is MaxPool else 0.02)
    return kind(name="pool", inputs=(source,), output=output, size_yx=size, window=given)


def network(rng: np.random.Generator, kind: type[Pool], size: tuple[int, int], window: Window) -> Graph:
    x, y = tensor("x", 6, 6, 8), tensor("y", 6, 6, 12)
    conv = Conv(
        name="conv",
        inputs=(x,),
        output=y,
        weights=rng.integers(-127, 128, (12, 3, 3, 8)).astype(np.int8),
        weight_scale=np.full(12, 0.002),
        bias=np.zeros(12, np.int32),
        window=Window(padding=(1, 1, 1, 1), pad_value=x.zero),
    )
    last = pool(kind, y, size, window)
    return Graph(name="pooled", nodes=(conv, last), input=x, output=last.output)


def laid(node: Node, reads: ActivationLayout, writes: ActivationLayout) -> Node:
    inputs = tuple(replace(source, layout=reads) for source in node.inputs)
    return replace(node, inputs=inputs, output=replace(node.output, layout=writes))


@pytest.mark.parametrize("kind", [AveragePool, MaxPool])
def test_a_whole_image_leaves_its_bands(kind: type[Pool], rng: np.random.Generator):
    graph = network(rng, kind, (6, 6), Window())
    preferred = ("dense_xdecmac", "average_banded", "max_banded")
    compiled = compile_graph(graph, CLUSTER, preferred=preferred)
    assert [type(step.node) for step in compiled.steps] == [Reorder, Conv, kind]
    assert [step.node.output.layout for step in compiled.steps] == [BANDED, BANDED, HWC]
    inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    assert run_on_host(cached_folder(compiled), inputs).matches_golden
    rows = lowered(graph.nodes[1])[0].bind
    values = rng.integers(-128, 128, (6, 6, 12)).astype(np.int8)
    bands = lowered(laid(graph.nodes[1], BANDED, HWC))[0].bind
    assert np.array_equal(rows(values).golden(), bands(values).golden())


@pytest.mark.parametrize(("size", "stride"), [((2, 2), (2, 2)), ((1, 3), (1, 1))])
def test_means_of_small_windows_stay_in_bands(
    size: tuple[int, int], stride: tuple[int, int], rng: np.random.Generator
):
    """A depthwise convolution computes them, whose 16-bit multipliers may differ by a step."""
    graph = network(rng, AveragePool, size, Window(stride_yx=stride))
    compiled = compile_graph(graph, CLUSTER, preferred=("dense_xdecmac", "depthwise_xdecmac"))
    kernels = [step.way.kernel.name for step in compiled.steps]
    assert kernels == ["blocks", "dense_xdecmac", "depthwise_xdecmac", "blocks"]
    inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    assert run_on_host(cached_folder(compiled), inputs).matches_golden
    values = rng.integers(-128, 128, (6, 6, 12)).astype(np.int8)
    exact = lowered(graph.nodes[1])[0].bind(values).golden().astype(int)
    short = lowered(laid(graph.nodes[1], BANDED, BANDED))[-1].bind(values).golden().astype(int)
    assert np.abs(exact - short).max() <= 1


@pytest.mark.parametrize(
    ("kind", "size", "window"),
    [
        (MaxPool, (2, 2), Window(stride_yx=(2, 2))),
        (MaxPool, (2, 3), Window(stride_yx=(2, 2), padding=(0, 1, 0, 1))),
        (AveragePool, (2, 5), Window(stride_yx=(2, 1), padding=(0, 2, 0, 2))),
    ],
)
def test_windows_inside_bands(
    kind: type[Pool],
    size: tuple[int, int],
    window: Window,
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
):
    """Kernels of rows compute them, as if the four bands were channels; of 6 rows the last band has none."""

    def in_bands(_: Graph, options: Sequence[Sequence[Option]], __: object) -> list[Option]:
        return [next(option for option in own if option.writes is BANDED) for own in options]

    monkeypatch.setattr(layouts, "chosen_layouts", in_bands)
    graph = network(rng, kind, size, window)
    compiled = compile_graph(graph, CLUSTER)
    assert [type(step.node) for step in compiled.steps] == [Reorder, Conv, kind, Reorder]
    assert isinstance(compiled.steps[2].layer, PoolLayer)
    inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    assert run_on_host(cached_folder(compiled), inputs).matches_golden
    values = rng.integers(-128, 128, (6, 6, 12)).astype(np.int8)
    rows = lowered(graph.nodes[1])[0].bind(values).golden()
    bands = lowered(laid(graph.nodes[1], BANDED, BANDED))[0].bind(values).golden()
    assert np.array_equal(BANDED.values(bands, rows.shape), rows)


def test_other_windows_stay_in_rows(rng: np.random.Generator):
    y = tensor("y", 6, 6, 12)
    border = Window(padding=(1, 1, 1, 1))
    padded = pool(AveragePool, y, (3, 3), border)
    alone = pool(AveragePool, tensor("y", 1, 1, 3), (3, 3), border)  # always 1 of 9
    overlapping = pool(MaxPool, y, (2, 2), Window())
    beyond = pool(MaxPool, tensor("y", 7, 8, 3), (2, 2), Window(stride_yx=(2, 2), padding=(0, 0, 1, 0)))
    divided = pool(MaxPool, tensor("y", 12, 6, 3), (2, 2), Window(stride_yx=(2, 2)))  # bands of 3 rows
    for node in (padded, alone, pool(AveragePool, y, (4, 4), Window()), overlapping, beyond, divided):
        with pytest.raises(UserError, match="must not overlap from row to row nor reach into another band"):
            lowered(laid(node, BANDED, BANDED))
