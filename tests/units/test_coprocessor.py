"""The coprocessor behind CV-X-IF against the model of a processor."""

from random import Random
from typing import Any

import pytest
from amaranth.hdl import Value
from amaranth.sim import Simulator

import xdecimate as xd
from hw.generate import component_rtlil
from hw.units.decimate.coprocessor import DecimateCoprocessor
from synth.combinational_paths import combinational_paths
from verif.testbenches.cv_x_if_host import Host, Rates

CYCLES = 400
#: Rates by what they stress.
RATES = {
    "everything": Rates(),
    "kills": Rates(kill=50, retract=30, commit=40),
    "one a cycle": Rates(
        issue=100, operands=100, commit=100, kill=0, retract=0, grant=100, answer=100, fault=0, ready=100
    ),
    "slow memory": Rates(grant=20, answer=20, fault=20),
    "late results": Rates(ready=15, grant=100, answer=100),
    "late commits": Rates(commit=15, issue=100, operands=100),
}


def simulate(host: Host, cycles: int) -> None:
    """Run host and coprocessor together; the host asserts what it sees."""
    coprocessor = DecimateCoprocessor()
    ports = {
        path[-1]: (member, Value.cast(value))
        for path, member, value in coprocessor.signature.flatten(coprocessor)
    }
    outputs = [name for name, (member, _) in ports.items() if member.flow.name == "Out"]

    async def bench(simulation: Any) -> None:
        for _ in range(cycles):
            driven = host.inputs()
            for name, value in driven.items():
                simulation.set(ports[name][1], value)
            answers = host.answer({name: simulation.get(ports[name][1]) for name in outputs}, driven)
            for name, value in answers.items():
                simulation.set(ports[name][1], value)
            host.check({name: simulation.get(ports[name][1]) for name in outputs}, driven)
            await simulation.tick()

    simulator = Simulator(coprocessor)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


@pytest.mark.parametrize("name", RATES)
def test_every_instruction_ends_once_as_the_golden_model_does(name: str, seed: int):
    host = Host(Random(f"{name} {seed}"), RATES[name])
    simulate(host, CYCLES)
    assert host.done > CYCLES // 20
    assert host.killed or not RATES[name].kill


def test_one_instruction_a_cycle(seed: int):
    host = Host(Random(seed), RATES["one a cycle"])
    simulate(host, 200)
    assert host.done > 180


def test_paths_that_the_interface_forbids():
    paths = combinational_paths(component_rtlil(DecimateCoprocessor(), "unit", sources=False), "unit")
    for port, outputs in paths.items():
        if port.startswith("xif_register_"):
            assert not any(output.startswith("xif_result") for output in outputs)
        if port.startswith(("xif_mem_ready", "xif_mem_resp")):
            assert not any(output.startswith(("xif_mem_valid", "xif_mem_req")) for output in outputs)


def test_verilog_of_the_coprocessor():
    assert "\nmodule xdecimate_cv_x_if(" in xd.verilog(top="unit", protocol="cv-x-if")
    assert "\nmodule mine(" in xd.verilog(top="unit", protocol="cv-x-if", name="mine")
