"""Energy of a netlist small enough to add up by hand."""

import json
from pathlib import Path

import pytest

from common.errors import UserError
from synth.activity import Activity
from synth.cells import embedded
from synth.library import read_library
from synth.netlist import Netlist
from synth.power import PowerModel, check_energies

#: pF and V: a wire of 2 pF at 2 V takes 4 pJ a change; internal energies are in pJ.
LIBRARY = """library (l) { time_unit : "1ns"; capacitive_load_unit (1, pf); leakage_power_unit : "1nW";
  nom_voltage : 2;
  cell (ND) { area : 1; cell_leakage_power : 100;
    pin (A, B) { direction : input; capacitance : 2; }
    pin (Y) { direction : output; function : "(A B)'";
      internal_power () { related_pin : "A"; rise_power (scalar) { values ("3"); }
        fall_power (scalar) { values ("1"); } } } }
  cell (FF) { area : 5; cell_leakage_power : 300; ff (IQ, IQN) { clocked_on : "CK"; next_state : "D"; }
    pin (CK) { direction : input; capacitance : 1; internal_power () { power (scalar) { values ("0.5"); } } }
    pin (D) { direction : input; capacitance : 1; }
    pin (Q) { direction : output; function : "IQ"; internal_power () { related_pin : "CK";
        power (scalar) { values ("7"); } } internal_power () { related_pin : "RN";
        power (scalar) { values ("0"); } }
      timing () { related_pin : "CK"; timing_type : rising_edge;
        cell_rise (scalar) { values ("1"); } } } } }"""
MODULE = {
    "ports": {
        "clk": {"direction": "input", "bits": [2]},
        "a": {"direction": "input", "bits": [3]},
        "q": {"direction": "output", "bits": [5]},
    },
    "netnames": {},
    "cells": {
        "unit.gate": {"type": "ND", "connections": {"A": [3], "B": [5], "Y": [4]}},
        "unit.register": {"type": "FF", "connections": {"CK": [2], "D": [4], "Q": [5]}},
    },
}


def _netlist(path: Path) -> Netlist:
    path.write_text(json.dumps({"modules": {"top": MODULE}}))
    return Netlist(path, "top", read_library(LIBRARY, "l.lib", {}))


def test_energy_adds_up(tmp_path: Path):
    model = PowerModel(_netlist(tmp_path / "n.json"))
    energy = model.energy(Activity(10, {2: 20, 3: 4, 4: 6, 5: 3}), period=1e-7)
    picojoules = {kind: joules * 1e12 for kind, joules in energy.kinds.items()}
    assert picojoules == pytest.approx(
        {
            "clock": 20 * 2.0 + 20 * 0.5,  # 1 pF at 2 V is 2 pJ a change, and the pin's own energy
            "registers": 3 * 7,  # by the clock; a reset has an energy of its own
            "logic": 6 * 2,  # mean of a rise and a fall
            "wires": 6 * 2.0 + 3 * 4.0,  # D has 1 pF, B has 2 pF; what drives the port a is not in it
            "leakage": 0.4,
        }
    )
    assert energy.total == pytest.approx(sum(energy.blocks.values()))
    assert set(energy.blocks) == {"unit", "(clock wires)"}


def test_a_library_without_energies():
    check_energies(read_library(LIBRARY, "l.lib", {}))
    with pytest.raises(UserError, match="has no energies"):
        check_energies(embedded())
    with pytest.raises(UserError, match="has no energies"):
        check_energies(read_library(LIBRARY.replace("internal_power", "other"), "l.lib", {}))
