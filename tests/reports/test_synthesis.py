"""The committed reports belong together: the same designs, by the same tools."""

import json
from pathlib import Path

import pytest

from hw import yosys
from reports.synthesis import REPORTS, load

EACH = pytest.mark.parametrize("path", sorted(REPORTS.glob("*.json")), ids=lambda path: path.stem)


#: Measured after a port and an enumeration had other names, which change the key of a design and no gate.
_LATER = [path.stem for names in ("*xdecmac*", "area_c*") for path in sorted(REPORTS.glob(f"{names}.json"))]
_LATER_AREA = "area_xdecmac"


def _known(report: str) -> dict[str, str]:
    """Designs of reports whose figures other tests measure again, by their names."""
    if report in _LATER:
        return load(_LATER_AREA)["designs"]
    unit = load("variants")["designs"]["M 4 8 16, own"]
    return load("area")["designs"] | load("area_rv32im")["designs"] | {"xdecimate_unit": unit}


@EACH
def test_reports_are_of_the_same_designs(path: Path):
    known = _known(path.stem)
    for name, key in json.loads(path.read_text())["designs"].items():
        assert known.get(name, key) == key, f"{name} was another design then: make synth, with PDK_ROOT set"


@pytest.mark.parametrize("report", [name for name in _LATER if name.startswith(("area_xdecmac", "area_c"))])
def test_a_later_report_has_the_same_core_without_the_unit(report: str):
    assert load(report)["baseline_ge"] == load("area")["extended_ge"]


@EACH
def test_reports_are_by_the_pinned_yosys(path: Path):
    report = json.loads(path.read_text())
    assert report.get("tool", *report.get("tools", [])[:1]) == yosys.version(), "make synth"
