"""Messages for a library, PDK or device that cannot be used: status 2, one line, no report."""

import re
import sys
from pathlib import Path

import pytest

import synth.fpga
from synth.cells import liberty
from xdecimate.main import run


class Refusal:
    """Runs a command that must be refused; the message, once it has been checked that no report was left."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.report = folder / "report.json"
        self.monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str) -> str:
        self.monkeypatch.setattr(sys, "argv", ["xdecimate", *arguments, "--json", str(self.report)])
        with pytest.raises(SystemExit) as end:
            run()
        assert end.value.code == 2
        output, errors = self._capsys.readouterr()
        assert not output
        assert not self.report.exists()
        (message,) = errors.splitlines()
        return message


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refusal:
    return Refusal(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("command", [("area",), ("timing",), ("equivalence", "unit"), ("energy", "conv")])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (liberty()[: len(liberty()) // 2], "is not a complete Liberty file: .*; give a complete one"),
        ("module m (a); endmodule\n", r"does not begin with library \(...\); give a complete one"),
        (liberty().replace("ff (IQ, IQN)", "statetable (IQ, IQN)"), "has no flip-flop"),
        (liberty().replace('"!(A & B)"', '"(A & B)"'), "has no 2-input NAND"),
        (re.sub("area : .*;", "", liberty()), "has no area for NAND2"),
    ],
    ids=["cut off", "not Liberty", "no flip-flop", "no NAND2", "no areas"],
)
def test_liberty_files(refused: Refusal, command: tuple[str, ...], content: str, message: str):
    path = refused.folder / "given.lib"
    path.write_text(content)
    errors = refused(*command, "--liberty", str(path))
    assert errors.startswith(f"error: {path} ")
    assert re.search(message, errors), errors


@pytest.mark.parametrize("command", [("area", "--configs", "rv32im,rv32im"), ("equivalence", "unit")])
def test_a_library_without_an_inverter(refused: Refusal, command: tuple[str, ...]):
    path = refused.folder / "given.lib"
    path.write_text(liberty().replace('"!A"', '"A"'))
    assert f"{path} has no inverter" in refused(*command, "--liberty", str(path))


@pytest.mark.parametrize("command", [("area",), ("timing",), ("equivalence", "unit"), ("energy", "conv")])
def test_pdks(refused: Refusal, command: tuple[str, ...]):
    refused.monkeypatch.delenv("PDK_ROOT", raising=False)
    assert "PDK_ROOT is not set; set it to the folder" in refused(*command, "--pdk", "sky130A")
    refused.monkeypatch.setenv("PDK_ROOT", str(refused.folder))
    assert "is missing; point PDK_ROOT at a complete PDK" in refused(*command, "--pdk", "ihp-sg13g2")
    assert "the PDK must be one of sky130A" in refused(*command, "--pdk", "sky130B")


@pytest.mark.parametrize(
    ("command", "unit"),
    [(("timing", "--period"), "ns"), (("energy", "--period"), "ns"), (("equivalence", "--limit"), "seconds")],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf"])
def test_times(refused: Refusal, command: tuple[str, str], unit: str, value: str):
    errors = refused(*command, value)
    assert errors == f"error: {command[1]} must be a number of {unit} above 0, not {value}"


@pytest.mark.parametrize(
    "command", [("area",), ("area", "--unit"), ("timing",), ("fpga",), ("fpga", "--unit")]
)
def test_pairs_of_configurations(refused: Refusal, command: tuple[str, ...]):
    assert "must be one of rv32im, baseline, xdecimate, xdecmac, xdecmac8, not 'rv64'" in refused(
        *command, "--configs", "rv64,rv32im"
    )
    assert "must be two names separated by a comma" in refused(*command, "--configs", "baseline")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--unit", "--cores", "8"), "--unit measures the unit alone"),
        (("--cores", "8", "--flat"), "leave out flat"),
        (("--orders", "3"), "more than one order needs a flattened core"),
        (("--unit", "--flat", "--orders", "3"), "more than one order needs a flattened core"),
        (("--flat", "--orders", "0"), "orders must be 1 or more, not 0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_options_of_area_that_do_not_go_together(refused: Refusal, options: tuple[str, ...], message: str):
    assert message in refused("area", *options)


@pytest.mark.parametrize("command", [("equivalence", "unit"), ("equivalence", "core"), ("energy",)])
def test_configurations(refused: Refusal, command: tuple[str, ...]):
    assert "must be one of rv32im, baseline, xdecimate, xdecmac, xdecmac8, not 'rv64'" in refused(
        *command, "--config", "rv64"
    )


def test_a_layer_that_the_core_cannot_run_is_reported_before_it_is_mapped(
    refused: Refusal, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        "xdecimate._api.energy.GateLevelCore", lambda *arguments, **options: pytest.fail("mapped")
    )
    errors = refused("energy", "linear", "--kernel", "sparse_xdecimate", "--m", "8", "--config", "baseline")
    assert "needs a core with xdecimate, which configuration baseline lacks" in errors


@pytest.mark.parametrize(
    "command", [("area",), ("timing", "--pdk", "osu018"), ("fpga",), ("equivalence", "unit"), ("energy",)]
)
def test_figures_that_cannot_be_written_are_reported_before_the_work(
    refused: Refusal, command: tuple[str, ...]
):
    refused.report = refused.folder / "none" / "report.json"
    refused.monkeypatch.setattr("hw.yosys.COMMAND", refused.folder / "must not be called")
    assert re.search("cannot write .*report.json: No such file or directory", refused(*command))


def test_a_library_without_delays_has_no_timing(refused: Refusal):
    refused.monkeypatch.setattr("synth.mapping.run_script", lambda *arguments: pytest.fail("mapped"))
    path = refused.folder / "given.lib"
    path.write_text(liberty().replace("{", '{ time_unit : "1ns"; capacitive_load_unit (1, pf);', 1))
    assert "has no times in ns" in refused("timing", "--liberty", str(path))


def test_devices(refused: Refusal):
    assert "the device must be one of ice40 (iCE40 HX8K" in refused("fpga", "--device", "spartan6")


def test_a_design_that_does_not_fit(refused: Refusal):
    tool = refused.folder / "nextpnr"
    tool.write_text("#!/bin/sh\necho 'Info: ICESTORM_LC: 14725/ 7680 191%' > nextpnr.log\nexit 1\n")
    tool.chmod(0o755)
    (refused.folder / "n.json").touch()
    refused.monkeypatch.setattr(synth.fpga, "_command", lambda device: tool)
    refused.monkeypatch.setattr(
        synth.fpga, "_netlist", lambda *arguments: (refused.folder / "n.json", {"SB_LUT4": 3}, 1)
    )
    errors = refused("fpga", "--device", "ice40", "--unit")
    assert "xdecimate_unit does not fit into iCE40 HX8K, ct256: it needs 14725 ICESTORM_LC of 7680" in errors
