# pyright: reportAttributeAccessIssue=false, reportOperatorIssue=false
# amaranth: UnusedElaboratable=no
"""The waveforms of the documents are what the RTL does."""

import re

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib.wiring import Component, In, Out

from reports.documents import ROOT
from reports.scenes.registry import SCENES, WAVES, path_of, rendered
from reports.waveform import Lane, Scene, wave_json


@pytest.mark.parametrize("name", SCENES)
def test_a_waveform_has_not_drifted_from_the_rtl(name: str):
    assert path_of(name).read_text() == rendered(name), "run python -m reports"


def test_each_waveform_is_on_one_page():
    pages = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    assert sorted(re.findall(r"^```\{wave\} (\w+)$", pages, re.MULTILINE)) == sorted(SCENES)
    assert {path.stem for path in WAVES.iterdir()} == SCENES.keys()


class Delay(Component):
    """The input a cycle late, inverted on demand."""

    def __init__(self, invert: bool) -> None:
        self._invert = invert
        super().__init__({"i": In(4), "o": Out(4), "valid": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        kept = Signal(4)
        m.d.sync += [kept.eq(self.i), self.valid.eq(self.i != 0)]
        m.d.comb += self.o.eq(~kept if self._invert else kept)
        return m


@pytest.mark.parametrize(("invert", "data"), [(False, ["5", "6"]), (True, ["a", "9"])])
def test_a_recording_follows_the_circuit(invert: bool, data: list[str]):
    block = Delay(invert)
    values = [0, 5, 5, 6, 0]
    lanes = (Lane("o", block.o, block.valid), Lane("valid", block.valid))
    scene = Scene(block, lambda cycle, _: [(block.i, values[cycle])], {"": lanes[:1], "v": lanes[1:]}, 5)
    clock, shown, (group, valid) = wave_json(scene)["signal"]
    assert clock["wave"] == "p...."
    assert shown == {"name": "o", "wave": "x.=.=", "data": data}
    assert (group, valid["wave"]) == ("v", "0.1..")
