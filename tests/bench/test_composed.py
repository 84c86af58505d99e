"""Networks composed of layers that ran once, against full runs."""

from pathlib import Path

import numpy as np
import pytest

from bench.composed import plan_text, predicted_cycles, run_composed
from bench.network import run_folder
from bench.stretch import NetworkProgram
from compiler.compile import compile_graph
from compiler.folder.read import NetworkFolder
from compiler.importer.tflite_model import read_tflite
from hw.cluster.config import STANDARD
from tests.compiler.folders import saved
from tests.compiler.models import perceptron
from tests.compiler.tflite_writer import written


@pytest.fixture
def folder(tmp_path: Path) -> NetworkFolder:
    """Three layers of one program between two others."""
    path = tmp_path / "perceptron.tflite"
    path.write_bytes(written(perceptron(np.random.default_rng(1), (40, 128, 128, 128, 128, 7))))
    return saved(compile_graph(read_tflite(path), STANDARD), tmp_path)


@pytest.fixture
def inputs() -> np.ndarray:
    return np.random.default_rng(2).integers(-128, 128, 40).astype(np.int8)


@pytest.mark.long
def test_it_agrees_with_a_full_run(folder: NetworkFolder, inputs: np.ndarray):
    full, composed = run_folder(folder, inputs), run_composed(folder, inputs)
    assert composed.matches_golden
    assert composed.composed
    names = [layer.measured_as for layer in composed.layers]
    assert names == [None, None, "layer1", "layer1", None]
    assert composed.cycles == pytest.approx(full.cycles, rel=0.01)
    assert np.array_equal(composed.output, full.output)
    assert predicted_cycles(folder) < folder.record.predicted_cycles


def test_a_program_that_was_changed_stands_for_itself_alone(folder: NetworkFolder, inputs: np.ndarray):
    source = folder.path / "src" / "model_perceptron.c"
    before = source.read_text()
    place = before.index("/* 2: ")
    changed = before[:place] + before[place:].replace(".lo = -5,", ".lo = -1,", 1)
    source.write_text(changed)
    result = run_composed(folder, inputs)
    assert [layer.measured_as for layer in result.layers] == [None] * 5
    assert result.first_wrong
    assert result.first_wrong.layer.name == "layer2"


def test_a_flipped_weight_is_no_longer_in_the_cache(folder: NetworkFolder, inputs: np.ndarray):
    path = folder.path / folder.record.steps[1].constants[0].file
    content = bytearray(path.read_bytes())
    content[: 128 * 16] = bytes(128 * 16)
    path.write_bytes(content)
    result = run_composed(folder, inputs)
    assert result.first_wrong
    assert result.first_wrong.layer.name == "layer1"


def test_plans_of_one_program_have_one_text(folder: NetworkFolder, inputs: np.ndarray):
    program = NetworkProgram(folder=folder, inputs=inputs, golden=folder.golden.outputs(inputs))
    texts = [plan_text(program, number) for number in range(5)]
    assert texts[1] == texts[2] == texts[3]
    assert len(set(texts)) == 3
