"""One byte flipped in weights, plan or table: the run names the layer and the first wrong index."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.network import LayerError, run_folder
from common.errors import UserError
from compiler.folder.program import link_folder
from compiler.folder.read import NetworkFolder


def change(path: Path, before: str, after: str) -> None:
    """Replace a text by one of the same length that differs in one byte, at its last place."""
    text = path.read_text()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    start = text.rindex(before)
    path.write_text(text[:start] + after + text[start + len(before) :])


def flip_weight(folder: NetworkFolder) -> None:
    """Flip a bit of the weight between input 7 and output 1, neither of which is clipped."""
    path = folder.path / folder.record.steps[1].constants[0].file
    content = bytearray(path.read_bytes())
    content[24 + 7] ^= 32
    path.write_bytes(content)


def flip_plan(folder: NetworkFolder) -> None:
    change(folder.path / "src" / "model_perceptron.c", ".lo = -5,", ".lo = -1,")


def flip_table(folder: NetworkFolder) -> None:
    change(
        folder.path / "src" / "model_perceptron.c",
        ".output = model_perceptron_activation_2",
        ".output = model_perceptron_activation_1",
    )


@pytest.mark.parametrize("fault", [flip_weight, flip_plan, flip_table])
def test_a_flipped_byte_is_seen_in_its_layer(
    folder: NetworkFolder, inputs: np.ndarray, fault: Callable[[NetworkFolder], None]
):
    golden = folder.golden.outputs(inputs)
    fault(folder)
    result = run_folder(folder, inputs)
    assert [layer.differs_at is None for layer in result.layers] == [True, False]
    found = result.layers[1].output if fault is not flip_table else result.output
    assert result.layers[1].differs_at == np.flatnonzero(found != golden[1])[0]
    if fault is flip_weight:
        assert result.layers[1].differs_at == 1


def test_a_layer_that_does_not_end_is_named(folder: NetworkFolder, inputs: np.ndarray):
    change(folder.path / "src" / "model_perceptron.c", ".c = 24,", ".c = -4,")
    with pytest.raises(
        LayerError, match=r"layer layer1 did not end: .*; its output differs first at index 0"
    ):
        run_folder(folder, inputs)


def test_a_plan_that_is_no_c_is_named(folder: NetworkFolder):
    change(folder.path / "src" / "model_perceptron.c", ".lo = -5,", ".lo = -5;")
    with pytest.raises(UserError, match=r"model_perceptron\.c line \d+, layer layer1: expected"):
        link_folder(folder, [])


def test_a_file_that_is_missing_is_named(folder: NetworkFolder):
    (folder.path / folder.record.steps[0].constants[0].file).unlink()
    with pytest.raises(UserError, match=r"model_perceptron_0_const_weights\.bin"):
        link_folder(folder, [])
