"""Forms that PyTorch, Brevitas and Deeploy write, and what tools leave unquantized."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from compiler.graph import Conv
from compiler.importer.onnx.model import read_onnx
from compiler.problem import ProblemsError
from reference.window import Window
from tests.compiler.onnx.models import Comparison, Model, compare, evaluated


def quantize(m: Model, x: str, scale: float, zero: int, dtype: type = np.int8) -> str:
    """QuantizeLinear."""
    return m.add("QuantizeLinear", x, m.constant(scale), m.constant(zero, dtype))


def dequantize(m: Model, x: str, scale: float, zero: int, dtype: type = np.int8) -> str:
    """DequantizeLinear."""
    return m.add("DequantizeLinear", x, m.constant(scale), m.constant(zero, dtype))


def both(m: Model, x: str, scale: float, zero: int = 0, dtype: type = np.int8) -> str:
    """QuantizeLinear and DequantizeLinear."""
    return dequantize(m, quantize(m, x, scale, zero, dtype), scale, zero, dtype)


def weights(m: Model, rng: np.random.Generator, *shape: int) -> str:
    """Dequantized constant weights."""
    return dequantize(m, m.constant(rng.integers(-127, 128, shape), np.int8), 0.01, 0)


def compared(m: Model, path: Path, rng: np.random.Generator) -> Comparison:
    onnx.save(m.proto(), path)
    return compare(path, rng)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.onnx"


def test_uint8_activations_and_float_biases(path: Path, rng: np.random.Generator):
    """PyTorch's PT2E: no QuantizeLinear between Conv and Relu."""
    m = Model((1, 3, 8, 8))
    x = both(m, "input", 0.02, 118, np.uint8)
    x = m.add("Conv", x, weights(m, rng, 4, 3, 3, 3), m.constant(rng.normal(size=4)))
    x = both(m, m.add("Relu", x), 0.03, 0, np.uint8)
    x = m.add("MatMul", m.add("Flatten", x), weights(m, rng, 144, 5))
    both(m, m.add("Add", x, m.constant(rng.normal(size=5))), 0.1, 130, np.uint8)
    found = compared(m, path, rng)
    assert found.largest <= 1
    assert found.kinds == ["Conv", "Strided", "Linear"]
    assert (found.graph.nodes[0].lo, found.graph.nodes[0].output.zero) == (-128, -128)


def test_a_sum_of_a_result_and_an_activation_is_refused_with_the_place(path: Path, rng: np.random.Generator):
    m = Model((1, 3, 8, 8))
    x = both(m, "input", 0.02, 118, np.uint8)
    y = m.add("Conv", x, weights(m, rng, 3, 3, 1, 1))
    both(m, m.add("Relu", m.add("Add", y, x)), 0.03, 0, np.uint8)
    onnx.save(m.proto(), path)
    message = r"Add.*the result of Conv 'Conv3', which is not quantized, and another activation"
    with pytest.raises(ProblemsError, match=message):
        read_onnx(path)


def test_clips_of_codes(path: Path, rng: np.random.Generator):
    """Brevitas' QCDQ: Clip between QuantizeLinear and DequantizeLinear, weights quantized in the model."""
    m = Model((1, 3, 8, 8))

    def clipped(x: str, scale: float, lo: int, hi: int, dtype: type) -> str:
        x = quantize(m, x, scale, 0, dtype)
        x = m.add("Clip", x, m.constant(lo, dtype), m.constant(hi, dtype))
        return dequantize(m, x, scale, 0, dtype)

    x = clipped("input", 0.02, -127, 127, np.int8)
    filters = clipped(m.constant(rng.normal(size=(4, 3, 3, 3)) * 0.3), 0.01, -7, 7, np.int8)
    x = m.add("Relu", m.add("Conv", x, filters, m.constant(rng.normal(size=4))))
    x = clipped(x, 0.004, 0, 15, np.uint8)
    both(m, m.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]), 0.004, 0, np.uint8)
    found = compared(m, path, rng)
    assert found.largest <= 1
    conv = found.graph.nodes[-2]
    assert isinstance(conv, Conv)
    assert (conv.lo, conv.hi, np.abs(conv.weights).max()) == (-128, -113, 7)


