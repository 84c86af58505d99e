"""Switching activity of a simulated netlist, from the SAIF file that Verilator writes."""

import re
from pathlib import Path

from hw.errors import UserError
from synth.netlist import Bit

#: A wire of ``synth.gates`` and how often it changed.
_NET = re.compile(r"\(n(\d+)\s+(?:\(T[01XZB] \d+\)\s*)*\(TC (\d+)\)")


def read_saif(path: Path) -> dict[Bit, int]:
    """How often each wire of a netlist changed; ``UserError`` when the file has none of them."""
    toggles = {int(bit): int(count) for bit, count in _NET.findall(path.read_text())}
    if not toggles:
        raise UserError(f"{path} has no wires of a mapped netlist; simulate one with xdecimate energy")
    return toggles
