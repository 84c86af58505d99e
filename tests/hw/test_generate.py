"""Generated Verilog: the same bytes every time, and only what the configuration asks for."""

import os
import re
import subprocess
import sys

import pytest

from hw.config import CONFIGS
from hw.generate import unit_verilog
from hw.units.decimate.record import DECIMATE
from hw.units.decmac.record import DECMAC
from tests.designs import core_verilog

#: Words that may stand only in the Verilog of a configuration with the extension.
TRACES = {
    "xdecimate": "decimate",
    "xcvhwlp": "hardware_loops",
    "xcvsimd": "byte_network",
    "xcvbitmanip": "bit_field",
}


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_bytes_under_any_hash_seed(name: str):
    script = (
        "from hw.config import CONFIGS\nfrom hw.generate import core_verilog\n"
        f"print(core_verilog(CONFIGS[{name!r}]), end='')"
    )
    environment = os.environ | {"PYTHONHASHSEED": "12345"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == core_verilog(CONFIGS[name])


@pytest.mark.parametrize("name", CONFIGS)
def test_nothing_is_left_of_an_extension_that_is_off(name: str):
    config = CONFIGS[name]
    verilog = core_verilog(config)
    for extension, word in TRACES.items():
        assert (word in verilog) == config.has(extension), extension
    assert ("decmac" in verilog) == any(unit.name == "decmac" for unit in config.units)


def test_a_unit_that_uses_parts_of_the_core_is_not_alone():
    with pytest.raises(ValueError, match="xdecmac uses parts of the core; generate a core that has it"):
        unit_verilog(DECMAC)


def test_ports_need_no_escape():
    for verilog in (unit_verilog(DECIMATE), core_verilog(CONFIGS["xdecimate"])):
        header = re.search(r"^module (core|xdecimate_unit)\(.*?;", verilog, re.MULTILINE | re.DOTALL)
        assert header
        assert "\\" not in header[0]
        assert re.search(r"\bclk\b", header[0])
        assert re.search(r"\brst\b", header[0])
