"""ONNX models that are refused: each message names the node, the reason, and the nearest form."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from common.errors import UserError
from compiler.importer.onnx import file as module
from compiler.importer.onnx.model import read_onnx
from compiler.problem import ProblemsError
from tests.compiler.onnx.models import Model, quantized

Change = Callable[[onnx.ModelProto], None]


def perceptron(rng: np.random.Generator) -> Model:
    model = Model((1, 8))
    x = model.add("Relu", model.add("Gemm", "input", model.constant(rng.normal(size=(8, 6)))))
    model.add("Gemm", x, model.constant(rng.normal(size=(6, 4))), model.constant(rng.normal(size=4)))
    return model


@pytest.fixture
def source(tmp_path: Path, rng: np.random.Generator) -> onnx.ModelProto:
    """A quantized perceptron of two layers."""
    return onnx.load(quantized(perceptron(rng).proto(), tmp_path / "source.onnx", rng))


@pytest.fixture
def save(tmp_path: Path) -> Callable[[onnx.ModelProto], Path]:
    def write(model: onnx.ModelProto) -> Path:
        path = tmp_path / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return write


def node(model: onnx.ModelProto, kind: str, number: int = 0) -> onnx.NodeProto:
    return [found for found in model.graph.node if found.op_type == kind][number]


def constant(model: onnx.ModelProto, name: str) -> onnx.TensorProto:
    """The first constant whose name has this part."""
    return next(tensor for tensor in model.graph.initializer if name in tensor.name)


def _filled(name: str, value: Any) -> Change:
    """Fill the first constant whose name has this part with a value."""

    def change(model: onnx.ModelProto) -> None:
        tensor = constant(model, name)
        array = numpy_helper.to_array(tensor)
        tensor.CopyFrom(numpy_helper.from_array(np.full_like(array, value), tensor.name))

    return change


def _typed(name: str, kind: int) -> Change:
    """Give the constants of a name another type."""

    def change(model: onnx.ModelProto) -> None:
        dtype = helper.tensor_dtype_to_np_dtype(kind)
        for tensor in model.graph.initializer:
            if name in tensor.name and tensor.data_type == TensorProto.INT8:
                array = numpy_helper.to_array(tensor).astype(dtype)
                tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))

    return change


def _shaped(*dims: int | str) -> Change:
    def change(model: onnx.ModelProto) -> None:
        found = model.graph.input[0]
        found.CopyFrom(helper.make_tensor_value_info("input", TensorProto.FLOAT, dims))

    return change


def _renamed(kind: str, domain: str = "") -> Change:
    def change(model: onnx.ModelProto) -> None:
        found = node(model, "Gemm")
        found.op_type, found.domain = kind, domain

    return change


def _blocked(model: onnx.ModelProto) -> None:
    node(model, "DequantizeLinear").attribute.append(helper.make_attribute("block_size", 32))


def _cyclic(model: onnx.ModelProto) -> None:
    node(model, "QuantizeLinear").input[0] = model.graph.output[0].name


def _twice(model: onnx.ModelProto) -> None:
    node(model, "Gemm").output[0] = "input"


def _without_an_output_scale(model: onnx.ModelProto) -> None:
    name = node(model, "Gemm", 1).output[0]
    model.graph.output[0].name = name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_filled("input_scale", np.nan), r"has the scale nan; choose a finite scale above 0"),
        (_filled("input_scale", 0.0), r"has the scale 0.0; choose a finite scale above 0"),
        (_filled("input_scale", -1.0), r"has the scale -1.0"),
        (_filled("input_scale", np.inf), r"has the scale inf"),
        (_filled("constant0_zero_point", 100), "minus their zero points exceed int8; quantize weights symm"),
        (_typed("", TensorProto.INT16), "int16; quantize activations and weights to int8 or uint8"),
        (_typed("", TensorProto.INT4), "int4; quantize activations and weights to int8 or uint8"),
        (_blocked, "its block_size is 32; quantize per tensor or per channel"),
        (_shaped("batch", 8), r"its shape is \['batch', 8\]; fix it: .*make_dynamic_shape_fixed"),
        (_shaped(4, 8), r"its shape is \[4, 8\]; export it with a batch of 1 in front"),
        (_renamed("QLinearConv"), r"form QOperator\); quantize the model with onnxruntime.*QuantFormat.QDQ"),
        (_renamed("DynamicQuantizeLinear"), "finds a scale for each input; use fixed scales"),
        (_renamed("LogSoftmax"), r"Gemm0.*: the operator is not supported; use Softmax"),
        (
            _renamed("Unique"),
            r"Gemm0.*is not supported; use one of the operators that docs/compiler.md lists",
        ),
        (_renamed("Gemm", "own.domain"), "its domain is 'own.domain'"),
        (_cyclic, "which no operator before it writes; export the model again, with operators in the"),
        (_twice, "it writes 'input', which was written before"),
        (_without_an_output_scale, "it is the result of Gemm 'Gemm2', which is not quantized; put Quantize"),
    ],
)
def test_a_model_that_is_refused(
    change: Change, message: str, source: onnx.ModelProto, save: Callable[[onnx.ModelProto], Path]
):
    change(source)
    with pytest.raises(ProblemsError, match=message):
        read_onnx(save(source))


def test_all_problems_are_reported_at_once(source: onnx.ModelProto, save: Callable[[onnx.ModelProto], Path]):
    for name in ("input_scale", "constant1_scale"):
        _filled(name, np.nan)(source)
    _renamed("LSTM")(source)  # it also reads what has a problem
    with pytest.raises(ProblemsError) as found:
        read_onnx(save(source))
    assert len(found.value.problems) == 3, "what reads a value behind a problem adds none"
    assert {problem.operator for problem in found.value.problems} == {
        *("QuantizeLinear", "DequantizeLinear", "LSTM"),
    }


def test_a_float_model_is_refused_with_the_way_to_quantize_it(
    save: Callable[[onnx.ModelProto], Path], rng: np.random.Generator
):
    with pytest.raises(ProblemsError, match=r"quantize_static\(.*QuantFormat.QDQ\)") as found:
        read_onnx(save(perceptron(rng).proto()))
    assert len(found.value.problems) == 1


@pytest.mark.parametrize("version", [9, 99])
def test_an_operator_set_that_is_not_known(
    version: int, source: onnx.ModelProto, save: Callable[[onnx.ModelProto], Path]
):
    source.opset_import[0].version = version
    with pytest.raises(UserError, match=rf"operator set {version}, but 10 to \d+ are read; convert"):
        read_onnx(save(source))


def external(tensor: onnx.TensorProto, **entries: object) -> None:
    """Move a constant to a file."""
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=str(value))


def test_external_data_beside_the_model(
    source: onnx.ModelProto, save: Callable[[onnx.ModelProto], Path], tmp_path: Path
):
    expected = read_onnx(save(source)).nodes[0]
    tensor = constant(source, "constant0_quantized")
    (tmp_path / "weights.bin").write_bytes(bytes(16) + tensor.raw_data)
    external(tensor, location="weights.bin", offset=16, length=48)
    found = read_onnx(save(source)).nodes[0]
    assert np.array_equal(getattr(found, "weights"), getattr(expected, "weights"))  # noqa: B009


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"location": "../weights.bin"}, "which is not below the folder of the model"),
        ({"location": "/etc/passwd"}, "which is not below the folder of the model"),
        ({"location": "link.bin"}, "which is not below the folder of the model"),
        ({"location": ""}, "which is not below the folder of the model"),
        ({"location": "short.bin"}, "needs 48 bytes at 0 of 'short.bin', which has 8 there"),
        ({"location": "short.bin", "offset": -1}, "needs 48 bytes at -1"),
        ({"location": "short.bin", "length": 1 << 62}, "needs 48 bytes at 0"),
        ({"location": "missing.bin"}, "cannot read .*missing.bin"),
    ],
)
def test_external_data_that_is_refused(
    entries: dict[str, Any],
    message: str,
    source: onnx.ModelProto,
    save: Callable[[onnx.ModelProto], Path],
    tmp_path: Path,
):
    (tmp_path / "short.bin").write_bytes(bytes(8))
    (tmp_path / "link.bin").symlink_to("/etc/passwd")
    external(constant(source, "constant0_quantized"), **entries)
    with pytest.raises(ProblemsError, match=message):
        read_onnx(save(source))


def test_sizes_that_overflow(source: onnx.ModelProto, save: Callable[[onnx.ModelProto], Path]):
    constant(source, "constant0_quantized").dims[:] = [1 << 40, 1 << 40]
    with pytest.raises(ProblemsError, match="but at most 268,435,456 elements are read"):
        read_onnx(save(source))


def test_a_constant_that_would_fill_the_memory(
    source: onnx.ModelProto, save: Callable[[onnx.ModelProto], Path]
):
    shape = numpy_helper.from_array(np.array([1 << 20, 1 << 20]), "shape")
    source.graph.initializer.append(shape)
    source.graph.node.insert(0, helper.make_node("ConstantOfShape", ["shape"], ["large"]))
    with pytest.raises(ProblemsError, match="makes a constant of 1,099,511,627,776 elements; use at most"):
        read_onnx(save(source))


def test_damaged_files(source: onnx.ModelProto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "model.onnx"
    for content in (b"", b"text", source.SerializeToString()[:500]):
        path.write_bytes(content)
        with pytest.raises(UserError, match="damaged or not an ONNX file"):
            read_onnx(path)
    path.write_bytes(source.SerializeToString())
    monkeypatch.setattr(module, "MAX_OPERATORS", 3)
    with pytest.raises(UserError, match="operators, but at most 3 are read"):
        read_onnx(path)
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(UserError, match="but at most 100 are read; give a smaller model"):
        read_onnx(path)


def test_a_long_chain_is_read(tmp_path: Path):
    """No reader follows the operators by recursion."""
    model = Model((1, 8))
    x = model.add("QuantizeLinear", "input", model.constant(0.1), model.constant(0, np.int8))
    x = model.add("DequantizeLinear", x, model.constant(0.1), model.constant(0, np.int8))
    for _ in range(3000):
        x = model.add("Reshape", x, "shape")
    model.constants.append(numpy_helper.from_array(np.array([1, 8]), "shape"))
    x = model.add("Relu", x)
    x = model.add("QuantizeLinear", x, model.constant(0.1), model.constant(0, np.int8))
    path = tmp_path / "model.onnx"
    path.write_bytes(model.proto().SerializeToString())
    assert [found.operator for found in read_onnx(path).nodes] == ["Table"]
