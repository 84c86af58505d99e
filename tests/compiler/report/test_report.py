"""The report: one set of figures in three forms, without external parts."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from compiler.emit import Emission
from compiler.folder.record import NetworkRecord, network_record
from compiler.report.charts import cycle_bars
from compiler.report.figures import CAUSES, Measured, breakdown, figures
from compiler.report.files import REPORTS, report_files
from compiler.report.text import short
from hw.cluster.registers import COUNTER_NAMES
from tests.compiler.folder.conftest import network

__all__ = ["network"]


#: Elements without an end.
VOID = ("meta", "wbr", "rect", "line", "circle", "polyline")


class Page(HTMLParser):
    """Elements that are open, tags seen, and addresses that a browser would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [str(value) for name, value in attributes if name in ("src", "href", "xlink:href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture
def record(network: Any) -> NetworkRecord:
    return network_record(Emission(network=network), {})


@pytest.fixture
def measured(record: NetworkRecord) -> dict[str, Any]:
    counters = dict.fromkeys(COUNTER_NAMES, 100) | {"cycles": 8 * 1250, "instructions": 5000}
    runs = [
        Measured(cycles=1250, counters=counters, differs_at=None),
        Measured(cycles=777, counters=counters, differs_at=3, measured_as="layer0"),
    ]
    return figures(record, runs, 2100)


def test_all_forms_have_the_same_figures(measured: dict[str, Any], record: NetworkRecord):
    files = {name: content.decode() for name, content in report_files(measured).items()}
    assert tuple(files) == REPORTS
    assert json.loads(files["report.json"]) == measured
    for text in (files["report.txt"], files["report.html"]):
        predicted, buffers = f"{record.predicted_cycles:,}", f"{record.l1_bytes:,}"
        for value in ("1,250", "777", "2,100", predicted, buffers, "linear dense", "layer0"):
            assert value in text


def test_the_page_is_whole_and_loads_nothing(measured: dict[str, Any], record: NetworkRecord):
    for values in (measured, figures(record)):
        page = Page()
        page.feed(report_files(values)["report.html"].decode())
        assert page.open == []
        assert page.loaded == []
        assert page.tags.count("svg") == 3 + 1 + len(CAUSES) + 2


def test_names_of_a_model_are_no_markup(record: NetworkRecord):
    values = figures(record)
    values["model"] = values["rows"][0]["layer"] = values["rows"][0]["kernels"][0]["kernel"] = (
        "<script>x</script>"
    )
    assert "<script" not in report_files(values)["report.html"].decode()


def test_a_breakdown_adds_up_to_1(measured: dict[str, Any]):
    for row in measured["rows"]:
        assert sum(row["breakdown"].values()) == pytest.approx(1)
        assert tuple(row["breakdown"]) == CAUSES
    assert breakdown({}) == {}


def test_weights_and_moved_bytes(measured: dict[str, Any], record: NetworkRecord):
    rows = measured["rows"]
    assert sum(row["weight_bytes"] for row in rows) == measured["weight_bytes"]["l2"]
    assert rows[0]["moved_bytes"] == rows[0]["weight_bytes"] + 40 + 24
    assert measured["macs"] == 40 * 24 + 24 * 7


def test_long_names_keep_their_end():
    assert short("functional/layer7", 8) == "…/layer7"
    assert short("layer7", 8) == "layer7"


def test_bars_begin_behind_the_longest_name(measured: dict[str, Any]):
    def left(names: list[str]) -> float:
        rows = [{**row, "layer": name} for row, name in zip(measured["rows"], names, strict=False)]
        return min(float(x) for x in re.findall(r'<rect class="predicted" x="([0-9.]+)"', cycle_bars(rows)))

    assert (
        left(["a", "bb"]) < 40 < 100 < left(["a", "b" * 20]) < left(["a", "b" * 38]) == left(["a", "b" * 90])
    )


def test_lines_of_a_shape_end_behind_commas(measured: dict[str, Any]):
    page = report_files(measured)["report.html"].decode()
    assert measured["rows"][0]["geometry"].replace(",", ",<wbr>") in page
