"""Plots and statements of the documents about trained networks."""

from pathlib import Path

from common.results import load
from reports.accuracy import CURVES, on_digits, write_curves
from reports.documents import ROOT
from xdecimate._api.accuracy_rows import AccuracyRow
from xdecimate.commands.bench_accuracy import plot_accuracy


def rows(name: str) -> list[AccuracyRow]:
    lists = ("seeds", "floating", "int8", "drops")
    return [
        AccuracyRow(**row | {field: tuple(row[field]) for field in lists})
        for row in load(f"accuracy/{name}")["rows"]
    ]


def test_the_plot_of_the_digits_is_of_the_committed_figures(tmp_path: Path):
    plot_accuracy(tmp_path / "digits", rows("digits"))
    committed = ROOT / "docs" / "figures" / "digits.svg"
    assert (tmp_path / "digits.svg").read_text() == committed.read_text(), "make accuracy"


def test_the_curves_are_of_the_committed_records(tmp_path: Path):
    write_curves(tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").read_text() == CURVES.read_text(), "python -m reports"


def test_accuracies_are_kept():
    """A drop of at most 1.5 points at 1:4 and 1:8 on the digits, and at 1:4 on CIFAR-10."""
    for row in rows("digits"):
        assert sum(row.drops) / len(row.drops) <= 1.5
        assert len(row.seeds) == 5
    cifar10 = {row.sparsity: row for row in rows("cifar10_xdecmac")}
    assert cifar10["dense"].mean >= 0.84
    assert cifar10["1:4"].drops[0] <= 1.5
    for row in cifar10.values():
        assert abs(row.floating[0] - row.int8[0]) <= 0.005
        assert row.rtl_equal == row.rtl_images == 100


def test_a_hundred_images_of_each_network_of_the_digits_ran_on_the_rtl():
    images: dict[str, int] = {}
    for row in on_digits():
        assert row["rtl_equal"] == row["rtl_images"]
        images[row["model"]] = images.get(row["model"], 0) + row["rtl_images"] * (row["isa"] == "xdecmac")
    assert set(images) == {"resnet8", "vit_micro"}
    assert min(images.values()) >= 100


def test_images_of_digits_ran_on_networks_of_the_table():
    of_all_seeds = {(row.model, row.sparsity, row.isa): row for row in rows("digits")}
    for row in rows("digits_rtl"):
        same = of_all_seeds[row.model, row.sparsity, row.isa]
        assert (row.seeds, row.int8) == (same.seeds[:1], same.int8[:1])
        assert (row.predicted_cycles, row.weight_bytes) == (same.predicted_cycles, same.weight_bytes)


def test_the_budget_pays_on_the_cores_that_it_was_chosen_for():
    budget = {row.isa: row for row in rows("cifar10_budget")}
    others = {(row.isa, row.sparsity): row for isa in budget for row in rows(f"cifar10_{isa}")}
    own, uniform = budget["xdecimate"], others["xdecimate", "1:8"]
    assert own.mean > uniform.mean
    assert own.cycles < 1.02 * uniform.cycles
    own, uniform = budget["xdecmac"], others["xdecmac", "1:4"]
    assert own.mean < uniform.mean
    assert own.cycles < uniform.cycles < 1.01 * own.cycles


def test_cycles_are_those_of_the_cards():
    for name in ("cifar10_xdecimate", "cifar10_xdecmac", "cifar10_budget"):
        for row in rows(name):
            card = f"resnet8_{row.sparsity.replace(':', '_')}_{row.isa}"
            assert row.cycles == load(f"accuracy/models/{card}")["cycles"]
