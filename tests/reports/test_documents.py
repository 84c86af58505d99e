"""The documents' figures are those that the commands measured."""

from pathlib import Path

import pytest

from common.results import RESULTS, load
from reports.documents import DOCUMENTS, updated
from reports.speedups import recorded
from reports.xdecmac_kernels import OTHERS

XDECMAC = [f"{name}{end}" for name in (*OTHERS, "cluster_xdecmac_linear") for end in ("", "_dense")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_tables_are_made_from_the_results(path: Path):
    assert updated(path) == path.read_text(), "run python -m reports"


def test_every_measured_output_matched():
    for name in (
        "conv",
        "linear",
        "cluster_conv",
        "cluster_linear",
        "cluster_scaling",
        "cluster_banks",
        *XDECMAC,
    ):
        rows = recorded(name)
        assert rows
        assert all(row.matches_golden for row in rows)
    for path in (RESULTS / "explore").glob("*.json"):
        assert all(point["matches_golden"] for point in load(f"explore/{path.stem}")["points"])
