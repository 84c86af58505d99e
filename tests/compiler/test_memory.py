"""Memory of networks: budgets of L1 and L2, and what lies in L3."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest

import xdecimate as xd
from common.errors import UserError
from compiler.budget import L2_BYTES, PLAN_BYTES, STEP_BYTES, Budget
from compiler.compile import compile_graph
from compiler.emit import Emission
from compiler.folder.record import NetworkRecord, network_record
from compiler.graph import Add, Conv, Graph, Tensor
from compiler.memory import far_activations, far_constants
from compiler.movement import Reshape
from compiler.place import Buffer, arena_size, place, rounded
from hw.cluster.config import STANDARD
from reference.quantization import Quantization
from reference.window import Window
from sw_kernels.cluster.plan import taken
from sw_kernels.linear.walk import TILE_BYTES
from tests.compiler.models import perceptron, residual
from tests.compiler.nodes import node_of
from tests.compiler.tflite_writer import written

DOCUMENT = Path(__file__).parents[2] / "docs" / "compiler.md"


@pytest.fixture
def image_model(tmp_path: Path, rng: np.random.Generator) -> Path:
    path = tmp_path / "residual.tflite"
    path.write_bytes(written(residual(rng)))
    return path


@pytest.fixture
def wide_model(tmp_path: Path, rng: np.random.Generator) -> Path:
    """Its first weights are transferred longer than they are computed with, its last ones are few."""
    path = tmp_path / "wide.tflite"
    path.write_bytes(written(perceptron(rng, (256, 128, 64, 8))))
    return path


def test_constants_that_save_most_together_are_in_l2():
    sizes = {"first": 64, "large": 640, "small": 32, "idle": 16}
    savings = {"first": 10.0, "large": 900.0, "small": 40.0, "idle": 0.0}
    assert far_constants(sizes, savings, 752) == set()
    assert far_constants(sizes, savings, 736) == {"idle"}
    assert far_constants(sizes, savings, 688) == {"first"}
    assert far_constants(sizes, savings, 48) == {"first", "large"}
    assert far_constants(sizes, savings, 0) == set(sizes)
    # The one that saves most for its size leaves no room for two that save more.
    assert far_constants({"a": 48, "b": 32, "c": 32}, {"a": 50.0, "b": 30.0, "c": 30.0}, 64) == {"a"}


def test_no_other_choice_of_constants_saves_more(seed: int):
    random = Random(seed)
    for _ in range(20):
        sizes = {f"c{number}": random.randrange(1, 400) for number in range(random.randrange(1, 9))}
        savings = {name: random.choice((0.0, random.random() * size)) for name, size in sizes.items()}
        room = random.randrange(0, 1200)
        near = set(sizes) - far_constants(sizes, savings, room)
        assert sum(rounded(sizes[name]) for name in near) <= room
        best = max(
            sum(savings[name] for name in names)
            for count in range(len(sizes) + 1)
            for names in combinations(sizes, count)
            if sum(rounded(sizes[name]) for name in names) <= room
        )
        assert sum(savings[name] for name in near) == pytest.approx(best)


def test_activations_leave_l2_until_the_others_fit(seed: int):
    random = Random(seed)
    for _ in range(30):
        buffers = []
        for number in range(random.randrange(1, 20)):
            first = random.randrange(12)
            last = first + random.randrange(4)
            buffers.append(Buffer(name=f"b{number}", size=random.randrange(1, 999), first=first, last=last))
        savings = {buffer.name: random.random() * buffer.size for buffer in buffers}
        room = random.randrange(3000)
        far = far_activations(buffers, savings, room)
        near = [buffer for buffer in buffers if buffer.name not in far]
        assert arena_size(near, place(near)) <= room
        if arena_size(buffers, place(buffers)) <= room:
            assert far == set()


def test_the_cheapest_activation_of_the_fullest_step_leaves():
    buffers = [
        Buffer(name="alone", size=64, first=0, last=0),
        Buffer(name="dear", size=64, first=1, last=2),
        Buffer(name="cheap", size=64, first=2, last=3),
    ]
    savings = {"alone": 0.0, "dear": 90.0, "cheap": 10.0}
    assert far_activations(buffers, savings, 127) == {"cheap"}
    assert far_activations(buffers, savings, 0) == {"alone", "dear", "cheap"}


@pytest.mark.parametrize("saved", [20.0, 24.0])
def test_cycles_count_by_size_and_among_equals_the_largest_leaves(saved: float):
    """The larger one saves more, but no more a byte, and does not fit without the smaller one either."""
    buffers = [
        Buffer(name="small", size=64, first=0, last=1),
        Buffer(name="large", size=128, first=0, last=1),
    ]
    assert far_activations(buffers, {"small": 12.0, "large": saved}, 100) == {"large"}


def test_activations_that_computing_hides_leave_first(rng: np.random.Generator):
    """Additions wait for what they read from L3, convolutions hide it."""
    shape, window = (24, 24, 16), Window(padding=(1, 1, 1, 1))
    one, two = (node_of(Conv, rng, shape, shape, filter=(3, 3), window=window) for _ in range(2))
    two = replace(two, inputs=(one.output,))
    image, hidden, made = one.inputs[0], one.output, two.output
    total = Tensor(name="total", shape=shape, quantization=image.quantization)
    nodes = (one, two, Add(name="add", inputs=(image, made), output=total))
    graph = Graph(name="skipped", nodes=nodes, input=image, output=total)
    budget = Budget.of(STANDARD, l2_bytes=5 * image.size // 2)
    network = replace(compile_graph(graph, STANDARD), budget=budget)  # with the cuts for L2
    assert [network.is_far(tensor) for tensor in (image, hidden, made, total)] == [False, True, False, True]


def test_plans_keep_the_budget_of_l1(image_model: Path):
    free = 12 << 10
    compiled = xd.compile(image_model, l1=taken(STANDARD) + free)
    assert all(step.plan.l1_bytes <= free for step in compiled.network.steps)
    large = max(step.plan.l1_bytes for step in xd.compile(image_model).network.steps)
    small = xd.compile(image_model, l1=taken(STANDARD) + large - 1).network
    assert max(step.plan.l1_bytes for step in small.steps) < large


def test_layers_that_do_not_fit_the_budget_are_listed(image_model: Path):
    with pytest.raises(UserError, match=r"3 problems.*\n.*an L1 of 10,368 bytes.*but 128 are left"):
        xd.compile(image_model, l1=taken(STANDARD) + 128)


def test_weights_lie_where_they_save_cycles(wide_model: Path):
    whole = Emission(network=xd.compile(wide_model).network)
    assert set(whole.memories.values()) == {"l2"}
    sizes = {symbol: len(content) for symbol, content in whole.constants.items()}
    first, second, last = sizes
    part = Emission(network=xd.compile(wide_model, l2=whole.network.arena + sizes[first] + 16).network)
    assert part.memories == {first: "l2", second: "l3", last: "l3"}
    assert sum(part.predicted) > sum(whole.predicted)
    less = Emission(network=xd.compile(wide_model, l2=whole.network.arena + sizes[second] + 16).network)
    assert less.memories == {first: "l3", second: "l2", last: "l3"}
    assert sum(less.predicted) > sum(part.predicted)
    none = Emission(network=xd.compile(wide_model, l2=0).network)
    assert set(none.memories.values()) == {"l3"}
    assert sum(none.predicted) > sum(less.predicted)
    assert (none.network.arena, none.network.far_arena) == (0, whole.network.arena)


def test_views_of_constants(rng: np.random.Generator):
    codes = Quantization(0.1, 0)

    def tensor(name: str, shape: tuple[int, ...], data: np.ndarray | None = None) -> Tensor:
        return Tensor(name=name, shape=shape, quantization=codes, data=data)

    image, total, view = tensor("image", (4, 6)), tensor("total", (4, 6)), tensor("view", (4, 6))
    table = tensor("table", (24,), rng.integers(-9, 9, 24).astype(np.int8))
    nodes = (
        Reshape(name="view", inputs=(table,), output=view),
        Add(name="total", inputs=(image, view), output=total),
    )
    graph = Graph(name="viewed", nodes=nodes, input=image, output=total)
    for budget in Budget.of(STANDARD), Budget.of(STANDARD, l2_bytes=0):
        emission = Emission(network=compile_graph(graph, STANDARD, budget=budget))
        (far,) = emission.far
        assert far == (frozenset({"input", "second", "output"}) if budget.l2_bytes == 0 else frozenset())
        (step,) = NetworkRecord.from_json(network_record(emission, {}).to_json()).steps
        assert set(step.far) == far


@pytest.mark.long
def test_every_byte_with_all_of_it_in_l3(wide_model: Path, rng: np.random.Generator):
    compiled = xd.compile(wide_model, l2=0)
    inputs = rng.integers(-128, 128, compiled.input_shape).astype(np.int8)
    assert compiled.infer(inputs).matches_golden


@pytest.mark.parametrize(("free", "l2", "cores"), [(2000, 200, 8), (700, 0, 8), (400, "1k", 8), (500, 0, 1)])
def test_small_memories_on_this_pc(
    free: int, l2: int | str, cores: int, image_model: Path, rng: np.random.Generator
):
    compiled = xd.compile(image_model, cluster=cores, l1=taken(STANDARD.with_(cores=cores)) + free, l2=l2)
    inputs = rng.integers(-128, 128, compiled.input_shape).astype(np.int8)
    assert compiled.infer(inputs, model="host").matches_golden
    forms = {step.layer.kernel.walk.name(step.layer, step.plan) for step in compiled.network.steps}
    assert ("conv_by_tile" in forms) == (free < 1500)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"l1": "1g"}, "l1 must be a number of bytes such as 98304, 96k or 1M, not '1g'"),
        (
            {"l1": 10240},
            "l1 must be 10,241 to 131,072 bytes, not 10,240: the stacks and the runtime take 10,2",
        ),
        ({"l1": "1M"}, "not 1,048,576: .* choose a cluster with a larger L1"),
        ({"l2": "2M"}, f"l2 must be 0 to {L2_BYTES:,} bytes, not 2,097,152: L2 has no more for activations"),
        ({"l2": -1}, "l2 must be 0 to .*, not -1"),
    ],
)
def test_sizes_that_are_refused(sizes: dict[str, int | str], message: str, image_model: Path):
    with pytest.raises(UserError, match=message):
        xd.compile(image_model, l1=sizes.get("l1"), l2=sizes.get("l2"))


def test_all_of_a_cluster_by_default():
    assert Budget.of(STANDARD) == Budget(l1_bytes=131_072, l2_bytes=L2_BYTES)


def test_the_document_says_what_plans_take():
    text = " ".join(DOCUMENT.read_text().split())
    assert f"take {PLAN_BYTES + STEP_BYTES} bytes of L2 a step and {TILE_BYTES} a tile" in text


@pytest.mark.parametrize("free", [200, 1000])
def test_what_lies_beside_long_plans_fits_l2(free: int, wide_model: Path, monkeypatch: pytest.MonkeyPatch):
    """The budget is all of L2, but the plans leave less."""
    monkeypatch.setattr(Budget, "l2_room", lambda _budget, _plans: free)
    emission = Emission(network=xd.compile(wide_model).network)
    near = [symbol for symbol, memory in emission.memories.items() if memory == "l2"]
    weights = sum(rounded(len(emission.constants[symbol])) for symbol in near)
    assert 0 < emission.network.arena + weights <= free
    assert emission.network.far_arena > 0 or free == 1000


def test_plans_have_their_place_in_l2(wide_model: Path):
    network = xd.compile(wide_model).network
    assert network.l2_room == L2_BYTES
    plans = [step.plan for step in network.steps]
    assert network.budget.l2_room(plans * 100) < L2_BYTES
    assert Budget.of(STANDARD, l2_bytes=1000).l2_room(plans * 100) == 1000
    assert network.budget.l2_room([replace(plan, tile_table=6000) for plan in plans]) < L2_BYTES
    with pytest.raises(UserError, match=r"the plans of 30,000 layers take .*; divide the network"):
        network.budget.l2_room(plans * 10_000)
