"""Kernels and cuts that suit the memories of their operands."""

from collections.abc import Callable, Set
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from compiler import compile as compiler
from compiler.budget import Budget
from compiler.choose import Cuts, chosen
from compiler.compile import compile_graph
from compiler.emit import Emission
from compiler.graph import Graph, Linear, Node
from compiler.lowering import lowered
from compiler.network import Network, Step
from compiler.rechoose import rechosen
from hw.cluster.config import STANDARD
from tests.compiler.nodes import node_of

#: Tokens and channels of a layer whose dense weights take longer to come from L3 than to compute with.
TOKENS, CHANNELS, OUTPUTS = 4, 64, 256


def layers(rng: np.random.Generator, number: int, tokens: int = TOKENS, outputs: int = OUTPUTS) -> Graph:
    """Layers over a few tokens, wide and narrow in turn, whose weights obey 1:4."""
    widths = [outputs if place % 2 else CHANNELS for place in range(number + 1)]
    nodes = [
        node_of(Linear, rng, (tokens, before), (tokens, after), m=4) for before, after in pairwise(widths)
    ]
    for place in range(1, number):
        nodes[place] = replace(nodes[place], inputs=(nodes[place - 1].output,))
    return Graph(name="tokens", nodes=tuple(nodes), input=nodes[0].inputs[0], output=nodes[-1].output)


def compiled(graph: Graph, l2_bytes: int | None = None) -> Network:
    return compile_graph(graph, STANDARD, budget=Budget.of(STANDARD, l2_bytes=l2_bytes))


def predicted(network: Network) -> float:
    return sum(Emission(network=network).predicted)


def test_weights_in_l3_have_the_kernel_that_reads_fewer_bytes(rng: np.random.Generator):
    graph = layers(rng, 1)
    (near,), (far,) = compiled(graph).steps, compiled(graph, 0).steps
    assert str(near.way.kernel) == "linear dense_4x4"
    assert str(far.way.kernel) == "linear sparse_xdecimate m4"
    operands = {"input", "weights", "output"}
    assert far.cycles(STANDARD, operands) < 0.75 * near.cycles(STANDARD, operands)


def test_kernels_that_were_not_chosen_have_cycles_with_the_same_operands_in_l3(rng: np.random.Generator):
    network = compiled(layers(rng, 1), 0)
    (step,) = network.steps
    cycles = [choice.cycles for choice in step.choices if choice.cycles is not None]
    assert cycles[0] == min(cycles) == predicted(network)


def test_cuts_that_are_kept_are_of_the_same_memories(rng: np.random.Generator):
    (step,) = compiled(layers(rng, 1, tokens=1, outputs=2 * OUTPUTS)).steps
    cuts: Cuts = {}
    operands = frozenset({"input", "weights", "output"})

    def cycles(far: frozenset[str]) -> float:
        found = chosen(step.node, lowered(step.node), STANDARD, cuts, ["sparse_xdecimate"], far=far)
        return found.cycles(STANDARD, operands)

    assert cycles(operands) < cycles(frozenset())


def test_steps_that_take_more_cycles_are_not_taken(rng: np.random.Generator):
    network = compiled(layers(rng, 1), 0)

    def slower(node: Node, far: Set[str]) -> Step:
        return chosen(node, lowered(node), STANDARD, {}, ["dense_4x4"], far=far)

    assert rechosen(network, slower) is network


def test_choosing_again_takes_no_more_cycles_and_asks_once(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
):
    graph, found = layers(rng, 6), []

    def compared(network: Network, choose: Callable[[Node, Set[str]], Step]) -> Network:
        asked: list[Node] = []

        def counted(node: Node, far: Set[str]) -> Step:
            asked.append(node)
            return choose(node, far)

        again = rechosen(network, counted)
        far = Emission(network=network).far
        assert asked == [step.node for step, names in zip(network.steps, far, strict=True) if names]
        found.append((predicted(network), predicted(again)))
        return again

    monkeypatch.setattr(compiler, "rechosen", compared)
    for l2_bytes in range(0, 60_000, 12_000):
        compiled(graph, l2_bytes)
    assert all(after <= before for before, after in found)
    assert sum(after < 0.9 * before for before, after in found) >= 2
    compiled(graph)
    before, after = found[-1]
    assert before == after
