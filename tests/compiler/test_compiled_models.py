"""Known networks compiled: patterns that are found, and golden outputs beside onnxruntime's."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from compiler.compile import compile_graph
from compiler.graph import Add, AveragePool, Conv, Depthwise, LayerNorm, Linear, MatMul, Softmax
from compiler.importer.read import read_model
from compiler.models.architecture import INPUT, Weighted
from compiler.models.file import write_model
from compiler.models.registry import architecture_named
from compiler.network import Network
from compiler.place import lower_bound
from compiler.storage import Memory
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import BASELINE
from sw_kernels.weighted import WeightedLayer

#: Shares of outputs that may differ from onnxruntime's for equal inputs, by one step; it sums in 32 bits.
SHARES = {
    Add: 1e-5,
    AveragePool: 1e-2,
    Conv: 1e-5,
    Depthwise: 1e-5,
    LayerNorm: 1e-3,
    Linear: 1e-5,
    MatMul: 1e-5,
    Softmax: 3e-3,
}
#: Outputs of a layer, however small it is, that may differ too.
FEW = 2
NAMES = ("resnet8", "ds_cnn", "mobilenet", "autoencoder", "tcn", "keyword_transformer")


def saved(name: str, folder: Path, m: int | None = None) -> Path:
    path = folder / f"{name}.onnx"
    write_model(name, path, m=m)
    return path


def compiled(path: Path, preferred: tuple[str, ...] = (), cluster: ClusterConfig = STANDARD) -> Network:
    return compile_graph(read_model(path), cluster, preferred=preferred)


def computed(path: Path, seed: int) -> Mapping[str, np.ndarray]:
    """Codes that onnxruntime computes of a random input, by the name of the node that made them."""
    model = onnx.load(path)
    readers = {name: node for node in model.graph.node for name in node.input}
    makers = {}
    for node in model.graph.node:
        end = node
        while end.op_type not in ("QuantizeLinear", "DequantizeLinear"):
            end = readers[end.output[0]]
        if node.op_type != "DequantizeLinear":
            makers[node.name] = end.output[0]
    names = list(dict.fromkeys(makers.values()))
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    shape = [axis.dim_value for axis in model.graph.input[0].type.tensor_type.shape.dim]
    inputs = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    values = dict(zip(names, map(np.asarray, session.run(names, {INPUT: inputs})), strict=True))
    return {maker: values[output] for maker, output in makers.items()}


def ours(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Rows of tokens as they are, or a batch of one in the compiler's order: the channels last."""
    one = values[0] if len(values) == 1 else values
    squeezed = tuple(length for length in shape if length > 1)
    if tuple(length for length in one.shape if length > 1) != squeezed:
        one = np.moveaxis(one, 0, -1)
    return one.reshape(shape)


@pytest.mark.parametrize("name", NAMES)
def test_golden_is_onnxruntime_for_equal_inputs(name: str, seed: int, tmp_path: Path):
    path = saved(name, tmp_path)
    network, reference = compiled(path), computed(path, seed)
    start = network.graph.input
    codes = Memory(network.storage)
    codes.write(start, ours(reference[f"{INPUT}_QuantizeLinear_Output"], start.shape))
    for step in network.steps:
        node = step.node
        found = step.way.bind(*map(codes.read, node.inputs)).golden().reshape(node.output.shape)
        if node.name not in reference:  # made by the importer: a copy, or a table of several nodes
            codes.write(node.output, found)
            continue
        expected = ours(reference[node.name], node.output.shape)
        codes.write(node.output, expected)
        error = np.abs(found.astype(int) - expected)
        assert error.max() <= 1, node.name
        assert (error > 0).sum() <= FEW + SHARES[type(node)] * error.size, node.name


def test_constants_in_another_shape_need_no_place_in_the_arena(tmp_path: Path):
    network = compiled(saved("keyword_transformer", tmp_path))
    assert lower_bound(network.buffers) <= network.arena < 100_000


@pytest.mark.parametrize("m", [4, 8, 16])
def test_patterns_are_found(m: int, tmp_path: Path):
    architecture = architecture_named("resnet8")
    prunable = {layer.name for layer in architecture.layers if isinstance(layer, Weighted) and layer.prunable}
    network = compiled(saved("resnet8", tmp_path, m))
    sparse = {step.node.name: step.layer.kernel.m for step in network.steps if step.layer.kernel.m}
    assert sparse == dict.fromkeys(prunable, m)


def test_preferred_kernels_are_chosen_where_they_can_be(tmp_path: Path):
    path, cluster = saved("resnet8", tmp_path, 4), ClusterConfig(core=BASELINE)
    free, software = compiled(path, (), cluster), compiled(path, ("sparse_software",), cluster)
    for step, other in zip(software.steps, free.steps, strict=True):
        sparse = isinstance(step.layer, WeightedLayer) and "sparse_software" in (
            choice.kernel.split()[1] for choice in step.choices if choice.cycles is not None
        )
        assert (step.layer.kernel.name == "sparse_software") == sparse
        assert step.plan.cycles >= other.plan.cycles
    assert "conv dense_4x2" in {str(step.layer.kernel) for step in free.steps[1:7]}
    assert "conv sparse_software m4" in {str(step.layer.kernel) for step in software.steps}
