"""Checks of the core: the faults that they detect; rounds that continue when a simulator stops."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from common.errors import UserError
from common.workers import Here
from hw.config import RV32IM, XDECIMATE
from sim.rtl.errors import SimulationError
from sim.rtl.job import Job, Result
from sim.rtl.model import Model, core_model
from sim.rtl.run import run_on_model
from verif.cosim.trace import read_trace
from verif.mutation import core
from verif.mutation.check import CosimCheck, CycleCheck
from verif.mutation.core import Origin, run_check
from verif.programs.directed import boots, operands

CHECK = CosimCheck(
    "division", "", Job(program=operands(Random(1), XDECIMATE, "div", 2), max_cycles=9_000), XDECIMATE
)


@pytest.fixture(scope="module")
def sound() -> Result:
    return run_on_model(core_model(XDECIMATE, rvfi=True), CHECK.jobs)[0]


def changed(result: Result, name: str) -> Result:
    trace = read_trace(result.trace)
    trace[name][40] ^= 1
    return replace(result, trace=trace.tobytes())


def test_cosimulation_sees_what_the_model_objects_to(sound: Result):
    assert not CHECK.sees([sound], [sound])
    assert CHECK.sees([changed(sound, "rd_wdata")], [sound])
    assert CHECK.sees([replace(sound, exit_code=None)], [sound])
    wrong = changed(sound, "rd_wdata")
    assert CHECK.sees([wrong], [wrong])


def test_cycles_between_jobs(sound: Result):
    check = CycleCheck("cycles", "", [CHECK.job] * 2, [7])
    assert not check.sees([sound, replace(sound, cycles=sound.cycles + 7)], [])
    assert check.sees([sound, replace(sound, cycles=sound.cycles + 8)], [])
    assert check.sees([replace(sound, exit_code=1), replace(sound, cycles=sound.cycles + 7)], [])


def test_a_check_is_known_by_what_it_runs():
    other = replace(CHECK, job=replace(CHECK.job, program=next(boots(Random(1)))))
    cycles = CycleCheck("cycles", "", [CHECK.job] * 2, [7])
    assert CHECK.ingredients() == replace(CHECK, about="other").ingredients() != other.ingredients()
    assert cycles.ingredients() != replace(cycles, cycles=[8]).ingredients()


def test_mutants_of_a_source_file():
    mutants = core.population(RV32IM, 20, 1, "hw/core/alu.py").mutants
    assert len(mutants) == 20
    assert all("hw/core/alu.py" in mutant.source for mutant in mutants)
    with pytest.raises(UserError, match="nothing in rv32im comes from 'decmac'"):
        core.population(RV32IM, 20, 1, "decmac")


class FakeSimulator:
    """A simulator that shows nothing of mutant 1, something of 2, stops at 3, never ends with 4."""

    def __init__(self, sound: Result) -> None:
        self.sound, self.starts = sound, 0

    def __call__(
        self, model: Model, jobs: Sequence[Job], on_result: Callable | None = None, **_: Any
    ) -> list[Result]:
        self.starts += 1
        outcomes = {2: changed(self.sound, "rd_wdata"), 4: replace(self.sound, exit_code=None)}
        for number, job in enumerate(jobs):
            if job.mutant == 3:
                raise SimulationError("no stable state")
            if on_result:
                on_result(number, outcomes.get(job.mutant or 0, self.sound))
        return [self.sound]


def test_a_round(sound: Result, monkeypatch: pytest.MonkeyPatch, empty_cache: Path):
    simulator = FakeSimulator(sound)
    monkeypatch.setattr(core, "run_on_model", simulator)
    model = Model(empty_cache, "tile")
    done: dict[int, bool] = {}
    seen = run_check(model, CHECK, [1, 2, 3, 4], done.__setitem__)
    assert seen == {2, 3, 4}
    assert done == {1: False, 2: True, 3: True, 4: True}
    assert simulator.starts == 3  # without a fault, up to mutant 3, and on from there
    assert run_check(model, CHECK, [1, 4], done.__setitem__) == {4}
    assert simulator.starts == 3  # outcomes are kept


def test_rounds_on_workers(sound: Result, monkeypatch: pytest.MonkeyPatch, empty_cache: Path):
    simulator, model = FakeSimulator(sound), Model(empty_cache, "tile")
    monkeypatch.setattr(core, "run_on_model", simulator)
    monkeypatch.setattr(core, "GROUP", 2)
    monkeypatch.setattr(core, "_prepared", lambda origin: (model, [CHECK]))
    run = partial(core.run_on_workers, Here(), Origin("xdecimate", 5, 1), 0, model, CHECK)
    done: dict[int, bool] = {}
    assert run_check(model, CHECK, [1, 2, 3, 4, 5], done.__setitem__, run) == {2, 3, 4}
    assert done == {1: False, 2: True, 3: True, 4: True, 5: False}
    starts = simulator.starts
    assert run_check(model, CHECK, [1, 4], done.__setitem__, run) == {4}
    assert simulator.starts == starts  # outcomes are kept


def test_a_check_that_fails_without_a_fault(
    sound: Result, monkeypatch: pytest.MonkeyPatch, empty_cache: Path
):
    monkeypatch.setattr(core, "run_on_model", FakeSimulator(changed(sound, "rd_wdata")))
    with pytest.raises(RuntimeError, match="division fails even on the core without a fault"):
        run_check(Model(empty_cache, "tile"), CHECK, [1], lambda *_: None)
