"""Liberty files: their contents, and the messages for files that cannot be used."""

from pathlib import Path

import pytest

from common.errors import UserError
from synth.cells import embedded, liberty
from synth.libraries import DONT_USE, DONT_USE_WITH_A_PERIOD, PDKS, chosen_library, liberty_file, pdk_library
from synth.library import read_library

#: A library of few cells, with what the embedded one lacks: tables, units, several related pins.
SMALL = """
/* a comment { */ library (small) {
  time_unit : "10ps"; capacitive_load_unit (1, ff); leakage_power_unit : "1nW"; nom_voltage : 1.5 ;
  lu_table_template (by_load) { variable_1 : total_output_net_capacitance; variable_2 : input_net_transition;
    index_1 ("0, 10"); index_2 ("0, 100"); }
  cell (ND2) { area : 4; pin (A, B) { direction : input; capacitance : 2; }
    pin (Y) { direction : output; function : "(A B)'";
      timing () { related_pin : "A B"; timing_sense : negative_unate;
        cell_rise (by_load) { values ("1, 2", \\
          "3, 8"); }
        rise_transition (scalar) { values ("5"); } } } }
  cell (OLD) { area : 1; dont_use : true; pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "!(A & B)"; } }
  cell (IV) { area : 2; pin (A) { direction : input; } pin (Y) { direction : output; function : "A'"; } }
  cell (FF) { area : 9; ff (IQ, IQN) { clocked_on : "(CK)"; next_state : "D" }
    pin (CK) { direction : input; clock : true } pin (D) { direction : input; }
    pin (Q) { direction : output; function : "IQ"; } }
}
"""


def test_units_tables_and_the_gate_equivalent():
    small = read_library(SMALL, "small.lib", {})
    assert small.units == pytest.approx(
        {"time": 1e-11, "capacitance": 1e-15, "leakage": 1e-9, "voltage": 1.5}
    )
    assert small.nand2.name == "ND2"  # the smaller one is marked as not to be used
    assert small.excluded == ("OLD",)
    assert small.flip_flop.name == "FF"
    first, second = small.cells["ND2"].pins["Y"].arcs
    assert (first.related, second.related) == ("A", "B")
    delay = first.delay["rise"]
    for slew, load, value in ((0, 0, 1), (100, 0, 2), (0, 10, 3), (100, 10, 8), (50, 5, 3.5), (200, 0, 3)):
        assert delay(slew, load) == pytest.approx(value), (slew, load)
    assert first.transition["rise"](3, 4) == 5


def _fails(tmp_path: Path, content: str | bytes) -> str:
    path = tmp_path / "given.lib"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UserError) as caught:
        liberty_file(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_cut_off(tmp_path: Path, share: float):
    text = liberty()
    assert "is not a complete Liberty file" in _fails(tmp_path, text[: int(len(text) * share)])


def test_every_cut_is_noticed(tmp_path: Path):
    whole = SMALL.rstrip()
    for length in range(len(whole)):
        with pytest.raises(UserError):
            read_library(whole[:length], "cut.lib", {})


@pytest.mark.parametrize(
    ("whole", "damaged", "message"),
    [
        ('"10ps"', '"10xs"', "10xs' is not a unit"),
        ("(1, ff)", "(1, farad)", "farad' is not a unit"),
        ("(1, ff)", "(1)", "not a complete Liberty file"),
        ('values ("5");', "", r"table rise_transition \(scalar\) has no values"),
        ('values ("5");', 'values ("");', r"table rise_transition \(scalar\) has no values"),
        ('"3, 8"', '"3"', r"table cell_rise \(by_load\) has more or fewer values than its axes require"),
        ("cell (ND2)", "deep () {" * 5000 + "} " * 5000 + "cell (ND2)", "too deep"),
    ],
)
def test_damage_inside(whole: str, damaged: str, message: str):
    assert SMALL.count(whole) == 1
    with pytest.raises(UserError, match=message):
        read_library(SMALL.replace(whole, damaged), "damaged.lib", {})


def test_not_liberty(tmp_path: Path):
    assert "does not begin with library" in _fails(tmp_path, "module m (a); endmodule\n")
    assert "it is empty" in _fails(tmp_path, "")
    assert "is not a text file" in _fails(tmp_path, b"\x1f\x8b\xff\xfe")


def test_cells_that_must_be_there(tmp_path: Path):
    without = liberty().replace("ff (IQ, IQN)", "statetable (IQ, IQN)")
    assert "has no flip-flop" in _fails(tmp_path, without)
    without = liberty().replace('"!(A & B)"', '"(A & B)"')
    assert "has no 2-input NAND" in _fails(tmp_path, without)


def test_missing_file(tmp_path: Path):
    with pytest.raises(UserError, match=r"cannot read .*none"):
        liberty_file(tmp_path / "none.lib")


def test_pdk_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PDK_ROOT", raising=False)
    with pytest.raises(UserError, match="PDK_ROOT is not set"):
        pdk_library("sky130A")
    monkeypatch.setenv("PDK_ROOT", str(tmp_path))
    with pytest.raises(UserError, match=r"tt_025C_1v80\.lib is missing"):
        pdk_library("sky130A")
    with pytest.raises(UserError, match=r"must be one of sky130A.*not 'sky131'"):
        pdk_library("sky131")
    with pytest.raises(UserError, match="give only one of them"):
        chosen_library(tmp_path / "x.lib", "sky130A")
    assert chosen_library(None, None) is embedded()


def test_corners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PDK_ROOT", str(tmp_path))
    for name, corner in ((PDKS["sky130A"].typical, "typical"), (PDKS["sky130A"].worst, "worst")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SMALL.replace("(small)", f"(sky130_fd_sc_hd__{corner})"))
        # The slow corner where there is one, and the cells not to be used by the library's name.
        assert pdk_library("sky130A", worst=True).name.endswith(corner)
    assert pdk_library("sky130A").name.endswith("typical")
    assert pdk_library("sky130A").dont_use.keys() >= DONT_USE["sky130_fd_sc_hd"].keys()
    with_a_period = chosen_library(None, "sky130A", timing=True)
    assert with_a_period.name.endswith("worst")
    enabled = DONT_USE_WITH_A_PERIOD["sky130_fd_sc_hd"]
    assert with_a_period.dont_use == chosen_library(None, "sky130A").dont_use | enabled
