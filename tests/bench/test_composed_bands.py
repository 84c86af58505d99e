"""Composed networks whose activations lie in bands, without a simulation: golden models take its place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import composed
from bench.composed import run_composed
from bench.inference import Inference
from bench.stretch import NetworkProgram, StepRun, StretchRun
from common.cache import Ingredient
from compiler.compile import compile_graph
from compiler.folder.read import NetworkFolder
from compiler.graph import Conv, Graph, Tensor
from hw.cluster.config import STANDARD
from hw.cluster.registers import COUNTER_NAMES
from hw.config import XDECMAC
from reference.quantization import Quantization
from reference.window import Window
from sw_kernels.packing.activations import BANDED
from tests.compiler.folders import saved

LAYERS = 3


def tensor(number: int) -> Tensor:
    """An image whose last band lacks a row."""
    return Tensor(name=f"image{number}", shape=(7, 4, 8), quantization=Quantization(0.1, 3))


@pytest.fixture
def folder(tmp_path: Path, rng: np.random.Generator) -> NetworkFolder:
    """Convolutions of one program between conversions to bands and back."""
    images = [tensor(number) for number in range(LAYERS + 1)]
    nodes = tuple(
        Conv(
            name=f"conv{number}",
            inputs=(images[number],),
            output=images[number + 1],
            weights=rng.integers(-127, 128, (8, 3, 3, 8)).astype(np.int8),
            weight_scale=np.full(8, 0.002),
            bias=rng.integers(-500, 500, 8).astype(np.int32),
            window=Window(padding=(1, 1, 1, 1), pad_value=3),
        )
        for number in range(LAYERS)
    )
    graph = Graph(name="bands", nodes=nodes, input=images[0], output=images[-1])
    network = compile_graph(graph, replace(STANDARD, core=XDECMAC), preferred=("dense_xdecmac",))
    return saved(network, tmp_path)


class Simulation:
    """Takes the place of runs on the RTL: a step takes as many cycles as its number, and one may be wrong."""

    def __init__(self, wrong: int | None = None) -> None:
        self.wrong = wrong
        self.ingredients: dict[range, list[Ingredient]] = {}
        self.arenas: dict[range, Mapping[str, bytes]] = {}

    def __call__(
        self, program: NetworkProgram, stretches: Mapping[range, list[Ingredient]], *_: object
    ) -> Mapping[range, StretchRun]:
        self.ingredients = dict(stretches)
        self.arenas = {stretch: program.arenas(stretch.start) for stretch in stretches if stretch.start}
        return {stretch: self._run(program, stretch) for stretch in stretches}

    def _run(self, program: NetworkProgram, stretch: Sequence[int]) -> StretchRun:
        steps = []
        for number in stretch:
            output = program.golden[number] ^ np.int8(number == self.wrong)
            counters = (0,) * len(COUNTER_NAMES)
            steps.append(StepRun(output=output, cycles=number, cores=(counters,)))
        return StretchRun(first=stretch[0], steps=tuple(steps), output=np.empty(0))


def composed_by(simulation: Simulation, folder: NetworkFolder, monkeypatch: pytest.MonkeyPatch) -> Inference:
    monkeypatch.setattr(composed, "run_stretches", simulation)
    inputs = np.random.default_rng(2).integers(-128, 128, (7, 4, 8)).astype(np.int8)
    return run_composed(folder, inputs)


def test_equal_layers_in_bands_run_once(folder: NetworkFolder, monkeypatch: pytest.MonkeyPatch):
    simulation = Simulation()
    result = composed_by(simulation, folder, monkeypatch)
    assert [step.output_layout for step in folder.record.steps] == ["banded"] * 4 + ["hwc"]
    assert [layer.measured_as for layer in result.layers] == [None, None, "conv0", "conv0", None]
    assert result.cycles == 0 + 1 + 1 + 1 + 4
    assert result.matches_golden
    assert len({str(content) for content in simulation.ingredients.values()}) == len(simulation.ingredients)


def test_stretches_begin_with_activations_as_they_are_stored(
    folder: NetworkFolder, monkeypatch: pytest.MonkeyPatch
):
    simulation = Simulation()
    result = composed_by(simulation, folder, monkeypatch)
    record = folder.record
    stretch = range(3, 5)  # the last convolution, and the conversion to rows
    before = record.steps[2]
    content = simulation.arenas[stretch][record.arena_in("l2")]
    stored = np.frombuffer(content, np.int8)[before.output_offset :][: before.output_bytes]
    assert before.output_bytes == BANDED.size((7, 4, 8)) == 256
    assert np.array_equal(BANDED.values(stored, (7, 4, 8)), result.layers[2].output)


@pytest.mark.parametrize("wrong", [1, 3])
def test_a_wrong_layer_is_found(wrong: int, folder: NetworkFolder, monkeypatch: pytest.MonkeyPatch):
    """Also one that runs only so that the next one finds the caches filled."""
    result = composed_by(Simulation(wrong), folder, monkeypatch)
    assert not result.matches_golden
    assert result.first_wrong
    assert result.first_wrong.layer.name == f"conv{wrong - 1}"
