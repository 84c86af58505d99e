"""Predicted cycles of the layers whose measured cycles are in results."""

from collections.abc import Sequence

import pytest

from bench.prediction import SMALLEST_CHECKED, TOLERANCE, Sample, fitted, measured, recorded
from common.results import load


@pytest.fixture(scope="module")
def samples() -> Sequence[Sample]:
    return [*recorded(), *measured()]


def test_large_layers_are_within_the_tolerance(samples: Sequence[Sample]):
    large = [sample for sample in samples if sample.cycles >= SMALLEST_CHECKED]
    wrong = {
        f"{sample.layer} on {sample.cluster.name}": f"{sample.predicted() / sample.cycles - 1:+.1%}"
        for sample in large
        if abs(sample.predicted() / sample.cycles - 1) > TOLERANCE
    }
    assert wrong == {}
    assert len(large) > 100


def test_layers_that_are_not_fitted_check_every_operator(samples: Sequence[Sample]):
    checked = {sample.kernel.operator.name for sample in samples if not sample.fits}
    assert checked >= {"conv", "linear", "depthwise", "pool", "softmax", "table", "add"}


def test_records_hold_the_fitted_factors(samples: Sequence[Sample]):
    factors = fitted(samples)
    reported = {row["kernel"]: row["fitted_conflicts"] for row in load("prediction")["kernels"]}
    assert {str(kernel): round(factor, 3) for kernel, factor in factors.items()} == reported
    wrong = {
        str(kernel): (kernel.conflicts, factor)
        for kernel, factor in factors.items()
        if abs(kernel.conflicts - factor) > 0.006
    }
    assert wrong == {}


def test_the_report_holds_what_is_predicted_today():
    samples = measured()
    rows = load("prediction")["rows"]
    assert [row["predicted_cycles"] for row in rows] == [round(sample.predicted()) for sample in samples]
    assert all(row["matches_golden"] for row in rows)
