"""Grouped convolutions in networks: by groups, or some of them together with weights of 0 between them."""

from dataclasses import replace

import numpy as np
import pytest

from bench.host import run_on_host
from bench.network import run_network
from compiler.choose import chosen
from compiler.compile import compile_graph
from compiler.folder.write import cached_folder
from compiler.graph import Conv, Graph, Tensor
from compiler.lowering.weighted import lowered_conv, together_weights
from compiler.network import Network
from hw.cluster.config import STANDARD, ClusterConfig
from hw.config import XDECMAC
from reference.quantization import Quantization
from reference.window import Window
from sw_kernels.conv.layer import ConvLayer


def conv(rng: np.random.Generator, channels: int, outputs: int, groups: int) -> Conv:
    x = Tensor(name="x", shape=(5, 6, channels), quantization=Quantization(0.05, -9))
    y = Tensor(name="y", shape=(5, 6, outputs), quantization=Quantization(0.06, 4))
    return Conv(
        name="conv",
        inputs=(x,),
        output=y,
        weights=rng.integers(-127, 128, (outputs, 3, 3, channels // groups)).astype(np.int8),
        weight_scale=rng.uniform(0.001, 0.002, outputs),
        bias=rng.integers(-500, 500, outputs).astype(np.int32),
        window=Window(padding=(1, 1, 1, 1), pad_value=x.zero),
        groups=groups,
    )


def network_of(node: Conv, cluster: ClusterConfig = STANDARD, preferred: tuple[str, ...] = ()) -> Network:
    graph = Graph(name="grouped", nodes=(node,), input=node.inputs[0], output=node.output)
    return compile_graph(graph, cluster, preferred=preferred)


def test_every_number_of_groups_together_gives_the_same_output(rng: np.random.Generator):
    node = conv(rng, 12, 8, 4)
    inputs = rng.integers(-128, 128, node.inputs[0].shape).astype(np.int8)
    layers = [way.bind(inputs) for way in lowered_conv(node) if way.kernel.name == "dense_4x2"]
    groups = [layer.geometry.G for layer in layers if isinstance(layer, ConvLayer)]
    assert groups == [4, 2, 1]
    outputs = [layer.golden() for layer in layers]
    assert all(np.array_equal(output, outputs[0]) for output in outputs)


def test_weights_of_groups_together(rng: np.random.Generator):
    weights = rng.integers(1, 9, (4, 1, 1, 2)).astype(np.int8)
    wide = together_weights(weights, 4, 2)
    assert wide.shape == (4, 1, 1, 4)
    assert np.array_equal(wide[:, 0, 0] != 0, [[1, 1, 0, 0], [0, 0, 1, 1]] * 2)


@pytest.mark.parametrize("cores", [1, 2])
def test_every_number_of_groups_on_few_cores_of_this_pc(cores: int, rng: np.random.Generator):
    node, cluster = conv(rng, 12, 8, 4), STANDARD.with_(cores=cores)
    inputs = rng.integers(-128, 128, node.inputs[0].shape).astype(np.int8)
    network = network_of(node, cluster)
    ways = [way for way in lowered_conv(node) if way.kernel.name == "dense_4x2"]
    assert len(ways) == 3
    for way in ways:
        step = chosen(node, [way], cluster, {})
        result = run_on_host(cached_folder(replace(network, steps=(step,))), inputs)
        assert result.matches_golden, step.layer


def test_groups_in_bands(rng: np.random.Generator):
    cluster = replace(STANDARD, core=XDECMAC)
    network = network_of(conv(rng, 96, 96, 2), cluster, ("dense_xdecmac",))
    layer = network.steps[1].layer
    assert isinstance(layer, ConvLayer)
    assert (layer.kernel.name, layer.geometry.G) == ("dense_xdecmac", 2)
    inputs = rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)
    assert run_on_host(cached_folder(network), inputs).matches_golden


@pytest.mark.parametrize(("channels", "outputs", "groups"), [(12, 8, 4), (3, 6, 3)])
def test_every_byte_on_the_rtl(channels: int, outputs: int, groups: int, rng: np.random.Generator):
    """The second is a depthwise convolution with a multiplier of 2."""
    network = network_of(conv(rng, channels, outputs, groups))
    inputs = rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)
    assert run_network(network, inputs).matches_golden
    chosen, *others = network.steps[0].choices
    assert chosen.cycles == min(choice.cycles for choice in (chosen, *others) if choice.cycles)
