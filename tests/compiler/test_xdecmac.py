"""Networks with XDecmac: bands from the first layer to the last, on this PC and on the RTL."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.host import run_on_host
from bench.network import run_network
from bench.networks import Variant
from compiler.compile import compile_graph
from compiler.folder.content import folder_content
from compiler.folder.program import link_folder
from compiler.folder.record import NetworkRecord
from compiler.folder.write import cached_folder
from compiler.graph import Conv, Depthwise, Graph
from compiler.importer.tflite_model import read_tflite
from compiler.lowering import lowered
from compiler.movement import Reorder
from compiler.network import Network
from compiler.report.figures import figures
from compiler.report.text import report_text, requantization_line
from hw.cluster.config import STANDARD
from hw.config import XDECMAC, XDECMAC8, CoreConfig
from reference.requantization import Tier
from sw_kernels.packing.activations import BANDED, HWC
from sw_kernels.weighted import WeightedLayer
from tests.compiler.models import residual
from tests.compiler.tflite_writer import written


@pytest.fixture
def graph(tmp_path: Path, rng: np.random.Generator) -> Graph:
    """A convolution with stride 2, one that keeps the size, and their sum."""
    path = tmp_path / "residual.tflite"
    path.write_bytes(written(residual(rng)))
    return read_tflite(path)


def banded(graph: Graph, core: CoreConfig) -> Network:
    kernels = ("dense_xdecmac", "dense_xdecmac8")
    return compile_graph(graph, replace(STANDARD, core=core), preferred=kernels)


def inputs_of(network: Network) -> np.ndarray:
    return np.random.default_rng(3).integers(-128, 128, network.graph.input.shape).astype(np.int8)


@pytest.mark.parametrize("core", [XDECMAC, XDECMAC8], ids=lambda core: core.name)
def test_every_byte_on_this_pc(graph: Graph, core: CoreConfig):
    network = banded(graph, core)
    kinds = [step.node.operator for step in network.steps]
    assert kinds == ["Reorder", "Conv", "Conv", "Add", "Reorder"]
    assert [step.node.output.layout for step in network.steps[:-1]] == [BANDED] * 4
    assert network.steps[3].way.kernel.name == f"sums_{core.name}"
    result = run_on_host(cached_folder(network), inputs_of(network))
    assert result.matches_golden
    exact = compile_graph(graph, STANDARD)
    steps = exact.golden_network.output(exact.golden(inputs_of(network))).astype(int) - result.output
    assert np.abs(steps).max() <= 3, "a step of 16-bit multipliers in each operand of the sum, and in the sum"


def test_cores_in_step_are_linked(graph: Graph, tmp_path: Path):
    """The firmware asserts that the plans of all steps have the size that the compiler left for them."""
    config = replace(STANDARD, core=XDECMAC).with_(hashed_banks=1, broadcast=1)
    network = compile_graph(graph, config, preferred=("dense_xdecmac",))
    main = tmp_path / "main.c"
    main.write_text("int main(void) { return 0; }\n")
    assert link_folder(cached_folder(network), [main]).is_file()


@pytest.mark.long
def test_every_byte_on_the_rtl(graph: Graph):
    network = banded(graph, XDECMAC)
    assert run_network(network, inputs_of(network)).matches_golden


def test_record_and_report_have_layout_and_arithmetic(graph: Graph):
    content = folder_content(banded(graph, XDECMAC))
    record = NetworkRecord.from_json(content["network.json"].decode())
    assert [step.output_layout for step in record.steps] == ["banded"] * 4 + ["hwc"]
    assert [step.tier for step in record.steps] == ["", "short", "short", "", ""]
    values = figures(record)
    assert requantization_line(values) == "2 layers requantized by 16-bit multipliers, 0 by 31-bit ones"
    text = report_text(values)
    assert requantization_line(values) in text
    assert "conv dense_xdecmac, banded" in text
    values["rows"][1]["tier"] = "high"
    assert requantization_line(values).endswith(f"1 by 31-bit ones ({values['rows'][1]['layer']})")
    plain = folder_content(compile_graph(graph, STANDARD))
    assert not any(
        b"layout" in plain[name] or b"short" in plain[name] for name in ("network.json", "report.txt")
    )


def test_depthwise_layers_stay_in_bands():
    """From the first depthwise layer of DS-CNN to the pooling of the whole image, whose output is in rows."""
    network = Variant(network="ds_cnn", m=None, isa=XDECMAC.name).compiled(STANDARD)
    steps = [step for step in network.steps if isinstance(step.node, Depthwise)]
    assert [step.way.kernel.name for step in steps] == ["depthwise_xdecmac"] * 4
    assert sum(isinstance(step.node, Reorder) for step in network.steps) == 1
    assert [step.way.kernel.name for step in network.steps[-3:]] == [
        "average_banded",
        "dense",
        "exponentials",
    ]


def test_16_bit_multipliers_change_few_outputs():
    """In all convolutions of ResNet8 at 1:16, with the inputs that the network gives them."""
    variant = Variant(network="resnet8", m=16, isa=XDECMAC.name)
    network = variant.compiled(STANDARD)
    inputs = variant.inputs(network)
    made = zip((step.node for step in network.steps), network.golden(inputs), strict=True)
    values = {network.graph.input: inputs} | {node.output: output for node, output in made}
    steps = [step for step in network.steps if isinstance(step.node, Conv)]
    assert {step.layer.tier for step in steps if isinstance(step.layer, WeightedLayer)} == {Tier.SHORT}
    differences = []
    for node in (step.node for step in steps):
        [source], made_of = node.inputs, values[node.output]
        rows = replace(node, inputs=(replace(source, layout=HWC),), output=replace(node.output, layout=HWC))
        exact = lowered(rows)[0].bind(values[source]).golden().reshape(made_of.shape)
        differences.append(np.abs(made_of.astype(int) - exact).ravel())
    found = np.concatenate(differences)
    assert found.max() == 1
    assert 0 < found.mean() < 1e-3
