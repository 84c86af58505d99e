"""Names of modules: two cores stand in one design, and nothing but names differs."""

import re
import subprocess
from pathlib import Path

import pytest

from common.errors import UserError
from hw.config import RV32IM
from hw.module_names import check_module_name, module_name, renamed
from hw.yosys import run_script
from tests.designs import core_verilog
from tests.icarus import NEEDS_ICARUS
from tests.verilator import lint

NAMES = ("left_core", "right_core")
TOP = "module both();\n  left_core one ();\n  right_core other ();\nendmodule\n"


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """Folder with a design of two cores in both.v."""
    texts = [renamed(core_verilog(RV32IM), "core", name) for name in NAMES]
    (tmp_path / "both.v").write_text("".join([*texts, TOP]))
    return tmp_path


def test_verilator_takes_two_cores(both: Path):
    quiet = ("-Wno-lint", "-Wno-style", "-Wno-PINMISSING")
    assert lint(both, *quiet, "--top-module", "both", "both.v") == ""


def test_yosys_takes_two_cores(both: Path):
    run_script("read_verilog both.v\nhierarchy -check -top both\n", both)


@NEEDS_ICARUS
def test_icarus_takes_two_cores(both: Path):
    subprocess.run(["iverilog", "-g2005", "-s", "both", "-o", "both", "both.v"], cwd=both, check=True)


def test_nothing_but_names_changes():
    verilog = core_verilog(RV32IM)
    named = renamed(verilog, "core", "mine")
    assert named != verilog
    assert len(re.findall(r"^module \\?mine\b", named, re.MULTILINE)) == verilog.count("\nmodule ")
    assert renamed(named, "mine", "core") == verilog


def test_modules_beside_the_top_have_its_name_too():
    verilog = "module top(a);\n  side one (\n  );\n  \\top.part  part (\n  );\nendmodule\n"
    verilog += "module side(a);\nendmodule\nmodule topmost(a);\nendmodule\n"
    verilog += "module \\top.part (a);\n  wire top;\nendmodule\n"
    named = renamed(verilog, "top", "mine")
    modules = re.findall(r"^module (\S+?)[ (]", named, re.MULTILINE)
    assert modules == ["mine", "mine_side", "mine_topmost", "\\mine.part"]
    assert "  mine_side one (" in named
    assert "  \\mine.part  part (" in named
    assert "  wire top;" in named


def test_a_core_without_an_extension_has_a_name_of_its_own():
    assert module_name("xdecimate-xcvsimd", "core") == "xdecimate_without_xcvsimd_core"
    assert module_name("xdecimate+xcvsimd", "core") == "xdecimate_xcvsimd_core"


def test_a_name_of_parts_is_an_identifier():
    assert module_name("rv32im+xdecimate", "standard,cores=4", "cluster") == (
        "rv32im_xdecimate_standard_cores_4_cluster"
    )


@pytest.mark.parametrize("name", ["core", "Mine_2", "_x", "xdecimate_unit"])
def test_names_that_can_be(name: str):
    check_module_name(name)


@pytest.mark.parametrize("name", ["module", "logic", "checker", "reg", "import"])
def test_keywords_are_refused(name: str):
    with pytest.raises(
        UserError, match=f"must not be a keyword of SystemVerilog, not '{name}'; choose another"
    ):
        check_module_name(name)


@pytest.mark.parametrize("name", ["", "2core", "a-b", "a b", "a.b", "a\n", "é", "$a"])
def test_names_that_would_need_an_escape_are_refused(name: str):
    with pytest.raises(UserError, match="must consist of letters, digits and _"):
        check_module_name(name)
