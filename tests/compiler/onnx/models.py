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

from compiler.compile import compile_graph
from compiler.importer.onnx.model import read_onnx
from compiler.network import Network
from hw.cluster.config import STANDARD


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


@dataclass(frozen=True)
class Comparison:
    """Codes of a network's output by NumPy and by onnxruntime, in the order of the file."""

    network: Network
    ours: np.ndarray
    theirs: np.ndarray

    @property
    def largest(self) -> int:
        """Largest difference."""
        return int(np.abs(self.ours.astype(int) - self.theirs.astype(int)).max())

    @property
    def share(self) -> float:
        """Share of codes that differ."""
        return float((self.ours != self.theirs).mean())

    @property
    def kinds(self) -> list[str]:
        """Types of the graph's nodes."""
        return [node.operator for node in self.network.graph.nodes]


def compare(path: Path, rng: np.random.Generator, count: int = 4) -> Comparison:
    """Read a model, and compare it with onnxruntime's unoptimized result on random inputs.

    Images are turned from channels first to channels last and back.
    """
    network = compile_graph(read_onnx(path), STANDARD)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    entry, out = network.graph.input, network.graph.output
    (given,) = session.get_inputs()
    image = len(given.shape) == 4 and entry.shape == (*given.shape[2:], given.shape[1])
    ours, theirs = [], []
    for _ in range(count):
        codes = rng.integers(-128, 128, entry.shape).astype(np.int8)
        real = entry.quantization.real(codes).astype(np.float32)
        feed = real.transpose(2, 0, 1) if image else real
        found = np.asarray(session.run(None, {"input": feed.reshape(given.shape)})[0])
        output = network.golden(codes)[network.output_step].reshape(out.shape)
        if found.ndim == 4 and out.shape == (*found.shape[2:], found.shape[1]):
            output = output.transpose(2, 0, 1)
        if found.dtype == np.float32:
            found = np.rint(found / out.scale) + out.zero
        else:
            found = found.astype(int) - (128 if found.dtype == np.uint8 else 0)
        ours.append(output.ravel())
        theirs.append(found.ravel())
    return Comparison(network, np.concatenate(ours), np.concatenate(theirs))
