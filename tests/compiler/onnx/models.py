"""Small ONNX models for tests, quantized by onnxruntime, and what onnxruntime computes with them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

from compiler.graph import Graph, Node, Tensor
from compiler.importer.onnx.model import read_onnx
from compiler.lowering import lowered
from compiler.movement import Pad, Reshape


@dataclass
class Model:
    """Operators and constants of a model that is being built."""

    shape: tuple[int, ...]
    version: int = 17
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, value: Any, dtype: type = np.float32) -> str:
        """The name of a constant."""
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """Append an operator; the name of its output, or a list of names."""
        number = len(self.nodes)
        names = [f"value{number}" if i == 0 else f"value{number}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=f"{kind}{number}", **attributes))
        return names[0] if outputs == 1 else names

    def proto(self, output: str | None = None) -> onnx.ModelProto:
        """The model, whose output is that of the last operator."""
        graph = helper.make_graph(
            self.nodes,
            "model",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(output or self.nodes[-1].output[0], TensorProto.FLOAT, None)],
            self.constants,
        )
        opsets = [helper.make_opsetid("", self.version), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)


class _Samples(CalibrationDataReader):
    def __init__(self, samples: list[np.ndarray]) -> None:
        self._samples = iter(samples)

    def get_next(self) -> dict[str, np.ndarray] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        sample = next(self._samples, None)
        return None if sample is None else {"input": sample}


#: Options of onnxruntime's quantizer: asymmetric int8 by default.
FORMS: dict[str, dict[str, Any]] = {
    "asymmetric": {},
    "symmetric": {"extra_options": {"ActivationSymmetric": True}},
    "uint8": {"activation_type": QuantType.QUInt8},
    "per-channel": {"per_channel": True},
}


def quantized(model: onnx.ModelProto, path: Path, rng: np.random.Generator, **options: Any) -> Path:
    """A model file that onnxruntime's quantizer writes after it has seen four random inputs."""
    shape = [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
    samples = [rng.normal(size=shape).astype(np.float32) for _ in range(4)]
    source = path.with_suffix(".float.onnx")
    onnx.save(onnx.shape_inference.infer_shapes(model), source)
    quantize_static(source, path, _Samples(samples), quant_format=QuantFormat.QDQ, **options)
    return path


@dataclass
class Comparison:
    """A graph's layers by NumPy and by onnxruntime: each layer reads onnxruntime's codes.

    Attributes
    ----------
    layers : dict of str to ndarray
        Differences in codes, by the name of the layer.
    """

    graph: Graph
    layers: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        """Largest difference of a layer."""
        return max(int(np.abs(found).max()) for found in self.layers.values())

    @property
    def share(self) -> float:
        """Share of codes that differ."""
        return float(np.concatenate([found.ravel() != 0 for found in self.layers.values()]).mean())

    @property
    def kinds(self) -> list[str]:
        """Types of the nodes that compute or move something."""
        return [node.operator for node in self.graph.nodes if not isinstance(node, Reshape)]


def evaluated(graph: Graph, codes: np.ndarray) -> np.ndarray:
    """The output of a graph by the golden models of its nodes."""
    values = {**graph.constants, graph.input: codes}
    for node in graph.nodes:
        values[node.output] = golden(node, values)
    return values[graph.output]


def golden(node: Node, values: dict[Tensor, np.ndarray]) -> np.ndarray:
    """The output of a node by its golden model."""
    inputs = [values[tensor].reshape(tensor.shape) for tensor in node.inputs]
    return _golden(node, inputs).reshape(node.output.shape)


def _golden(node: Node, inputs: list[np.ndarray]) -> np.ndarray:
    if isinstance(node, Reshape):
        return inputs[0]
    if isinstance(node, Pad):  # a pass makes it a part of another layer
        ends = zip(node.before, node.after, strict=True)
        return np.pad(inputs[0], list(ends), constant_values=node.value)
    return np.asarray(lowered(node)[0].bind(*inputs).golden())


def session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    """onnxruntime without its optimizations, which change results by several steps."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def results(graph: onnx.GraphProto) -> dict[str, str]:
    """The dequantized results of operators that a QuantizeLinear follows, by the operator's name."""
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    found = {}
    for node in graph.node:
        value = node.output[0]
        for kind in ("Relu", "Clip", "QuantizeLinear", "DequantizeLinear"):
            after = [other for other in readers.get(value, []) if other.op_type == kind]
            value = after[0].output[0] if after else value
            if after and kind == "DequantizeLinear":
                found[node.name] = value
    return found


def _ordered(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An array of a file in the order of a tensor: channels last if that alone is its shape."""
    if shape != array.shape[1:] and array.ndim > 2:
        moved = np.moveaxis(array, 1, -1)
        if moved.shape[1:] == shape or (*moved.shape[1:2], 1, *moved.shape[2:]) == shape:
            return moved.reshape(shape)
    return array.reshape(shape)


def compare(path: Path, rng: np.random.Generator, count: int = 2) -> Comparison:
    """Read a model, and compare every layer with onnxruntime on random inputs, with equal inputs."""
    graph, model = read_onnx(path), onnx.load(path)
    names = results(model.graph)
    last = model.graph.output[0].name
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in {*names.values()} - {last})
    runtime = session(model)
    (given,) = runtime.get_inputs()
    found = Comparison(graph)
    for _ in range(count):
        codes = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
        real = graph.input.quantization.real(codes).astype(np.float32)
        image = graph.input.shape != tuple(given.shape[1:]) and len(given.shape) > 2
        feed = np.moveaxis(real, -1, 0) if image else real
        if given.type != "tensor(float)":
            feed = (codes.astype(np.int16) + 128).astype(np.uint8)
        outputs = [output.name for output in runtime.get_outputs()]
        theirs = dict(zip(outputs, runtime.run(None, {given.name: feed.reshape(given.shape)}), strict=True))
        values = {**graph.constants, graph.input: codes}
        for node in graph.nodes:
            ours = golden(node, values)
            value = last if node.output is graph.output else names.get(node.name)
            if value is not None and not isinstance(node, Reshape):
                out = node.output
                real = _ordered(np.asarray(theirs[value]), out.shape)
                # A clip behind the quantization is fused into the node.
                expected = np.clip(np.rint(real / out.scale) + out.zero, node.lo, node.hi)
                found.layers[f"{node.operator} {node.name}"] = ours - expected
                ours = expected.astype(np.int8)
            values[node.output] = ours
    return found