def test_constants_that_shapes_are_made_of(path: Path, rng: np.random.Generator):
    """Without preprocessing: Shape, Gather, Concat, ConstantOfShape, Equal, Where, Expand."""
    m = Model((1, 6, 8))
    x = both(m, "input", 0.02)
    length = m.add("Gather", m.add("Shape", m.constant(np.zeros((1, 6, 8)))), m.constant(1, np.int64))
    shape = m.add(
        "Concat", m.add("Unsqueeze", length, m.constant([0], np.int64)), m.constant([-1], np.int64), axis=0
    )
    minus = onnx.numpy_helper.from_array(np.array([-1], np.int64))
    minus = m.add("ConstantOfShape", m.constant([2], np.int64), value=minus)
    minus = m.add("Equal", shape, minus)
    shape = m.add("Where", minus, m.constant([8, 8], np.int64), shape)
    x = m.add("Reshape", x, shape)
    token = m.add("Expand", m.constant(rng.normal(size=(1, 8))), m.constant([2, 8], np.int64))
    x = m.add("Concat", both(m, token, 0.02), x, axis=0)
    both(m, m.add("MatMul", both(m, x, 0.02), weights(m, rng, 8, 4)), 0.05)
    m.add("Reshape", m.nodes[-1].output[0], m.constant([1, 8, 4], np.int64))
    found = compared(m, path, rng)
    assert found.largest <= 1
    assert found.kinds == ["Concat", "Linear"]


def test_outputs_without_a_quantization(path: Path, rng: np.random.Generator):
    m = Model((1, 3, 8, 8))
    x = both(m, m.add("Conv", both(m, "input", 0.02), weights(m, rng, 5, 3, 3, 3)), 0.05)
    m.add("Softmax", m.add("Flatten", m.add("GlobalAveragePool", m.add("HardSwish", x))))
    onnx.save(m.proto(), path)
    with pytest.raises(ProblemsError, match=r"GlobalAveragePool.*not quantized"):
        read_onnx(path)
    m.nodes.pop()
    found = compared(m, path, rng)
    assert found.kinds == ["Conv", "Table", "AveragePool"]
    assert found.largest <= 1
    m = Model((1, 12))
    m.add("Softmax", both(m, "input", 0.05))
    found = compared(m, path, rng)
    assert found.graph.output.scale == 1 / 256
    assert found.largest <= 1


def requant_shift(m: Model, x: str, mul: np.ndarray, add: np.ndarray, signed: int) -> str:
    """RequantShift with attributes as Deeploy's files have them."""
    values = {"div": 1 << 16, "n_levels_out": 256, "signed": signed}
    attributes: dict[str, Any] = {
        name: onnx.numpy_helper.from_array(np.array(value, np.float32)) for name, value in values.items()
    }
    return m.add("RequantShift", x, m.constant(mul), m.constant(add), **attributes)


def test_an_integer_graph(path: Path, rng: np.random.Generator):
    """Every code of Deeploy's integer graphs; its input is uint8."""
    m = Model((1, 3, 6, 6))
    filters = rng.integers(-20, 20, (4, 3, 3, 3))
    mul, add = rng.integers(300, 600, (4, 1, 1)), rng.integers(-1 << 20, 1 << 20, (4, 1, 1))
    x = m.add("Conv", "input", m.constant(filters), pads=[1, 1, 1, 1])
    x = requant_shift(m, x, mul, add, 0)
    other = rng.integers(-20, 20, (4, 4))
    y = m.add("Conv", x, m.constant(other[:, :, None, None]))
    y = requant_shift(m, y, np.array(3_000), np.array(-1 << 19), 1)
    x = requant_shift(m, m.add("Add", x, y), np.array(20_000), np.array(1 << 20), 1)
    x = m.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    matrix, bias = rng.integers(-20, 20, (5, 36)), rng.integers(-300, 300, 5)
    x = m.add("Gemm", m.add("Flatten", x), m.constant(matrix), m.constant(bias), transB=1)
    requant_shift(m, x, np.array(514), np.array(0), 1)
    onnx.save(m.proto(), path)
    graph = read_onnx(path)
    assert graph.input.zero == -128

    def shifted(values: np.ndarray, mul: np.ndarray, add: np.ndarray, lo: int) -> np.ndarray:
        return np.clip((values * mul + add + (1 << 15)) >> 16, lo, lo + 255)

    codes = rng.integers(-128, 128, (6, 6, 3)).astype(np.int8)
    seen = Window(padding=(1, 1, 1, 1)).patches(codes.astype(np.int64) + 128, (3, 3))
    sums = np.einsum("yxijc,kcij->kyx", seen, filters)
    one = shifted(sums, mul, add, 0)
    two = shifted(np.einsum("cyx,kc->kyx", one, other), np.array(3_000), np.array(-1 << 19), -128)
    total = shifted(one + two, np.array(20_000), np.array(1 << 20), -128)
    most = total.reshape(4, 3, 2, 3, 2).max(axis=(2, 4))
    expected = shifted(matrix @ most.ravel() + bias, np.array(514), np.array(0), -128)
    assert np.array_equal(evaluated(graph, codes).ravel(), expected)
    assert np.unique(one).size > 20
    assert [node.operator for node in graph.nodes if node.operator != "Reshape"] == [
        *("Conv", "Conv", "Add", "MaxPool", "Strided", "Linear"),
    ]
