"""Core descriptions of ``xdecimate verilog``: FuseSoC reads them, and finds the files for Verilator."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Call, Refused

#: A core of a user, which depends on the generated one.
HOST = """\
CAPI=2:
name: ::host:1
filesets: {all: {depend: ["xdecimate:ip:mine"], files: [host.v], file_type: verilogSource}}
targets: {lint: {filesets: [all], toplevel: host, flow: lint, flow_options: {tool: verilator}}}
"""


def files(folder: Path, core: str) -> list[str]:
    """Names of the files that FuseSoC hands to Verilator's lint of a core, in their order."""
    command = (
        Path(sys.executable).parent / "fusesoc",
        "--cores-root",
        ".",
        "run",
        "--setup",
        "--target=lint",
    )
    environment = os.environ | {"XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    subprocess.run([*command, core], cwd=folder, env=environment, capture_output=True, check=True)
    (listed,) = (folder / "build").rglob("*.vc")
    return [Path(line).name for line in listed.read_text().splitlines() if line.startswith("src/")]


@pytest.fixture
def folder(call: Call, tmp_path: Path) -> Path:
    """Folder with a unit and what describes it."""
    (tmp_path / "rtl").mkdir()
    beside = ("--waivers", tmp_path / "rtl" / "unit.vlt", "--fusesoc", tmp_path / "unit.core")
    done = call("verilog", "unit", "--name", "mine", "-o", tmp_path / "rtl" / "unit.v", *beside)
    assert done.status == 0
    return tmp_path


def test_verilator_gets_the_waivers_first(folder: Path):
    assert files(folder, "mine") == ["unit.vlt", "unit.v"]


def test_a_core_that_depends_on_it(folder: Path):
    (folder / "host.core").write_text(HOST)
    (folder / "host.v").write_text("module host(); mine unit (); endmodule\n")
    assert files(folder, "host") == ["unit.vlt", "unit.v", "host.v"]


def test_without_waivers(call: Call, tmp_path: Path):
    call("verilog", "unit", "-o", tmp_path / "unit.v", "--fusesoc", tmp_path / "unit.core")
    text = (tmp_path / "unit.core").read_text()
    assert "waivers" not in text
    assert "lint" not in text


def test_files_that_fusesoc_would_not_find(refused: Refused, tmp_path: Path):
    (tmp_path / "deeper").mkdir()
    message = refused(
        "verilog", "unit", "-o", tmp_path / "unit.v", "--fusesoc", tmp_path / "deeper" / "unit.core"
    )
    assert "FuseSoC looks for" in message
    assert [path.name for path in tmp_path.iterdir()] == ["deeper"]
