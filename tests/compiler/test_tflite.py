"""TFLite models: what is read, and what is refused with its node."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest

from common.errors import UserError
from compiler.graph import Add, Conv, Linear
from compiler.importer.tflite_model import read_tflite
from compiler.problem import ProblemsError
from tests.compiler.models import perceptron, residual
from tests.compiler.tflite_writer import ModelSpec, conv, written

MODELS = {
    "pretrainedResnet_quant": (16, (32, 32, 3), (10,)),
    "kws_ref_model": (13, (49, 10, 1), (12,)),
    "vww_96_int8": (31, (96, 96, 3), (2,)),
    "ad01_int8": (10, (640,), (640,)),
    "str_ww_ref_model": (11, (30, 1, 40), (3,)),
}


@pytest.fixture
def save(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "model.tflite"
        path.write_bytes(content)
        return path

    return write


def test_a_perceptron(save: Callable[[bytes], Path], rng: np.random.Generator):
    model = perceptron(rng)
    graph = read_tflite(save(written(model)))
    assert [node.name for node in graph.nodes] == ["layer0", "layer1"]
    first = graph.nodes[0]
    assert isinstance(first, Linear)
    assert model.tensors[1].data is not None
    assert np.array_equal(first.weights, model.tensors[1].data)
    assert (graph.input.shape, graph.input.zero) == ((40,), -3)
    assert graph.input.scale == pytest.approx(0.05)
    assert (first.lo, first.hi) == (-5, 127)


def test_windows_and_sums(save: Callable[[bytes], Path], rng: np.random.Generator):
    graph = read_tflite(save(written(residual(rng))))
    first, second, total = graph.nodes
    assert isinstance(first, Conv)
    assert isinstance(second, Conv)
    assert isinstance(total, Add)
    assert (first.window.stride_yx, first.window.padding) == ((2, 2), (0, 0, 1, 1))
    assert (second.window.padding, second.window.pad_value) == ((1, 1, 1, 1), 7)
    assert (first.lo, second.lo) == (-128, 7)
    assert not first.bias.any()
    assert total.inputs == (first.output, second.output)


def _residual(change: Callable[[ModelSpec], None], rng: np.random.Generator) -> bytes:
    model = residual(rng)
    change(model)
    return written(model)


def _set(items: list, position: int, **values: object) -> None:
    for name, value in values.items():
        setattr(items[position], name, value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: _set(m.tensors, 0, shape=(1, 8, 8, 7)), "some equal groups of the channels"),
        (lambda m: _set(m.tensors, 1, shape=(1, 5, 4, 6)), "has 5 rows or columns, but its window makes 4"),
        (
            lambda m: _set(m.operators, 0, options=conv(stride=0)),
            r"stride \(0, 0\) or dilation",
        ),
        (lambda m: _set(m.operators, 0, options=conv(padding=7)), "number of its padding is 7"),
        (lambda m: _set(m.operators, 0, options=conv(stride=2, activation=9)), "its activation is 9"),
        (lambda m: _set(m.operators, 0, options=None), "it has no attributes"),
        (lambda m: _set(m.tensors, 3, shape=(1, 4, 4, 7)), "it combines the shapes"),
        (lambda m: _set(m.operators, 2, outputs=(2,)), "it writes 'two', which was written before"),
    ],
)
def test_windows_and_sums_that_are_refused(
    change: Callable[[ModelSpec], None], message: str, save: Callable[[bytes], Path], rng: np.random.Generator
):
    with pytest.raises(ProblemsError, match=message):
        read_tflite(save(_residual(change, rng)))


def test_the_input_is_not_written(save: Callable[[bytes], Path], rng: np.random.Generator):
    model = perceptron(rng, (40, 24, 40))
    model.operators[1].outputs, model.outputs = (0,), (3,)
    with pytest.raises(ProblemsError, match="it writes 'input', which was written before"):
        read_tflite(save(written(model)))


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_mlperf_tiny(name: str):
    if not (folder := os.environ.get("XDECIMATE_MODELS")):
        pytest.skip("XDECIMATE_MODELS names no folder of models")
    graph = read_tflite(Path(folder) / f"{name}.tflite")
    assert (len(graph.nodes), graph.input.shape, graph.output.shape) == MODELS[name]


def _change(position: int, **values: object) -> Callable[[ModelSpec], None]:
    def change(model: ModelSpec) -> None:
        for name, value in values.items():
            setattr(model.tensors[position], name, value)

    return change


def _unknown(model: ModelSpec) -> None:
    model.operators[0].kind = 87
    model.operators[0].options = None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_change(0, dtype="float32", scales=()), "'input' is float32; quantize the model to int8"),
        (_change(0, scales=(float("nan"),)), "has the scale nan"),
        (_change(3, scales=(0.0,)), "has the scale 0.0; choose a finite scale above 0"),
        (_change(3, zeros=(200,)), "has the zero point 200"),
        (
            _change(0, shape=(2, 40)),
            r"has the shape \[2, 40\]; export it with a static shape and a batch of 1",
        ),
        (_change(1, zeros=(3,)), "its weights have zero points; quantize weights symmetrically"),
        (_change(1, scales=(0.1, 0.2), zeros=(0, 0)), "its weights have 2 scales"),
        (_change(1, data=None), "its weights are not constant; make them constants of type int8"),
        (
            _change(2, scales=(5.0,)),
            "the scale of its biases is not that of the input",
        ),
        (_unknown, "the operator is not supported; use CONV_2D, "),
        (lambda model: setattr(model, "outputs", (0, 3)), "there are 2 outputs; export it with one output"),
        (lambda model: model.operators.reverse(), "it reads 'layer0', which no operator before it writes"),
    ],
)
def test_what_is_refused(
    change: Callable[[ModelSpec], None], message: str, save: Callable[[bytes], Path], rng: np.random.Generator
):
    model = perceptron(rng)
    change(model)
    with pytest.raises(ProblemsError, match=message):
        read_tflite(save(written(model)))


def test_all_problems_at_once(save: Callable[[bytes], Path], rng: np.random.Generator):
    model = perceptron(rng)
    for position in (1, 4):
        model.tensors[position].zeros = (1,)
    with pytest.raises(ProblemsError) as caught:
        read_tflite(save(written(model)))
    assert [problem.node for problem in caught.value.problems] == ["layer0", "layer1"]
    assert "2 problems" in str(caught.value)


def test_files_that_are_none(save: Callable[[bytes], Path], tmp_path: Path):
    with pytest.raises(UserError, match="cannot read"):
        read_tflite(tmp_path / "nothing")
    with pytest.raises(UserError, match="is not a TFLite file"):
        read_tflite(save(b"ONNX" * 100))
    with pytest.raises(UserError, match="is damaged"):
        read_tflite(save(b"\xff\xff\xff\x7fTFL3" + b"\xff" * 64))


def test_damaged_files_are_refused_or_read(
    save: Callable[[bytes], Path], rng: np.random.Generator, seed: int
):
    """Whatever byte is wrong, the reader ends with a graph or one message."""
    content, random = written(perceptron(rng)), Random(seed)
    refused = 0
    for _ in range(2000):
        damaged = bytearray(content)
        for _ in range(random.choice((1, 1, 4))):
            damaged[random.randrange(len(damaged))] = random.randrange(256)
        try:
            read_tflite(save(bytes(damaged[: random.choice((len(damaged), random.randrange(len(damaged))))])))
        except UserError:
            refused += 1
    assert refused > 100
