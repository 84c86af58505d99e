"""Networks on the RTL: every byte of every layer, faults that are seen, and the firmware's interface."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.network import run_network
from common.errors import UserError
from compiler import choose
from compiler import network as network_module
from compiler.compile import compile_graph
from compiler.folder.program import link_folder
from compiler.graph import Graph, Linear, Node
from compiler.importer.tflite_model import read_tflite
from compiler.problem import ProblemsError
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import BASELINE
from reference.blocks import prune
from sw_kernels.cluster.plan import plan
from tests.compiler.folders import saved
from tests.compiler.models import perceptron
from tests.compiler.tflite_writer import ModelSpec, written


def write(model: ModelSpec, folder: Path, name: str = "perceptron") -> Path:
    path = folder / f"{name}.tflite"
    path.write_bytes(written(model))
    return path


@pytest.fixture
def graph(tmp_path: Path, rng: np.random.Generator) -> Graph:
    return read_tflite(write(perceptron(rng), tmp_path))


@pytest.fixture
def inputs(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(-128, 128, 40).astype(np.int8)


def real(graph: Graph, inputs: np.ndarray) -> np.ndarray:
    """The output in real numbers, each activation rounded to its steps."""
    values = (inputs.astype(np.float64) - graph.input.zero) * graph.input.scale
    for node in graph.nodes:
        assert isinstance(node, Linear)
        step = node.inputs[0].scale * node.weight_scale
        values = (node.weights * node.weight_scale[:, None]) @ values + node.bias * step
        steps = np.clip(np.rint(values / node.output.scale) + node.output.zero, node.lo, node.hi)
        values = (steps - node.output.zero) * node.output.scale
    return steps


def test_golden_is_the_real_network_within_a_step(graph: Graph, inputs: np.ndarray):
    outputs = compile_graph(graph, STANDARD).golden(inputs)
    assert np.abs(outputs[-1] - real(graph, inputs)).max() <= 1


@pytest.mark.long
def test_every_byte_on_the_rtl(graph: Graph, inputs: np.ndarray):
    network = compile_graph(graph, STANDARD)
    result = run_network(network, inputs)
    assert result.matches_golden
    assert np.array_equal(result.output, network.golden(inputs)[-1])
    assert all(0 < layer.cycles < 20_000 for layer in result.layers)
    assert sum(layer.cycles for layer in result.layers) < result.cycles
    assert all(sum(layer.counters.values()) > layer.counters["cycles"] > 0 for layer in result.layers)


def test_sparse_weights_are_found_and_used_where_they_win(graph: Graph):
    node = graph.nodes[0]
    assert isinstance(node, Linear)
    sparse = replace(node, weights=prune(node.weights, 16))
    network = compile_graph(replace(graph, nodes=(sparse, *graph.nodes[1:])), STANDARD)
    assert [str(step.layer.kernel) for step in network.steps] == [
        "linear sparse_xdecimate m16",
        "linear dense",
    ]
    cycles = [choice.cycles for choice in network.steps[0].choices]
    assert cycles[0] == min(filter(None, cycles))
    assert len(cycles) == 8
    baseline = compile_graph(network.graph, ClusterConfig(core=BASELINE))
    assert "xdecimate" not in str(baseline.steps[0].layer.kernel)
    assert any("needs a core with xdecimate" in choice.reason for choice in baseline.steps[0].choices)


def test_a_layer_that_cannot_fit(graph: Graph):
    with pytest.raises(ProblemsError, match=r"layer0.*L1 of 10,368 bytes"):
        compile_graph(graph, ClusterConfig(l1_bytes=10368, banks=16))


def refuse(graph: Graph, steps: Sequence[Node], *_: object) -> None:
    raise AssertionError(f"bytes of {len(steps)} steps are checked")


def test_every_network_is_checked(graph: Graph, monkeypatch: pytest.MonkeyPatch):
    """Places by two checks, plans by a third."""
    with monkeypatch.context() as patch:
        patch.setattr(network_module, "place", lambda buffers: {buffer.name: 0 for buffer in buffers})
        with pytest.raises(AssertionError, match="overlap while both are alive"):
            _ = compile_graph(graph, STANDARD).offsets
    with monkeypatch.context() as patch:
        # Steps in a chain read the right bytes wherever these lie: the check itself says that it was asked.
        patch.setattr(network_module, "check_bytes", refuse)
        with pytest.raises(AssertionError, match="bytes of 2 steps are checked"):
            _ = compile_graph(graph, STANDARD).offsets
    monkeypatch.setattr(choose, "plan", lambda *given: replace(plan(*given), input=16))
    with pytest.raises(AssertionError, match="past buffer input of 16"):
        compile_graph(graph, STANDARD)


def test_inputs_are_checked(graph: Graph, inputs: np.ndarray):
    network = compile_graph(graph, STANDARD)
    for wrong in (inputs[:-1], inputs.astype(np.int16)):
        with pytest.raises(
            UserError, match=r"of int8 of shape \(40,\), not .*; give the codes round\(x / 0.05\) - 3"
        ):
            network.golden(wrong)


def test_tensors_of_one_name_have_their_own_bytes(tmp_path: Path, rng: np.random.Generator):
    model = perceptron(rng, (40, 24, 24, 7))
    for tensor in model.tensors:
        tensor.name = "same"
    network = compile_graph(read_tflite(write(model, tmp_path)), STANDARD)
    assert len(network.offsets) == len(network.buffers) == 4
    assert len({network.offset(tensor) for tensor in network.graph.tensors[:2]}) == 2


def test_the_output_need_not_be_the_last_layer(tmp_path: Path, rng: np.random.Generator):
    model = perceptron(rng, (40, 24, 7))
    model.outputs = (3,)
    network = compile_graph(read_tflite(write(model, tmp_path)), STANDARD)
    inputs = rng.integers(-128, 128, 40).astype(np.int8)
    result = run_network(network, inputs)
    assert network.output_step == 0
    assert network.buffers[1].last == len(network.steps), "nothing overwrites it"
    assert result.output.shape == (24,)
    assert np.array_equal(result.output, network.golden(inputs)[0])


def test_a_model_without_an_operator(tmp_path: Path, rng: np.random.Generator):
    model = perceptron(rng)
    model.operators, model.outputs = [], (0,)
    with pytest.raises(ProblemsError, match="no operator computes anything; export a model with an operator"):
        compile_graph(read_tflite(write(model, tmp_path)), STANDARD)


@pytest.mark.parametrize("name", ["8 bits", "int", "run", "größe"])
def test_any_name_of_a_file_gives_a_c_name(name: str, tmp_path: Path, rng: np.random.Generator):
    network = compile_graph(read_tflite(write(perceptron(rng), tmp_path, name)), STANDARD)
    main = tmp_path / "main.c"
    main.write_text(
        f'#include "{network.name}.h"\n'
        f"int main(void) {{ return {network.name}.steps != {network.name.upper()}_STEPS; }}\n"
    )
    assert link_folder(saved(network, tmp_path / "folder"), [main]).is_file()


def test_a_kernel_that_cannot_take_a_layer_leaves_it_to_others(tmp_path: Path, rng: np.random.Generator):
    """The counter of xdecimate ends at 32768 blocks; weights of zeros obey every pattern."""
    model = perceptron(rng, (140_000, 2))
    weights = model.tensors[1].data
    assert weights is not None
    weights[:] = 0
    network = compile_graph(read_tflite(write(model, tmp_path)), ClusterConfig(l1_bytes=1 << 20))
    reasons = {choice.kernel: choice.reason for choice in network.steps[0].choices}
    assert "counts at most 32768 blocks" in reasons["linear sparse_xdecimate m4"]
    assert reasons[str(network.steps[0].way.kernel)] == ""
