"""Layouts that a network gets: the fewest cycles, conversions in their places, the same results."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest

from bench.host import run_on_host
from common.errors import UserError
from compiler import layouts
from compiler.choose import chosen
from compiler.compile import compile_graph
from compiler.folder.write import cached_folder
from compiler.graph import Add, Graph, Node, Table, Tensor
from compiler.layouts import Option, chosen_layouts, laid_out, with_layouts
from compiler.lowering import lowered
from compiler.movement import Reorder, Reshape
from compiler.network import Network, Step
from hw.cluster.config import STANDARD
from hw.config import XDECMAC
from reference.quantization import Quantization
from sw_kernels.packing.activations import ACTIVATION_LAYOUTS, BANDED, HWC, ActivationLayout
from tests.compiler.movements import check_random_movements

#: Layouts of the inputs of a node and of its output.
ENDS = list(product(ACTIVATION_LAYOUTS.values(), repeat=2))

SCALE = Quantization(0.1, -3)
CLUSTER = replace(STANDARD, core=XDECMAC)


def tensor(name: str, *shape: int) -> Tensor:
    return Tensor(name=name, shape=shape or (5, 2, 3), quantization=SCALE)


def negated(source: Tensor, name: str) -> Table:
    entries = np.arange(-128, 128)[::-1].astype(np.int8)
    return Table(name=name, inputs=(source,), output=tensor(name, *source.shape), entries=entries)


def added(one: Tensor, other: Tensor, name: str) -> Add:
    return Add(name=name, inputs=(one, other), output=tensor(name, *one.shape))


def graph_of(*nodes: Node) -> Graph:
    return Graph(name="laid_out", nodes=nodes, input=nodes[0].inputs[0], output=nodes[-1].output)


def random_graph(random: Random) -> Graph:
    """Tables and additions of tensors made before."""
    tensors, nodes = [tensor("input")], list[Node]()
    for number in range(random.randrange(1, 6)):
        one, other = random.choice(tensors[-3:]), random.choice(tensors)
        name = f"t{number}"
        nodes.append(negated(one, name) if random.random() < 0.4 else added(one, other, name))
        tensors.append(nodes[-1].output)
    return Graph(name="random", nodes=tuple(nodes), input=tensors[0], output=random.choice(tensors[1:]))


def cycles_of(graph: Graph, options: Sequence[Option], conversions: dict[Tensor, float]) -> float:
    """Cycles of an assignment: each tensor is converted once if anyone reads it in the other layout."""
    made = {graph.input: HWC}
    made |= {node.output: option.writes for node, option in zip(graph.nodes, options, strict=True)}
    read = {(graph.output, HWC)}
    read |= {
        (one, option.reads) for node, option in zip(graph.nodes, options, strict=True) for one in node.inputs
    }
    converted = sum(conversions[one] for one, layout in read if made[one] is not layout)
    return converted + sum(option.cycles for option in options)


def test_no_assignment_takes_fewer_cycles(seed: int):
    """Against all assignments of small graphs with branches, also of kernels with two layouts."""
    random = Random(seed)
    for _ in range(60):
        graph = random_graph(random)
        conversions = {one: float(random.randrange(0, 30)) for one in graph.tensors}
        options = [
            [
                Option(reads=reads, writes=writes, cycles=float(random.randrange(0, 60)))
                for reads, writes in random.sample(ENDS, random.randrange(1, 5))
            ]
            for _ in graph.nodes
        ]
        found = chosen_layouts(graph, options, lambda one, _, cycles=conversions: cycles[one])
        every = [cycles_of(graph, given, conversions) for given in product(*options)]
        assert cycles_of(graph, found, conversions) == min(every)


def test_a_conversion_that_does_not_fit_is_no_way():
    first = negated(tensor("input"), "first")
    graph = graph_of(first, negated(first.output, "second"))
    rows, bands = (
        Option(reads=layout, writes=layout, cycles=cycles)
        for layout, cycles in zip(ACTIVATION_LAYOUTS.values(), (9, 1), strict=True)
    )
    found = chosen_layouts(graph, [[rows, bands], [rows, bands]], lambda *_: math.inf)
    assert found == [rows, rows]


def test_a_tensor_is_converted_once_for_all_its_readers():
    first = negated(tensor("input"), "first")
    left, right = negated(first.output, "left"), negated(first.output, "right")
    graph = graph_of(first, left, right, added(left.output, right.output, "sum"))
    rows, bands = (Option(reads=layout, writes=layout, cycles=1) for layout in ACTIVATION_LAYOUTS.values())
    made, became = laid_out(graph, [rows, bands, bands, bands])
    assert [node.name for node in made.nodes] == ["first", "first/banded", "left", "right", "sum", "sum/hwc"]
    assert [type(node) for node in made.nodes if node not in became] == [Reorder, Reorder]
    assert made.input is graph.input
    assert made.output.layout is HWC
    assert {node.output.layout for node in became[1:]} == {BANDED}


def in_bands(graph: Graph, options: Sequence[Sequence[Option]], _: object) -> list[Option]:
    """Bands wherever a kernel has them."""
    return [own[-1] for own in options]


@pytest.fixture
def everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "chosen_layouts", in_bands)


def codes(rng: np.random.Generator, network: Network) -> np.ndarray:
    return rng.integers(-128, 128, network.graph.input.shape).astype(np.int8)


def residual(rng: np.random.Generator) -> Graph:
    """Tables and additions, one of a constant; of 13 rows, so that the last band has three of four."""
    x = tensor("x", 13, 5, 3)
    data = rng.integers(-128, 128, x.shape).astype(np.int8)
    first, second = negated(x, "first"), added(x, replace(tensor("constant", *x.shape), data=data), "second")
    flat = Reshape(name="flat", inputs=(second.output,), output=tensor("flat", 65, 3))
    last = negated(added(first.output, second.output, "sum").output, "last")
    tokens = negated(flat.output, "tokens")
    back = Reshape(name="back", inputs=(tokens.output,), output=tensor("back", 13, 5, 3))
    nodes = (first, second, flat, added(first.output, second.output, "sum"), tokens, back)
    return graph_of(*nodes, added(nodes[3].output, back.output, last.name))


@pytest.mark.usefixtures("everywhere")
def test_the_network_computes_the_same(rng: np.random.Generator):
    graph = residual(rng)
    network, plain = compile_graph(graph, CLUSTER), compile_graph(graph, STANDARD)
    kinds = [type(step.node).__name__ for step in network.steps]
    assert kinds.count("Reorder") == 6
    assert len(network.offsets) == len(network.buffers)
    inputs = codes(rng, network)
    expected = plain.golden_network.output(plain.golden(inputs))
    assert np.array_equal(network.golden_network.output(network.golden(inputs)), expected)
    folder = cached_folder(network)
    assert np.array_equal(folder.golden.output(folder.golden.outputs(inputs)), expected)
    result = run_on_host(folder, inputs)
    assert result.matches_golden
    assert np.array_equal(result.output, expected)


@pytest.mark.usefixtures("everywhere")
def test_movements_among_bands(rng: np.random.Generator, seed: int):
    """Parts of tensors that lie in others, and views of them, have their bytes in every layout."""
    check_random_movements(Random(seed), rng, CLUSTER, 30)


def test_rows_stay_where_bands_cost_more(rng: np.random.Generator):
    network = compile_graph(residual(rng), CLUSTER)
    assert not [step for step in network.steps if isinstance(step.node, Reorder)]


def test_constants_need_no_conversion():
    """They lie in either layout from the start."""
    constant = replace(tensor("constant"), data=np.zeros((5, 2, 3), np.int8))
    first = negated(tensor("input"), "first")
    graph = graph_of(first, added(first.output, constant, "sum"))
    rows = Option(reads=HWC, writes=HWC, cycles=5)
    bands = Option(reads=BANDED, writes=BANDED, cycles=1)
    mixed = Option(reads=HWC, writes=BANDED, cycles=1)

    def conversion(one: Tensor, layout: ActivationLayout) -> float:
        assert one.data is None
        return 1

    assert chosen_layouts(graph, [[rows, mixed], [rows, bands]], conversion) == [mixed, bands]


def test_of_too_many_states_the_cheapest_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(layouts, "_MOST_STATES", 1)
    first = negated(tensor("input"), "first")
    graph = graph_of(first, negated(first.output, "second"))
    rows, bands = (
        Option(reads=HWC, writes=writes, cycles=9 - len(writes.name))
        for writes in ACTIVATION_LAYOUTS.values()
    )
    assert bands.cycles < rows.cycles
    assert chosen_layouts(graph, [[rows, bands], [rows]], lambda *_: 99.0) == [bands, rows]


class Chooser:
    """Steps of tables with cycles by layout, and of conversions by shape and direction."""

    def __init__(self, cycles: Callable[[Node], float]) -> None:
        self.cycles, self.conversions = cycles, list[Reorder]()

    def __call__(self, node: Node) -> Step:
        if isinstance(node, Reorder):
            self.conversions.append(node)
        step = chosen(node, lowered(node), CLUSTER, {})
        return replace(step, plan=replace(step.plan, cycles=self.cycles(node)))


def chain() -> Graph:
    """Two shapes of tensors, and tables that are faster in bands."""
    first = negated(tensor("input"), "first")
    flat = Reshape(name="flat", inputs=(first.output,), output=tensor("flat", 10, 3))
    return graph_of(first, flat, negated(flat.output, "last"))


def test_a_conversion_that_cannot_be_is_not_chosen():
    def cycles(node: Node) -> float:
        if isinstance(node, Reorder):
            raise UserError("it does not fit")
        return 1 if node.output.layout is BANDED else 9

    found, _ = with_layouts(chain(), Chooser(cycles))
    assert {one.layout for one in found.tensors} == {HWC}


def test_a_conversion_is_asked_for_once_for_each_shape_and_direction():
    """To bands and to rows take cycles of their own."""

    def cycles(node: Node) -> float:
        if isinstance(node, Reorder):
            return 3 if node.to_bands else 7
        return 1 if node.output.layout is BANDED else 10

    chooser = Chooser(cycles)
    found, _ = with_layouts(chain(), chooser)
    asked = [(node.output.shape, node.to_bands) for node in chooser.conversions]
    assert len(asked) == len(set(asked)) == 4
    assert {one.layout for one in found.tensors} == {HWC}, "1 + 3 + 7 cycles are more than 10"


def test_kernels_of_the_other_layout_are_among_the_choices():
    graph = graph_of(negated(tensor("input"), "first"))
    _, steps = with_layouts(graph, Chooser(lambda node: 5 if isinstance(node, Reorder) else 20))
    (step,) = steps.values()
    assert len(step.choices) == 2
