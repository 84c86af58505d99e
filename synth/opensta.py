"""Longest paths by OpenSTA, where it is installed (Debian's package opensta)."""

import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from hw.errors import UserError
from synth.netlist import Instance, Netlist
from synth.timing import Path as TimingPath
from synth.timing import submodules

_SCRIPT = """\
read_liberty cells.lib
read_verilog netlist.v
link_design {top}
create_clock -name clk -period {period} [get_ports clk]
set_input_delay 0 -clock clk [all_inputs]
set_output_delay 0 -clock clk [all_outputs]
report_checks -path_delay max -format full -digits 4
exit
"""
_POINT = re.compile(r"^\s*(-?[\d.]+)\s+(-?[\d.]+) [v^] (\S+)/(\w+) \(", re.M)
_SUMMARY = re.compile(r"^\s*(-?[\d.]+)\s+(data arrival time|library setup time|output external delay)", re.M)


def command() -> str | None:
    """Where OpenSTA is; None where it is not installed."""
    return shutil.which("sta")


@cache
def version() -> str:
    """What it says it is."""
    output = subprocess.run([str(command()), "-version"], capture_output=True, text=True).stdout
    return f"OpenSTA {output.strip().splitlines()[0]}"


def longest(netlist: Netlist, verilog: Path, top: str, period: float) -> TimingPath:
    """The longest path between registers and ports; a ``UserError`` when OpenSTA fails.

    ``period`` in ns is that of the ideal clock; the delay of the path does not depend on it.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cells.lib").write_text(netlist.library.text)
        shutil.copy(verilog, folder / "netlist.v")
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
    if process.returncode or not slack:
        last = " / ".join(output.strip().splitlines()[-3:])
        raise UserError(f"OpenSTA failed: {last}; remove it to have the estimate of the longest path")
    return _path(netlist, output, scaled - float(slack[1]))


def _path(netlist: Netlist, output: str, delay: float) -> TimingPath:
    instances = {_plain(instance.name): instance for instance in netlist.instances}
    points: list[Instance] = []
    for _, _, name, _ in _POINT.findall(output):
        instance = instances.get(_plain(name))
        if instance and (not points or points[-1] is not instance):
            points.append(instance)
    gates = [instance for instance in points if not instance.cell.clock]
    ends = re.search(r"Startpoint: (\S+).*?Endpoint: (\S+)", output, re.S)
    start, end = (_end(netlist, instances, name) for name in ends.groups()) if ends else ("?", "?")
    return TimingPath(delay, start, end, submodules(gates), len(gates))


def _plain(name: str) -> str:
    return name.replace("\\", "").replace("$flatten", "")


def _end(netlist: Netlist, instances: dict[str, Instance], name: str) -> str:
    """The register or the port of that name."""
    instance = instances.get(_plain(name))
    return netlist.register(instance) if instance else _plain(name)
