"""Formats within a budget: the order of the steps, and a choice on real images."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

pytest.importorskip("torch")
pytest.importorskip("sklearn")

from training.budget import Budget, furthest, path, reached
from training.data.digits import digits
from training.job import read_record, train
from training.recipe import Recipe, Settings

CYCLES: dict[str, dict[int | None, float]] = {
    "one": {None: 100, 4: 110, 8: 60, 16: 40},
    "two": {None: 50, 4: 40, 8: 30, 16: 25},
    "three": {None: 10, 4: 20, 8: 20, 16: 20},
}


def test_steps_take_the_best_bargain_first():
    harm = {name: {4: 0.1, 8: 0.2, 16: 0.4} for name in CYCLES}
    steps = [(step.layer, step.m, step.saved) for step in path(CYCLES, harm)]
    assert steps == [("one", 8, 40), ("one", 16, 20), ("two", 8, 20), ("two", 16, 5)]


def test_steps_that_save_nothing_are_none():
    """A layer whose sparse kernels take more cycles stays dense."""
    harm = {name: {4: 0.0, 8: 0.0, 16: 0.0} for name in CYCLES}
    moves = path(CYCLES, harm)
    assert reached(moves) == {"one": 16, "two": 16}
    assert [step.layer for step in moves] == ["one", "two"]


def test_equal_bargains_come_in_the_order_of_layers():
    same = {name: {None: 9.0, 4: 5.0, 8: 5.0, 16: 5.0} for name in ("b", "a")}
    harm = {name: {4: 0.1, 8: 0.1, 16: 0.1} for name in same}
    assert [(step.layer, step.m) for step in path(same, harm)] == [("b", 4), ("a", 4)]


@pytest.mark.parametrize("limit", range(7))
def test_bisection_finds_the_last_choice_that_is_accepted(limit: int):
    tried: list[int] = []

    def accepted(steps: int) -> bool:
        tried.append(steps)
        return steps <= limit

    assert furthest(6, accepted) == limit
    assert len(tried) <= 3


def nonzeros(model: bytes) -> dict[str, float]:
    """Weights that are not 0 stand in for cycles; sparse kernels gain nothing in the first stage."""
    found = {}
    for tensor in onnx.load_from_string(model).graph.initializer:
        layer, _, parameter = tensor.name.partition(".")
        if parameter == "weight_quantized":
            count = float(np.count_nonzero(numpy_helper.to_array(tensor)))
            found[f"/{layer}/Conv"] = 1.0 if layer.startswith("stage1") else count
    return found


def test_a_budget_on_digits(tmp_path: Path):
    """Everything may be lost, so that the fastest choice is taken."""
    found = digits()
    data = replace(found, train=found.train.first(80), test=found.test.first(20))
    settings = Settings(
        model="resnet8",
        data="digits",
        sparsity="budget:100",
        seed=1,
        recipe=Recipe(epochs=(1, 1, 0), rates=(0.1, 0.05, 1e-3), batch=16),
        exclude=("stage3_conv2",),
    )
    train(settings, data, tmp_path, choose=Budget(settings, data, 100, nonzeros))
    rows = {row["layer"]: (row["sparsity"], row["why dense"]) for row in read_record(tmp_path).layers}
    assert rows["stage1_conv1"] == ("dense", "no sparse format takes fewer cycles")
    assert rows["stage2_conv1"] == rows["stage3_conv1"] == ("1:16", "")
    assert rows["stage3_conv2"] == ("dense", "excluded by name")
