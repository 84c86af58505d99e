"""docs/integration.md: its templates fit the Verilog, and its advice on memories the paths of the core."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hw.config import XDECIMATE
from hw.core.core import Core
from hw.generate import component_rtlil, component_verilog, unit_verilog
from hw.units.decimate.coprocessor import DecimateCoprocessor
from hw.units.decimate.record import DECIMATE
from reports.integration import PARTS
from synth.combinational_paths import combinational_paths
from tests.verilator import lint


@pytest.mark.parametrize(
    ("name", "verilog"),
    [
        ("unit template", lambda: unit_verilog(DECIMATE)),
        ("coprocessor template", lambda: component_verilog(DecimateCoprocessor(), "xdecimate_cv_x_if")),
    ],
)
def test_a_template_connects_every_port(name: str, verilog: Callable[[], str], tmp_path: Path):
    instance = PARTS[name]().removeprefix("```verilog\n").removesuffix("```\n")
    ports = re.findall(r"\.(\w+)\(.*// \w+ (\d+):", instance)
    wires = "".join(f"wire [{int(bits) - 1}:0] {name};\n" for name, bits in ports)
    (tmp_path / "design.v").write_text(verilog())
    (tmp_path / "holder.v").write_text(f"module holder;\n{wires}{instance}endmodule\n")
    quiet = ("-Wno-style", "-Wno-UNDRIVEN", "-Wno-fatal")
    warnings = lint(tmp_path, "-Wall", *quiet, "--top-module", "holder", "holder.v", "design.v")
    assert len(ports) > 15
    assert "holder.v" not in warnings


@pytest.mark.parametrize("name", [name for name in PARTS if name.endswith("template")])
def test_templates_are_as_wide_as_the_page(name: str):
    lines = PARTS[name]().splitlines()
    assert max(map(len, lines)) <= 118


def test_a_memory_with_one_port_serves_data_first():
    paths = combinational_paths(component_rtlil(Core(XDECIMATE), "core", sources=False), "core")
    assert "instr_req" in paths["data_gnt"]  # so that data_gnt must not wait for it
    assert "instr_gnt" not in paths
    assert "data_req" not in paths["data_gnt"]
