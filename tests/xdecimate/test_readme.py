"""README's figures are those that the commands measured."""

import json

from xdecimate.readme import README, RESULTS, updated


def test_tables_are_made_from_the_results():
    text = README.read_text()
    assert updated(text) == text, "run python -m xdecimate.readme"


def test_every_measured_output_matched():
    for name in ("conv", "linear"):
        rows = json.loads((RESULTS / f"{name}.json").read_text())["rows"]
        assert rows
        assert all(row["matches_golden"] for row in rows)
