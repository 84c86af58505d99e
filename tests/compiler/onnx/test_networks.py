"""Networks that onnxruntime quantized, against onnxruntime; one of them on the RTL."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from bench.network import run_network
from compiler.compile import compile_graph
from compiler.graph import Conv, Linear
from compiler.importer.onnx.model import read_onnx
from hw.cluster.config import STANDARD
from tests.compiler.onnx.models import FORMS, Model, compare, evaluated, quantized
from xdecimate import save_model


def conv(model: Model, rng: np.random.Generator, x: str, shape: tuple[int, ...], **attributes: Any) -> str:
    """A convolution with random weights and biases, (K, C, FY, FX)."""
    weights = model.constant(rng.normal(size=shape) * 0.2)
    return model.add("Conv", x, weights, model.constant(rng.normal(size=shape[0]) * 0.3), **attributes)


def residual(rng: np.random.Generator) -> Model:
    """Two residual blocks, the second with stride 2, poolings and a Gemm."""
    model = Model((1, 3, 12, 12))
    same: dict[str, Any] = {"pads": [1, 1, 1, 1]}
    x = model.add("Relu", conv(model, rng, "input", (8, 3, 3, 3), **same))
    y = model.add("Relu", conv(model, rng, x, (8, 8, 3, 3), **same))
    x = model.add("Relu", model.add("Add", x, conv(model, rng, y, (8, 8, 3, 3), **same)))
    y = model.add("Relu", conv(model, rng, x, (16, 8, 3, 3), strides=[2, 2], **same))
    y = conv(model, rng, y, (16, 16, 3, 3), **same)
    x = model.add("Relu", model.add("Add", conv(model, rng, x, (16, 8, 1, 1), strides=[2, 2]), y))
    x = model.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = model.add("Flatten", model.add("GlobalAveragePool", x))
    weights, bias = model.constant(rng.normal(size=(10, 16))), model.constant(rng.normal(size=10))
    model.add("Gemm", x, weights, bias, transB=1)
    return model


def tokens(rng: np.random.Generator) -> Model:
    """Products of tokens with constants, as exporters write a Linear, and a softmax."""
    model = Model((1, 5, 24))
    x = model.add("MatMul", "input", model.constant(rng.normal(size=(24, 32))))
    x = model.add("Relu", model.add("Add", x, model.constant(rng.normal(size=32))))
    model.add("Softmax", model.add("MatMul", x, model.constant(rng.normal(size=(32, 8)))))
    return model


@pytest.mark.parametrize("form", FORMS)
def test_a_residual_network(form: str, tmp_path: Path, rng: np.random.Generator):
    path = quantized(residual(rng).proto(), tmp_path / "residual.onnx", rng, **FORMS[form])
    found = compare(path, rng)
    assert found.largest <= 1
    assert found.kinds == [
        *("Conv", "Conv", "Conv", "Add", "Conv", "Conv", "Conv", "Add"),
        *("MaxPool", "AveragePool", "Linear"),
    ]
    assert found.graph.input.shape == (12, 12, 3), "channels last"


@pytest.mark.parametrize("form", FORMS)
def test_tokens(form: str, tmp_path: Path, rng: np.random.Generator):
    path = quantized(tokens(rng).proto(), tmp_path / "tokens.onnx", rng, **FORMS[form])
    found = compare(path, rng)
    assert found.largest <= 1
    assert found.kinds == ["Linear", "Depthwise", "Linear", "Softmax"]


@pytest.mark.parametrize("name", ["autoencoder", "ds_cnn", "resnet8", "tcn"])
def test_a_known_network(name: str, tmp_path: Path, rng: np.random.Generator):
    save_model(name, tmp_path / "model.onnx")
    found = compare(tmp_path / "model.onnx", rng, count=1)
    assert found.largest <= 1
    assert found.share < 1e-3


@pytest.mark.long
def test_every_byte_on_the_rtl(tmp_path: Path, rng: np.random.Generator):
    path = quantized(tokens(rng).proto(), tmp_path / "tokens.onnx", rng)
    network = compile_graph(read_onnx(path), STANDARD)
    inputs = rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)
    assert np.array_equal(network.golden(inputs)[-1], evaluated(network.graph, inputs))
    assert run_network(network, inputs).matches_golden


def test_weights_and_biases_are_those_of_the_file(tmp_path: Path, rng: np.random.Generator):
    path = quantized(residual(rng).proto(), tmp_path / "residual.onnx", rng, per_channel=True)
    tensors = [numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer]
    biases = [array for array in tensors if array.dtype == np.int32 and array.ndim == 1 and array.any()]
    weights = [array for array in tensors if array.dtype == np.int8 and array.ndim == 4]
    nodes = [node for node in read_onnx(path).nodes if isinstance(node, Conv | Linear)]
    assert len(biases) == len(nodes) == 7
    for node in nodes:
        assert any(np.array_equal(node.bias, array) for array in biases), node.name
        if isinstance(node, Conv):
            codes = node.weights.transpose(0, 3, 1, 2)
            assert any(np.array_equal(codes, array) for array in weights), node.name
