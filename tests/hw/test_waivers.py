"""Verilator's lint of generated Verilog: clean with the waivers, and no waiver is idle."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hw.cluster.config import ClusterConfig
from hw.config import RV32IM, XDECIMATE
from hw.generate import component_verilog, unit_verilog
from hw.units.decimate.coprocessor import DecimateCoprocessor
from hw.units.decimate.record import DECIMATE
from hw.waivers import RULES, waivers
from tests.designs import cluster_verilog, core_verilog
from tests.verilator import lint

#: Designs by the names of their files.
DESIGNS: dict[str, Callable[[], str]] = {
    "unit.v": lambda: unit_verilog(DECIMATE),
    "coprocessor.v": lambda: component_verilog(DecimateCoprocessor(), "coprocessor"),
    "core.v": lambda: core_verilog(XDECIMATE),
    "cluster.v": lambda: cluster_verilog(ClusterConfig(cores=2, core=RV32IM)),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with all designs."""
    place = tmp_path_factory.mktemp("designs")
    for name, generate in DESIGNS.items():
        (place / name).write_text(generate())
    return place


@pytest.mark.parametrize("name", DESIGNS)
def test_lint_is_clean_with_the_waivers(name: str, folder: Path):
    (folder / "waivers.vlt").write_text(waivers(name))
    assert lint(folder, "-Wall", "waivers.vlt", name) == ""


def test_files_may_lie_in_another_folder(folder: Path):
    (folder / "waivers.vlt").write_text(waivers("unit.v"))
    assert lint(folder.parent, "-Wall", f"{folder.name}/waivers.vlt", f"{folder.name}/unit.v") == ""


def test_each_waiver_is_needed(folder: Path):
    broken = re.findall(r"^%Warning-(\w+)", lint(folder, "-Wall", "core.v"), re.MULTILINE)
    assert set(broken) == set(RULES)


def test_other_files_are_not_waived(folder: Path):
    (folder / "waivers.vlt").write_text(waivers("core.v"))
    (folder / "score.v").write_text("module score(input [3:0] a, output b);\n  assign b = a;\nendmodule\n")
    assert "%Warning-WIDTHTRUNC: score.v" in lint(folder, "-Wall", "waivers.vlt", "score.v")
