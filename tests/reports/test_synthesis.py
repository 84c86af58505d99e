"""The committed reports belong together: the same designs, by the same tools."""

import json
from pathlib import Path

import pytest

from hw import yosys
from reports.synthesis import CURRENT, REPORTS, is_earlier, load

EACH = pytest.mark.parametrize("path", sorted(REPORTS.glob("*.json")), ids=lambda path: path.stem)


#: Reports of an earlier state of the core, which `make synth` measures again.
_EARLIER = {"fpga_ecp5", "fpga_ecp5_xdecmac"}
_EARLIER |= {f"timing_{name}{unit}" for name in ("osu018", "osu035") for unit in ("", "_xdecmac28")}
_EARLIER |= {
    f"energy_{name}_{operator}{unit}"
    for name in ("ihp-sg13g2", "sky130A")
    for operator in ("conv", "linear")
    for unit in ("", "_xdecmac")
}


@pytest.mark.parametrize("name", CURRENT)
def test_current_reports_are_of_the_same_designs(name: str):
    assert not is_earlier(load(name)), "make synth"


def test_tables_mark_what_is_of_an_earlier_core():
    assert {path.stem for path in REPORTS.glob("*.json") if is_earlier(load(path.stem))} == _EARLIER


@EACH
def test_reports_are_by_the_pinned_yosys(path: Path):
    report = json.loads(path.read_text())
    assert report.get("tool", *report.get("tools", [])[:1]) == yosys.version(), "make synth"
