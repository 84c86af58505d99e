"""Movements in networks: against NumPy's own, without a step where no byte needs to move, on the RTL."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from bench.network import run_network
from compiler.check import check_bytes
from compiler.compile import compile_graph
from compiler.graph import Graph, Table, Tensor
from compiler.movement import Concat, Pad, Reshape, Strided
from compiler.network import Network
from hw.cluster.config import STANDARD
from reference.quantization import Quantization
from sw_kernels.strided.axis import dense
from tests.compiler.movements import SCALE, check_random_movements

ENTRIES = np.arange(-128, 128).astype(np.int8)[::-1].copy()


def tensor(name: str, *shape: int, quantization: Quantization = SCALE) -> Tensor:
    return Tensor(name=name, shape=shape, quantization=quantization)


def negated(source: Tensor, name: str) -> Table:
    output = replace(source, name=name)
    return Table(name=name, inputs=(source,), output=output, entries=ENTRIES)


def network_of(*nodes: Table | Strided | Concat | Pad | Reshape) -> Network:
    graph = Graph(name="moves", nodes=nodes, input=nodes[0].inputs[0], output=nodes[-1].output)
    return compile_graph(graph, STANDARD)


def codes(rng: np.random.Generator, network: Network) -> np.ndarray:
    return rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)


def test_random_graphs_equal_numpy(rng: np.random.Generator, seed: int):
    check_random_movements(Random(seed), rng, STANDARD, 60)


def test_parts_of_an_input_need_no_step(rng: np.random.Generator):
    x = tensor("x", 6, 4)
    upper = Strided(name="upper", inputs=(x,), output=tensor("upper", 3, 4), offset=4, strides=(4, 1))
    network = network_of(upper, negated(upper.output, "y"))
    assert [step.node.name for step in network.steps] == ["y"]
    assert network.offset(upper.output) == network.offset(x) + 4
    inputs = codes(rng, network)
    assert np.array_equal(network.golden(inputs)[0], -1 - inputs[1:4])


def test_an_outermost_concatenation_needs_no_step(rng: np.random.Generator):
    """Both makers write into parts of the output, one of them through another shape."""
    x = tensor("x", 2, 3)
    one, two = negated(x, "one"), negated(x, "two")
    flat = Reshape(name="flat", inputs=(two.output,), output=tensor("flat", 1, 6))
    wide = Reshape(name="wide", inputs=(flat.output,), output=tensor("wide", 2, 3))
    both = Concat(name="both", inputs=(one.output, wide.output), output=tensor("both", 4, 3), axis=0)
    network = network_of(one, two, flat, wide, both)
    assert [step.node.name for step in network.steps] == ["one", "two"]
    assert network.offset(two.output) == network.offset(both.output) + 6
    inputs = codes(rng, network)
    found = network.golden_network.output(network.golden(inputs))
    assert np.array_equal(found, np.concatenate([-1 - inputs] * 2))
    assert network.output_step == 1


def test_what_cannot_be_written_in_place_is_copied(rng: np.random.Generator):
    """The input, a part that is joined twice."""
    x = tensor("x", 2, 3)
    one = negated(x, "one")
    joined = Concat(name="joined", inputs=(x, one.output, one.output), output=tensor("joined", 6, 3), axis=0)
    network = network_of(one, joined)
    assert [step.node.name for step in network.steps] == ["one", "joined/0", "joined/2"]
    inputs = codes(rng, network)
    found = network.golden_network.output(network.golden(inputs))
    assert np.array_equal(found, np.concatenate([inputs, -1 - inputs, -1 - inputs]))


def test_scales_that_differ_are_requantized_exactly(rng: np.random.Generator):
    other = Quantization(0.07, 11)
    x, y = tensor("x", 4, 3), tensor("y", 4, 3, quantization=other)
    data = rng.integers(-128, 128, (4, 2)).astype(np.int8)
    constant = Tensor(name="constant", shape=(4, 2), quantization=other, data=data)
    table = Table(name="y", inputs=(x,), output=y, entries=ENTRIES)
    joined = Concat(name="z", inputs=(x, y, constant), output=tensor("z", 4, 8), axis=1)
    network = network_of(table, joined)
    inputs = codes(rng, network)
    found = network.golden_network.output(network.golden(inputs))
    expected = [inputs, *(SCALE.codes(other.real(part)) for part in (-1 - inputs, data))]
    assert np.array_equal(found, np.concatenate(expected, axis=1))


def test_chains_of_views_are_one(rng: np.random.Generator):
    """Heads of tokens: three axes of one, then exchanged, then one of them."""
    x = tensor("x", 5, 12)
    heads = Reshape(name="heads", inputs=(x,), output=tensor("heads", 5, 3, 4))
    swapped = Strided(
        name="swapped",
        inputs=(heads.output,),
        output=tensor("swapped", 3, 5, 4),
        offset=0,
        strides=(4, 12, 1),
    )
    rows = Reshape(name="rows", inputs=(swapped.output,), output=tensor("rows", 15, 4))
    columns = Strided(
        name="columns", inputs=(rows.output,), output=tensor("columns", 4, 15), offset=0, strides=(1, 4)
    )
    network = network_of(heads, swapped, rows, columns)
    (step,) = network.steps
    assert str(step.layer.geometry) == "I=60,N0=4,N1=3,N2=5,S1=4,S2=12"
    inputs = codes(rng, network)
    expected = inputs.reshape(5, 3, 4).transpose(1, 0, 2).reshape(15, 4).T
    assert np.array_equal(network.golden_network.output(network.golden(inputs)), expected)


def test_a_wrong_place_is_seen():
    x = tensor("x", 2, 3)
    one, two = negated(x, "one"), negated(x, "two")
    both = Concat(name="both", inputs=(one.output, two.output), output=tensor("both", 4, 3), axis=0)
    network = network_of(one, two, both, negated(both.output, "out"))
    steps = [step.node for step in network.steps]
    places = {name: network.offset(name) for name in network.storage.owners}
    check_bytes(network.graph, steps, places, network.arena)
    for moved_tensor, message in (
        (two.output, "out reads other bytes than those of both"),
        (x, "those of x"),
    ):
        wrong = places | {moved_tensor: places[one.output]}
        with pytest.raises(AssertionError, match=message):
            check_bytes(network.graph, steps, wrong, network.arena)
    with pytest.raises(AssertionError, match="out leaves the arena"):
        check_bytes(network.graph, steps, places | {steps[-1].output: network.arena - 11}, network.arena)


def test_more_axes_than_a_kernel_walks():
    x = tensor("x", *[2] * 8)
    order = (0, 7, 1, 6, 2, 5, 3, 4)
    strides = tuple(dense(x.shape)[axis] for axis in order)
    view = Strided(name="view", inputs=(x,), output=tensor("view", *[2] * 8), offset=0, strides=strides)
    with pytest.raises(Exception, match="along 7 axes, but at most 6"):
        network_of(view)


def test_many_arrays_are_joined_in_two_stages(rng: np.random.Generator):
    x = tensor("x", 3, 2)
    makers = [negated(x, f"y{number}") for number in range(11)]
    parts = tuple(maker.output for maker in makers)
    network = network_of(*makers, Concat(name="z", inputs=parts, output=tensor("z", 3, 22), axis=1))
    inputs = codes(rng, network)
    found = network.golden_network.output(network.golden(inputs))
    assert np.array_equal(found, np.concatenate([-1 - inputs] * 11, axis=1))


@pytest.mark.long
def test_every_byte_on_the_rtl(rng: np.random.Generator):
    """Pads on two axes, joins on both sides of them, transposes and slices, and another scale."""
    other = Quantization(0.07, 11)
    x = tensor("x", 9, 10, 8)
    y = negated(x, "y")
    pad = Pad(
        name="pad",
        inputs=(y.output,),
        output=tensor("pad", 12, 11, 8),
        before=(1, 1, 0),
        after=(2, 0, 0),
        value=5,
    )
    even = Strided(
        name="even", inputs=(pad.output,), output=tensor("even", 6, 11, 4), offset=1, strides=(176, 8, 2)
    )
    large = tensor("large", 6, 11, 4, quantization=other)
    scaled = Table(name="large", inputs=(even.output,), output=large, entries=ENTRIES)
    join = Concat(name="join", inputs=(even.output, large), output=tensor("join", 6, 11, 8), axis=2)
    turned = Strided(
        name="turned", inputs=(join.output,), output=tensor("turned", 8, 6, 11), offset=0, strides=(1, 88, 8)
    )
    twice = Concat(
        name="twice", inputs=(turned.output, turned.output), output=tensor("twice", 16, 6, 11), axis=0
    )
    graph_nodes = (y, pad, even, scaled, join, turned, twice)
    network = network_of(*graph_nodes)
    inputs = codes(rng, network)
    result = run_network(network, inputs)
    assert [layer.layer.name for layer in result.layers if layer.differs_at is not None] == []
    padded = pad.moved(-1 - inputs)
    odd = padded[::2, :, 1::2]
    joined = np.concatenate([odd, SCALE.codes(other.real(-1 - odd))], axis=2).transpose(2, 0, 1)
    assert np.array_equal(result.output, np.concatenate([joined, joined]))
