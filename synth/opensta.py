"""Longest paths by OpenSTA, where it is installed (Debian's package opensta).

Without its wire-load models: wires then have no capacitance, as in our own estimate.
"""

import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from common.errors import UserError
from synth.gates import structural_verilog
from synth.netlist import Netlist
from synth.timing import Path as TimingPath
from synth.timing import submodules

_SCRIPT = """\
read_liberty cells.lib
read_verilog netlist.v
link_design {top}
set_wire_load_model -name no_wires
create_clock -name clk -period {period} [get_ports clk]
set_input_delay 0 -clock clk [all_inputs]
set_output_delay 0 -clock clk [all_outputs]
report_checks -path_delay max -format full -digits 4
exit
"""
_NO_WIRES = 'wire_load ("no_wires") { capacitance : 0; resistance : 0; area : 0; slope : 0; }\n}\n'
_POINT = re.compile(r"^\s*-?[\d.]+\s+-?[\d.]+ [v^] c(\d+)/\w+ \(", re.M)


def command() -> str | None:
    """Path of OpenSTA; None if it is not installed."""
    return shutil.which("sta")


@cache
def version() -> str:
    """The version that OpenSTA reports."""
    output = subprocess.run([str(command()), "-version"], capture_output=True, text=True).stdout
    return f"OpenSTA {output.strip().splitlines()[0]}"


def longest(netlist: Netlist, top: str, period: float) -> TimingPath:
    """The longest path between registers and ports; a ``UserError`` when OpenSTA fails.

    ``period`` in ns is that of the ideal clock; the delay of the path does not depend on it.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text, _, _ = netlist.library.text.rpartition("}")
        (folder / "cells.lib").write_text(text + _NO_WIRES)
        (folder / "netlist.v").write_text(structural_verilog(netlist, top))
        # OpenSTA takes and reports times in the library's unit.
        scaled = period * 1e-9 / netlist.library.units["time"]
        (folder / "script.tcl").write_text(_SCRIPT.format(top=top, period=f"{scaled:g}"))
        process = subprocess.run(
            [str(command()), "-no_splash", "-exit", "script.tcl"],
            cwd=folder,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
    output = process.stdout + process.stderr
    slack = re.search(r"^\s*(-?[\d.]+)\s+slack", output, re.M)
    errors = [line for line in output.splitlines() if line.startswith("Error")]
    if process.returncode or errors or not slack:
        last = " / ".join(errors[:3] or output.strip().splitlines()[-3:])
        raise UserError(f"OpenSTA failed: {last}; remove it from PATH to get an estimate of the longest path")
    return _path(netlist, output, scaled - float(slack[1]))


def _path(netlist: Netlist, output: str, delay: float) -> TimingPath:
    points = [netlist.instances[int(number)] for number in dict.fromkeys(_POINT.findall(output))]
    gates = [instance for instance in points if not instance.cell.clock]
    ends = re.search(r"Startpoint: (\S+).*?Endpoint: (\S+)", output, re.S)
    start, end = (_end(netlist, name) for name in ends.groups()) if ends else ("?", "?")
    return TimingPath(delay, start, end, submodules(gates), len(gates))


def _end(netlist: Netlist, name: str) -> str:
    """The register or the port of that name."""
    number = name.partition("/")[0].removeprefix("c")
    return netlist.register(netlist.instances[int(number)]) if number.isdecimal() else name
