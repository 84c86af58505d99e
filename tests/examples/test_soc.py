"""The system of examples/soc: one program on simulators, core and model, and its Verilog under lint."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hw.config import RV32IM
from hw.module_names import renamed
from hw.waivers import waivers
from reports.documents import ROOT
from sw_kernels.build import HOST_FLAGS, compile_source, link_host_library
from tests.designs import core_verilog
from tests.verilator import lint

SOC = ROOT / "examples" / "soc"
#: Where the program runs. The smallest core is simulated in a third of the time, above all in Icarus.
PLACES = {
    "icarus": ("--config", "rv32im"),
    "verilator": ("--config", "rv32im"),
    "rtl": (),
    "iss": (),
}
#: What the README shows, except for the last line.
SHOWN = re.search(r"```text\n(.*?)soc: passed", (SOC / "README.md").read_text(), re.DOTALL)


def run(folder: Path, where: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SOC / "soc.py", where, "--folder", folder, *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("where", PLACES)
def test_the_program_prints_the_same_everywhere(where: str, tmp_path: Path):
    if where == "icarus" and shutil.which("iverilog") is None and "CI" not in os.environ:
        pytest.skip("needs Icarus Verilog (apt-get install iverilog)")
    done = run(tmp_path, where, *PLACES[where])
    assert done.returncode == 0, done.stderr
    assert SHOWN
    assert done.stdout.startswith(SHOWN[1])
    assert re.fullmatch(r"\w+: passed.*\n(- .*finish\n)?", done.stdout.removeprefix(SHOWN[1]))


def test_the_mix_is_what_this_pc_computes():
    mix = compile_source(SOC / "program" / "mix.c", HOST_FLAGS, [SOC / "program"])
    library = ctypes.CDLL(str(link_host_library("mix", [mix])))
    assert SHOWN
    assert f"mix = {library.mix(1, 1) & 0xFFFF}\n" in SHOWN[1]


def test_a_core_that_there_is_not(tmp_path: Path):
    done = run(tmp_path, "icarus", "--config", "rv64")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: configuration must be one of rv32im" in done.stderr


@pytest.mark.parametrize("top", ["soc", "ulx3s"])
def test_lint_is_clean(top: str, tmp_path: Path):
    (tmp_path / "core.v").write_text(renamed(core_verilog(RV32IM), "core", "soc_core"))
    (tmp_path / "core.vlt").write_text(waivers("core.v"))
    sources = [*map(str, (SOC / "rtl").glob("*.v")), str(SOC / "board" / "ulx3s.v")]
    sources = sources if top == "ulx3s" else sources[:-1]
    assert lint(tmp_path, "-Wall", "--top-module", top, "core.vlt", *sources, "core.v") == ""


@pytest.mark.synth
def test_it_fits_an_ecp5(tmp_path: Path):
    done = run(tmp_path, "ecp5")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^block RAMs: 40 of 56$", done.stdout, re.MULTILINE)
    assert (tmp_path / "soc.bit").stat().st_size > 100_000
