"""The committed reports belong together: the same designs, by the same tools."""

import json
from pathlib import Path

import pytest

from hw import yosys
from synth.document import RESULTS, load

REPORTS = pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)


def _designs() -> dict[str, str]:
    """Designs by their names, of reports whose figures other tests measure again."""
    cores, small, units = load("area"), load("area_rv32im"), load("variants")
    known = [*zip(cores["config"], cores["designs"], strict=True)]
    known += zip(small["config"], small["designs"], strict=True)
    known += [
        ("xdecimate_unit", key)
        for row, key in zip(units["rows"], units["designs"], strict=True)
        if row["adder_and_register"] == "own" and row["m"] == [4, 8, 16]
    ]
    return dict(known)


def _measured(report: dict) -> list[tuple[str, str]]:
    """Configurations and designs of a report; none where it does not name them."""
    if "design" in report:
        return [(report.get("config", "xdecimate"), report["design"])]
    names = report.get("config") or [row.get("config") for row in report["rows"]]
    return [*zip(names, report.get("designs", []), strict=False)]


@REPORTS
def test_reports_are_of_the_same_designs(path: Path):
    known = _designs()
    for name, key in _measured(json.loads(path.read_text())):
        if name is not None:  # variants have no configuration
            assert known[name] == key, f"{name} was another design then: make synth, with PDK_ROOT set"


@REPORTS
def test_reports_are_by_the_pinned_yosys(path: Path):
    report = json.loads(path.read_text())
    assert report.get("tool", *report.get("tools", [])[:1]) == yosys.version(), "make synth"
