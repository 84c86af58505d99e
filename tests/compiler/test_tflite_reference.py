"""Networks of MLPerf Tiny by the golden models and by TensorFlow Lite's reference kernels."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from bench.mlperf_tiny import BENCHMARKS
from compiler.compile import compile_graph
from compiler.graph import Add, AveragePool, Conv, Depthwise, Linear, Softmax
from compiler.importer.read import read_model
from compiler.network import Network
from compiler.storage import Memory
from hw.cluster.config import STANDARD

#: Shares of outputs that may differ by one step for equal inputs: TensorFlow Lite rounds convolutions twice.
SHARES = {Add: 0.0, AveragePool: 0.05, Conv: 4e-3, Depthwise: 4e-3, Linear: 1e-3, Softmax: 0.0}
INPUTS = 4
#: Steps of the logits to which these differences, passed on from layer to layer, may add up.
STEPS = 8


@pytest.fixture(params=[benchmark.file for benchmark in BENCHMARKS])
def path(request: pytest.FixtureRequest) -> Path:
    if not (folder := os.environ.get("XDECIMATE_MODELS")):
        pytest.skip("XDECIMATE_MODELS names no folder of models")
    return Path(folder) / f"{request.param}.tflite"


@pytest.fixture
def network(path: Path) -> Network:
    return compile_graph(read_model(path), STANDARD)


class Reference:
    """An interpreter that keeps all tensors."""

    def __init__(self, path: Path) -> None:
        self._interpreter = Interpreter(
            model_path=str(path),
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
            experimental_preserve_all_tensors=True,
        )
        self._interpreter.allocate_tensors()
        self._places = {found["name"]: found["index"] for found in self._interpreter.get_tensor_details()}

    def run(self, inputs: np.ndarray) -> None:
        """Compute all tensors."""
        (place,) = self._interpreter.get_input_details()
        self._interpreter.set_tensor(place["index"], inputs.reshape(place["shape"]))
        self._interpreter.invoke()

    def tensor(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        """Codes of a tensor."""
        return self._interpreter.get_tensor(self._places[name]).reshape(shape)


@pytest.fixture
def runs(path: Path, network: Network, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, Reference]]:
    """Random inputs, and an interpreter that has computed each."""

    def made() -> Iterator[tuple[np.ndarray, Reference]]:
        reference = Reference(path)
        for _ in range(INPUTS):
            inputs = rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)
            reference.run(inputs)
            yield inputs, reference

    return made()


def test_each_layer_is_within_a_step(network: Network, runs: Iterator[tuple[np.ndarray, Reference]]):
    wrong, sizes = dict.fromkeys(SHARES, 0), dict.fromkeys(SHARES, 0)
    for inputs, reference in runs:
        values = Memory(network.storage)
        values.write(network.graph.input, inputs)
        for step in network.steps:
            node = step.node
            expected = reference.tensor(node.output.name, node.output.shape)
            layer = step.way.bind(*map(values.read, node.inputs))
            error = np.abs(layer.golden().reshape(expected.shape).astype(int) - expected)
            assert error.max() <= 1, node.name
            wrong[type(node)] += int((error > 0).sum())
            sizes[type(node)] += error.size
            values.write(node.output, expected)
    assert all(wrong[kind] <= share * sizes[kind] for kind, share in SHARES.items())


def test_the_class_is_the_same_unless_two_are_close(
    network: Network, runs: Iterator[tuple[np.ndarray, Reference]]
):
    node = network.steps[-1].node
    logits = node.inputs[0] if isinstance(node, Softmax) else node.output
    (number,) = (i for i, step in enumerate(network.steps) if step.node.output is logits)
    for inputs, reference in runs:
        found = network.golden(inputs)[number].ravel().astype(int)
        expected = reference.tensor(logits.name, (logits.size,)).astype(int)
        assert np.abs(found - expected).max() <= STEPS
        second, first = np.sort(expected)[-2:]
        assert found.argmax() == expected.argmax() or first - second <= STEPS
