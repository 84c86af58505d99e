"""Verilator's lint, as tests call it."""

import os
import subprocess
from pathlib import Path

from sim.rtl.cocotb_runner import VERILATOR_ROOT


def lint(folder: Path, *arguments: str) -> str:
    """Warnings and errors of Verilator, run in ``folder``; empty if there is none."""
    command = [VERILATOR_ROOT / "bin" / "verilator_bin", "--lint-only", "--quiet", *arguments]
    environment = os.environ | {"VERILATOR_ROOT": str(VERILATOR_ROOT)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment).stderr
