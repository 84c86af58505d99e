"""Icarus Verilog, which tests use where it is installed; on CI it must be."""

import os
import shutil

import pytest

NEEDS_ICARUS = pytest.mark.skipif(
    shutil.which("iverilog") is None and "CI" not in os.environ,
    reason="needs Icarus Verilog (apt-get install iverilog)",
)
