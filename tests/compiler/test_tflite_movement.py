"""TFLite's movements, functions of one element, and convolutions in groups."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tflite

from compiler.compile import compile_graph
from compiler.graph import Conv, Graph, Table
from compiler.importer.tflite_model import read_tflite
from compiler.problem import ProblemsError
from hw.cluster.config import STANDARD
from reference.quantization import Quantization
from tests.compiler.movements import by_numpy
from tests.compiler.tflite_writer import ModelSpec, OperatorSpec, TensorSpec, add, conv, options, written

KINDS = tflite.BuiltinOperator
#: What a case is read by: the kind, attributes, constants, the input's shape and the outputs' shapes.
Case = tuple[int, Any, list[np.ndarray], tuple[int, ...], tuple[int, ...]]


def model(kind: int, attributes: Any, constants: list[np.ndarray], *shapes: tuple[int, ...]) -> ModelSpec:
    """One operator of an input, constants behind it, and outputs."""
    tensors = [TensorSpec("input", shapes[0], scales=(0.1,), zeros=(-3,))]
    tensors += [TensorSpec(f"y{i}", shape, scales=(0.1,), zeros=(-3,)) for i, shape in enumerate(shapes[1:])]
    places = []
    for number, data in enumerate(constants):
        places.append(len(tensors))
        dtype = str(data.dtype)
        tensors.append(TensorSpec(f"c{number}", data.shape, dtype, scales=(0.1,), zeros=(-3,), data=data))
    inputs = (*places, 0) if kind == KINDS.SPLIT else (0, *places)
    outputs = tuple(range(1, len(shapes)))
    return ModelSpec(tensors, [OperatorSpec(kind, inputs, outputs, attributes)], outputs=outputs[-1:])


@pytest.fixture
def read(tmp_path: Path) -> Callable[[ModelSpec], Graph]:
    def read(spec: ModelSpec) -> Graph:
        path = tmp_path / "model.tflite"
        path.write_bytes(written(spec))
        return read_tflite(path)

    return read


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            (KINDS.TRANSPOSE, options("TransposeOptions"), [ints(0, 3, 1, 2)], (1, 4, 5, 6), (1, 6, 4, 5)),
            lambda x: x.transpose(2, 0, 1),
        ),
        (
            (KINDS.SLICE, options("SliceOptions"), [ints(0, 1, 2), ints(1, -1, 3)], (1, 4, 6), (1, 3, 3)),
            lambda x: x[1:, 2:5],
        ),
        (
            (
                KINDS.STRIDED_SLICE,
                options("StridedSliceOptions", BeginMask=1, EndMask=3),
                [ints(0, 3, 5), ints(0, 0, 1), ints(1, -1, -2)],
                (1, 4, 6),
                (1, 4, 2),
            ),
            lambda x: x[::-1, 5:1:-2],
        ),
        (
            (
                KINDS.STRIDED_SLICE,
                options("StridedSliceOptions", EndMask=1, ShrinkAxisMask=2),
                [ints(0, 2), ints(0, 3), ints(1, 1)],
                (1, 4, 6),
                (1, 6),
            ),
            lambda x: x[2],
        ),
        (
            (KINDS.SPLIT, options("SplitOptions", NumSplits=3), [ints(-1)], (1, 4, 6), (1, 4, 2)),
            lambda x: x[:, 4:],
        ),
        (
            (
                KINDS.RESIZE_NEAREST_NEIGHBOR,
                options("ResizeNearestNeighborOptions", HalfPixelCenters=True),
                [ints(6, 4)],
                (1, 2, 4, 3),
                (1, 6, 4, 3),
            ),
            lambda x: x.repeat(3, axis=0),
        ),
        (
            (KINDS.PAD, options("PadOptions"), [ints(0, 0, 1, 2, 0, 1).reshape(3, 2)], (1, 4, 6), (1, 7, 7)),
            lambda x: np.pad(x, ((1, 2), (0, 1)), constant_values=-3),
        ),
        (
            (
                KINDS.PADV2,
                options("PadV2Options"),
                [ints(0, 0, 0, 0, 2, 1).reshape(3, 2), np.array([9], np.int8)],
                (1, 4, 6),
                (1, 4, 9),
            ),
            lambda x: np.pad(x, ((0, 0), (2, 1)), constant_values=9),
        ),
        (
            (
                KINDS.CONCATENATION,
                options("ConcatenationOptions", Axis=-1),
                [np.full((1, 4, 2), 5, np.int8)],
                (1, 4, 6),
                (1, 4, 8),
            ),
            lambda x: np.concatenate([x, np.full((4, 2), 5)], axis=1),
        ),
        (
            (KINDS.SQUEEZE, options("SqueezeOptions"), [], (1, 1, 4, 6), (1, 4, 6)),
            lambda x: x[0],
        ),
    ],
)
def test_movements_equal_numpy(
    case: Case,
    expected: Callable[[np.ndarray], np.ndarray],
    read: Callable[[ModelSpec], Graph],
    rng: np.random.Generator,
):
    kind, attributes, constants, source, output = case
    parts = 3 if kind == KINDS.SPLIT else 1
    graph = read(model(kind, attributes, constants, source, *[output] * parts))
    inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    assert np.array_equal(by_numpy(graph, inputs), expected(inputs))


@pytest.mark.parametrize(
    ("kind", "attributes", "function"),
    [
        (KINDS.LOGISTIC, None, lambda x: 1 / (1 + np.exp(-x))),
        (KINDS.TANH, None, np.tanh),
        (KINDS.HARD_SWISH, None, lambda x: x * np.clip(x + 3, 0, 6) / 6),
        (KINDS.RELU6, None, lambda x: np.clip(x, 0, 6)),
        (KINDS.LEAKY_RELU, options("LeakyReluOptions", Alpha=0.25), lambda x: np.where(x < 0, x / 4, x)),
    ],
)
def test_functions_of_one_element(
    kind: int, attributes: Any, function: Callable, read: Callable[[ModelSpec], Graph]
):
    (node,) = read(model(kind, attributes, [], (1, 8), (1, 8))).nodes
    assert isinstance(node, Table)
    scale = Quantization(float(np.float32(0.1)), -3)
    exact = scale.codes(function(scale.real(np.arange(-128, 128))))
    assert np.abs(node.entries.astype(int) - exact).max() <= 1
    assert (node.entries == exact).mean() > 0.98


def test_sums_and_products_with_constants(read: Callable[[ModelSpec], Graph], rng: np.random.Generator):
    constant = rng.integers(-128, 128, 6).astype(np.int8)
    scale = Quantization(float(np.float32(0.1)), -3)
    for kind, attributes, combine in (
        (KINDS.ADD, add(), np.add),
        (KINDS.MUL, options("MulOptions"), np.multiply),
    ):
        graph = read(model(kind, attributes, [constant], (1, 4, 6), (1, 4, 6)))
        inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
        (found,) = compile_graph(graph, STANDARD).golden(inputs)
        exact = scale.codes(combine(scale.real(inputs), scale.real(constant)))
        assert np.abs(found.astype(int) - exact).max() <= 1


def test_the_mean_of_an_image(read: Callable[[ModelSpec], Graph], rng: np.random.Generator):
    graph = read(model(KINDS.MEAN, options("ReducerOptions"), [ints(1, 2)], (1, 4, 5, 6), (1, 6)))
    inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    network = compile_graph(graph, STANDARD)
    found = network.golden_network.output(network.golden(inputs))
    assert np.abs(found - inputs.mean(axis=(0, 1))).max() <= 0.5001


@pytest.mark.parametrize("depthwise", [False, True])
def test_convolutions_in_groups(
    depthwise: bool, read: Callable[[ModelSpec], Graph], rng: np.random.Generator
):
    """Two groups of three channels, and six channels that make two outputs each."""
    shape = (1, 3, 3, 12) if depthwise else (8, 3, 3, 3)
    weights = rng.integers(-127, 128, shape).astype(np.int8)
    attributes = options("DepthwiseConv2DOptions", StrideH=1, StrideW=1, DepthMultiplier=2)
    spec = model(
        KINDS.DEPTHWISE_CONV_2D if depthwise else KINDS.CONV_2D,
        attributes if depthwise else conv(),
        [weights],
        (1, 5, 5, 6),
        (1, 5, 5, 12 if depthwise else 8),
    )
    spec.tensors[2].zeros = (0,)
    graph = read(spec)
    (node,) = graph.nodes
    assert isinstance(node, Conv)
    assert node.groups == (6 if depthwise else 2)
    inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
    (found,) = compile_graph(graph, STANDARD).golden(inputs)
    padded = np.pad(inputs.astype(int) + 3, ((1, 1), (1, 1), (0, 0)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    if depthwise:
        exact = np.einsum("yxcij,ijcm->yxcm", seen, weights[0].reshape(3, 3, 6, 2).astype(int)).reshape(
            5, 5, 12
        )
    else:
        parts = [
            np.einsum(
                "yxcij,kijc->yxk", seen[:, :, 3 * g : 3 * g + 3], weights[4 * g : 4 * g + 4].astype(int)
            )
            for g in range(2)
        ]
        exact = np.concatenate(parts, axis=2)
    exact = np.clip(np.rint(exact * 0.1) - 3, -128, 127)
    assert np.abs(found - exact).max() <= 1


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (
            (KINDS.TRANSPOSE, options("TransposeOptions"), [ints(0, 2, 2)], (1, 4, 6), (1, 6, 4)),
            "does not fit the shape",
        ),
        (
            (KINDS.TRANSPOSE, options("TransposeOptions"), [ints(0, 2, 1)], (1, 4, 6), (1, 4, 6)),
            r"makes the shape \[1, 6, 4\], but its output has \[1, 4, 6\]",
        ),
        (
            (
                KINDS.RESIZE_NEAREST_NEIGHBOR,
                options("ResizeNearestNeighborOptions"),
                [ints(3, 4)],
                (1, 2, 4, 3),
                (1, 3, 4, 3),
            ),
            "resize rows and columns by whole numbers",
        ),
        (
            (
                KINDS.STRIDED_SLICE,
                options("StridedSliceOptions", NewAxisMask=1),
                [ints(0), ints(1), ints(1)],
                (1, 4),
                (1, 4),
            ),
            "give begin, end and step of each axis",
        ),
        (
            (KINDS.MEAN, options("ReducerOptions"), [ints(3)], (1, 4, 5, 6), (1, 4, 5)),
            "average rows and columns",
        ),
        (
            (KINDS.PAD, options("PadOptions"), [ints(1, 0, 0, 0).reshape(2, 2)], (1, 4), (2, 4)),
            "batch of 1",
        ),
        (
            (
                KINDS.CONCATENATION,
                options("ConcatenationOptions", Axis=1, FusedActivationFunction=1),
                [np.zeros((1, 2), np.int8)],
                (1, 4),
                (1, 6),
            ),
            "put the activation before it",
        ),
    ],
)
def test_what_is_refused(case: Case, message: str, read: Callable[[ModelSpec], Graph]):
    with pytest.raises(ProblemsError, match=message):
        read(model(*case))
