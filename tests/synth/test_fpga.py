"""FPGA figures: the harness, and the message for a design that does not fit."""

import json
import re
from pathlib import Path

import pytest

import synth.fpga
from common import files
from common.errors import UserError
from hw.generate import unit_verilog
from hw.units.decimate.record import DECIMATE
from reports.synthesis import is_earlier, load
from synth.canonical_modules import design
from synth.fpga import DEVICES, device_named, measure

UNIT = {"xdecimate_unit": design(unit_verilog(DECIMATE), "xdecimate_unit")}
FULL = """\
Info: Device utilisation:
Info:            ICESTORM_LC: 14725/   7680   191%
Info:                  SB_IO:   181/    206    87%
ERROR: Unable to place cell 'x', no BELs remaining to implement cell type 'ICESTORM_LC'
"""


def _fake(monkeypatch: pytest.MonkeyPatch, folder: Path, log: str) -> None:
    """Replace nextpnr, and the synthesis before it."""
    command = folder / "nextpnr"
    command.write_text(f"#!/bin/sh\ncat > nextpnr.log <<'END'\n{log}END\nexit 1\n")
    command.chmod(0o755)
    (folder / "n.json").touch()
    monkeypatch.setattr(synth.fpga, "_command", lambda device: command)
    monkeypatch.setattr(synth.fpga, "_netlist", lambda *arguments: (folder / "n.json", {"SB_LUT4": 3}, 1))


def test_a_design_that_does_not_fit(monkeypatch: pytest.MonkeyPatch, empty_cache: Path, tmp_path: Path):
    _fake(monkeypatch, tmp_path, FULL)
    with pytest.raises(
        UserError, match=r"xdecimate_unit does not fit into iCE40 HX8K.*14725 ICESTORM_LC of 7680"
    ):
        measure(UNIT, DEVICES["ice40"], 1)
    assert not (empty_cache / "fpga").exists()


def test_another_failure_is_told(monkeypatch: pytest.MonkeyPatch, empty_cache: Path, tmp_path: Path):
    _fake(monkeypatch, tmp_path, "ERROR: chip database is damaged\n")
    with pytest.raises(UserError, match="nextpnr-ice40 failed on xdecimate_unit: ERROR: chip database"):
        measure(UNIT, DEVICES["ice40"], 1)


def test_unknown_device():
    with pytest.raises(UserError, match=r"must be one of ice40 \(iCE40 HX8K.*not 'spartan'"):
        device_named("spartan")


def test_harness_registers_every_port_once():
    (top,) = UNIT.values()
    text, registers = synth.fpga._harness(top)
    # Inputs but the clock, then outputs; widths of docs/unit.md.
    inputs = [("rst", 1), ("issue_valid", 1), ("issue_operation", 2), ("issue_rs1", 32), ("issue_rs2", 32)]
    inputs += [("issue_rs3", 32), ("issue_forward", 1), ("commit_valid", 1), ("mem_result_valid", 1)]
    inputs += [("mem_result_rdata", 8), ("mem_result_err", 1), ("csr_we", 1), ("csr_wdata", 16)]
    outputs = [
        ("mem_valid", 1),
        ("mem_addr", 32),
        ("result_valid", 1),
        ("result_data", 32),
        ("csr_rdata", 16),
    ]
    assert registers == sum(width for _, width in inputs)
    for name, width in inputs:
        assert f"\nreg [{width - 1}:0] {name};" in text
    for name, width in outputs:
        assert f"output reg [{width - 1}:0] {name}" in text
    (chain,) = re.findall(r"\{(.*)\} <= \{\1, serial\};", text)
    assert sorted(chain.split(", ")) == sorted(name for name, _ in inputs)


def test_the_harness_is_not_counted():
    """The same flip-flops as in standard cells, where there is no harness."""
    report = load("fpga_ecp5")
    if is_earlier(report):
        pytest.skip("the figures are of an earlier core, and marked so: make synth")
    assert [row["flip_flops"] for row in report["rows"]] == load("area")["flip_flops"]


@pytest.mark.synth
def test_the_unit_on_an_fpga(monkeypatch: pytest.MonkeyPatch, empty_cache: Path, tmp_path: Path):
    first = measure(UNIT, DEVICES["ice40"], 1)
    monkeypatch.setattr(files, "BUILD", tmp_path / "other")
    second = measure(UNIT, DEVICES["ice40"], 1)
    assert first == second, "the same seed gives the same figures"
    (row,) = first["rows"]
    assert 100 < row["luts"] < 400
    assert row["flip_flops"] == 16 + 1 + 2 + 32  # counter, pending, lane, held word
    assert row["f_max_median_mhz"] > 20
    assert json.dumps(first)
