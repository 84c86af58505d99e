"""Fully-connected layers whose rows fill L1: buffers used in turn, and what is too long."""

from dataclasses import replace

import numpy as np
import pytest

from bench.host import run_on_host
from bench.network import run_network
from compiler.budget import Budget
from compiler.compile import compile_graph
from compiler.folder.write import cached_folder
from compiler.graph import Linear
from compiler.network import Network
from compiler.problem import ProblemsError
from hw.cluster.config import STANDARD
from hw.config import BASELINE
from sw_kernels.cluster.plan import taken
from tests.compiler.nodes import graph_of, node_of

#: Weights of a channel.
CHANNELS = 224


def network_of(
    rng: np.random.Generator, tokens: int, outputs: int, m: int | None, free: int, core: str = "xdecimate"
) -> Network:
    """A layer with this many bytes of L1 for its buffers."""
    node = node_of(Linear, rng, (tokens, CHANNELS), (tokens, outputs), m=m)
    cluster = replace(STANDARD, core=BASELINE) if core == BASELINE.name else STANDARD
    budget = Budget.of(cluster, l1_bytes=taken(cluster) + free)
    return compile_graph(graph_of(node), cluster, budget=budget)


def inputs_of(network: Network, rng: np.random.Generator) -> np.ndarray:
    return rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)


def walk_of(network: Network) -> str:
    (step,) = network.steps
    return step.layer.kernel.walk.name(step.layer, step.plan)


@pytest.mark.parametrize(
    ("tokens", "outputs", "m", "free", "core", "tile"),
    [
        (1, 13, None, 1200, "xdecimate", 2),
        (1, 13, None, 900, "xdecimate", 1),
        (3, 6, None, 700, "xdecimate", 1),
        (1, 7, 4, 600, "xdecimate", 2),
        (2, 7, 8, 560, "baseline", 2),
    ],
)
def test_every_byte_on_this_pc(
    tokens: int, outputs: int, m: int | None, free: int, core: str, tile: int, rng: np.random.Generator
):
    network = network_of(rng, tokens, outputs, m, free, core)
    assert walk_of(network) == "linear_in_turn"
    assert network.steps[0].plan.tiles[0].channels == tile
    assert network.steps[0].plan.l1_bytes <= free
    assert run_on_host(cached_folder(network), inputs_of(network, rng)).matches_golden


def test_every_byte_on_the_rtl(rng: np.random.Generator):
    network = network_of(rng, 1, 5, None, 1000)
    assert walk_of(network) == "linear_in_turn"
    assert run_network(network, inputs_of(network, rng)).matches_golden


def test_rows_that_fit_twice_are_loaded_ahead(rng: np.random.Generator):
    assert walk_of(network_of(rng, 1, 13, None, 1500)) == "linear"


def test_a_row_of_100000_weights_at_1_16_fits(rng: np.random.Generator):
    node = node_of(Linear, rng, (100_000,), (4,), m=16)
    assert walk_of(compile_graph(graph_of(node), STANDARD)) == "linear_in_turn"


def test_a_row_of_60000_weights_fits_and_a_longer_one_names_its_bytes(rng: np.random.Generator):
    def compiled(channels: int) -> Network:
        node = node_of(Linear, rng, (channels,), (4,))
        return compile_graph(graph_of(node), STANDARD)

    assert walk_of(compiled(25_088)) == walk_of(compiled(60_000)) == "linear_in_turn"
    message = r"node.*C=61000.*needs? 122,\d{3} bytes \(input 61,072, weights 61,\d{3}.*but 120,832 are left"
    with pytest.raises(ProblemsError, match=message):
        compiled(61_000)
