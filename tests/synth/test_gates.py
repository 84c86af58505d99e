"""Netlists as simulated gates: the mapped unit behind its own bench."""

import json
from pathlib import Path
from random import Random

import pytest

from bench.measure import measure
from hw.config import XDECIMATE
from hw.generate import core_verilog, unit_verilog
from hw.units.decimate.record import DECIMATE
from sim.rtl.job import Job
from sim.rtl.model import tile_model
from sw_kernels.conv.geometry import ConvGeometry
from sw_kernels.conv.kernels import CONV
from sw_kernels.registry import kernel_named
from synth.canonical_modules import design
from synth.cells import embedded
from synth.gates import functional_verilog
from synth.library import Library, read_library
from synth.mapping import Flow, map_designs
from synth.netlist import Netlist
from verif.cosim.check import check_all
from verif.programs.directed import operands
from verif.testbenches.case import Outcome
from verif.testbenches.component import ComponentBench

TOP = "xdecimate_unit"


def gates_of_unit(library: Library) -> str:
    (folder,) = map_designs([design(unit_verilog(DECIMATE), TOP)], Flow(library))
    return functional_verilog(Netlist(folder / "netlist.json", TOP, library), TOP)


def _netlist(module: dict, library: Library, path: Path) -> Netlist:
    path.write_text(json.dumps({"modules": {"top": {"ports": {}, "netnames": {}} | module}}))
    return Netlist(path, "top", library)


def outcomes(verilog: str, cases: tuple[str, ...]) -> list[Outcome]:
    bench = ComponentBench(
        name="gates",
        about="",
        verilog=lambda: verilog,
        toplevel=TOP,
        module="verif.testbenches.bench_decimate",
    )
    found: list[Outcome] = []
    bench.run(cases or bench.cases, 1, found.append)
    return found


def test_the_mapped_unit_passes_the_units_bench():
    found = outcomes(gates_of_unit(embedded()), ())
    assert len(found) >= 7
    assert not [outcome for outcome in found if outcome.failure]


@pytest.mark.synth
def test_a_changed_gate_is_noticed():
    gates = gates_of_unit(embedded())
    assert gates.count(" & ") > 100
    found = outcomes(gates.replace(" & ", " | ", 1), ())
    assert [outcome for outcome in found if outcome.failure]


def gates_of_core(*, rvfi: bool = False) -> str:
    """The mapped core, with its trace port or without."""
    top = design(core_verilog(XDECIMATE, rvfi=rvfi), "core")
    (folder,) = map_designs([top], Flow(embedded()))
    return functional_verilog(Netlist(folder / "netlist.json", "core", embedded()), "core")


@pytest.mark.synth
def test_every_instruction_on_the_mapped_core():
    """On corner operands in co-simulation with the model: also what the proofs do not reach in time."""
    jobs = [
        Job(program=operands(Random(1), XDECIMATE, unit, 12), max_cycles=500_000)
        for unit in ("alu", "mul", "div")
    ]
    found = check_all(jobs, XDECIMATE, model=tile_model(gates_of_core(rvfi=True), rvfi=True))
    assert [outcome.mismatch for outcome in found] == [None] * len(jobs)
    assert sum(outcome.instructions for outcome in found) > 10_000


@pytest.mark.synth
def test_a_layer_on_the_mapped_core():
    geometry = ConvGeometry(C=16, K=8, IX=4, IY=4, FX=3, FY=3, PX=1, PY=1)
    layer = kernel_named(CONV, "sparse_xdecimate", 8).random_layer(geometry, seed=1)
    (on_gates,), _ = measure(XDECIMATE, [layer], model=tile_model(gates_of_core()))
    assert on_gates.matches_golden
    assert on_gates == measure(XDECIMATE, [layer])[0][0], "cycle for cycle as the Verilog"


def test_a_flip_flop_that_falls_cannot_be_simulated(tmp_path: Path):
    text = """library (l) { cell (ND) { area : 1; pin (A, B) { direction : input; }
        pin (Y) { direction : output; function : "(A B)'"; } }"""
    for name, clock in (("FALLS", "!CK"), ("RISES", "CK")):
        text += f"""cell ({name}) {{ area : 5; ff (IQ, IQN) {{ clocked_on : "{clock}"; next_state : "D"; }}
            pin (CK, D) {{ direction : input; }} pin (Q) {{ direction : output; function : "IQ"; }} }}"""
    library = read_library(text + "}", "l.lib", {})
    assert library.flip_flop.name == "RISES"
    netlist = {"cells": {"x": {"type": "FALLS", "connections": {"CK": [2], "D": [3], "Q": [4]}}}}
    with pytest.raises(ValueError, match=r"FALLS must be clocked by the rise of a pin, not by '!CK'"):
        functional_verilog(_netlist(netlist, library, tmp_path / "n.json"), "top")
