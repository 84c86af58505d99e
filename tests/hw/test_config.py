"""Configurations by name: named ones, with more extensions, with fewer."""

import pytest

from hw.config import BASELINE, GROUPS, RV32IM, XDECIMATE, config_named
from hw.generate import core_verilog


def test_extensions_come_and_go():
    config = config_named("xdecimate+xcvbi-xcvsimd-xcvmac")
    assert config.name == "xdecimate+xcvbi-xcvsimd-xcvmac"
    assert {*config.isa} == {*XDECIMATE.isa, "xcvbi"} - {"xcvsimd", "xcvmac"}
    assert config.units == XDECIMATE.units


def test_all_but_the_base_can_be_left_out():
    assert config_named("xdecimate-xdecimate").isa == BASELINE.isa
    names = "".join(f"-{name}" for name in BASELINE.isa if name == "c" or name.startswith("xcv"))
    assert config_named(f"baseline{names}").isa == RV32IM.isa
    assert config_named(f"baseline-m{names}").isa == tuple(name for name in RV32IM.isa if name != "m")


def test_a_group_is_left_out_by_its_name():
    assert config_named("baseline+corev").without("corev", name="baseline") == BASELINE
    assert config_named("baseline+corev-xcvelw").isa == config_named("baseline+xcvbi+xcvbitrev+xcvcplx").isa
    assert set(GROUPS["corev"]) <= {*config_named("baseline+corev").isa}


def test_a_unit_is_left_out():
    assert config_named("xdecmac-xdecmac").units == XDECIMATE.units
    with pytest.raises(ValueError, match="requires xdecimate; add it, or leave out xdecmac"):
        config_named("xdecmac-xdecimate")


def test_nothing_of_what_is_left_out_is_in_the_verilog():
    assert "hardware_loops" in core_verilog(BASELINE)
    assert "hardware_loops" not in core_verilog(config_named("baseline-xcvhwlp"))
