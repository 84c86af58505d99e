"""Co-simulation finds what differs: each compared field, order, time, interrupts and the end can fail."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from hw.config import XDECIMATE
from sim.rtl.job import Job, Result, WaitStates
from sim.rtl.model import core_model
from sim.rtl.run import run_on_model
from verif.cosim.check import check_all, check_result
from verif.cosim.mismatch import disassemble
from verif.cosim.trace import COMPARED, CSRS, INTR, RECORD, TRAP, read_trace
from verif.programs.builder import Builder
from verif.programs.random_program import RandomProgram

JOB = Job(
    program=RandomProgram(Random(7), XDECIMATE, None).compose(400, passes=1).program(),
    waits=WaitStates(instr_response=40, data_grant=128, data_response=40),
    max_cycles=100_000,
)


@pytest.fixture(scope="module")
def result() -> Result:
    return run_on_model(core_model(XDECIMATE, rvfi=True), [JOB])[0]


def difference(result: Result, trace: np.ndarray):
    return check_result(JOB, XDECIMATE, replace(result, trace=trace.tobytes())).mismatch


def test_the_core_is_the_model(result: Result):
    outcome = check_result(JOB, XDECIMATE, result)
    assert outcome.mismatch is None
    assert outcome.instructions == len(result.trace) // RECORD.itemsize


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (0x0010_0293, "addi imm=1, rs1=0, rd=5"),
        (0x0000_4515, "c.li imm=5, rd=10"),
        (0x0000_0001, "c.nop"),
        (0x1234_0001, "illegal 0x12340001"),  # of a core without C
    ],
)
def test_instructions_are_shown_in_the_order_of_their_encodings(word: int, text: str):
    assert disassemble(word) == text


@pytest.mark.parametrize("name", [*COMPARED, *CSRS])
def test_each_field_can_fail(result: Result, name: str):
    trace = read_trace(result.trace)
    used = np.flatnonzero(trace[name]) if name not in ("status", "mepc", "mcause", "mtval") else range(1, 500)
    index = int(used[len(used) // 2])
    trace[name][index] ^= TRAP if name == "status" else 4
    found = difference(result, trace)
    assert found is not None
    assert (found.index, found.field) == (index, name)
    assert found.core is not None
    assert found.core ^ (found.model or 0) == (TRAP if name == "status" else 4)
    assert f"{trace['pc_rdata'][index]:08x}" in str(found)


@pytest.mark.parametrize("name", ["order", "cycle"])
def test_sequence_can_fail(result: Result, name: str):
    trace = read_trace(result.trace)
    trace[name][100] = trace[name][99]
    found = difference(result, trace)
    assert found is not None
    assert (found.index, found.field) == (100, name)


def test_interrupt_that_is_not_due_is_found(result: Result):
    trace = read_trace(result.trace)
    trace["status"][50] |= INTR
    found = difference(result, trace)
    assert found is not None
    assert (found.index, found.field) == (50, "interrupt")


def test_other_end_is_found(result: Result):
    found = check_result(JOB, XDECIMATE, replace(result, exit_code=1)).mismatch
    assert found is not None
    assert found.field == "end"


@pytest.mark.parametrize("retired", [0, 200])
def test_a_core_that_hangs_is_found(result: Result, retired: int):
    trace = read_trace(result.trace)[:retired]
    stopped = replace(result, exit_code=None, trace=trace.tobytes())
    assert check_result(JOB, XDECIMATE, replace(stopped, cycles=1000)).mismatch is None
    found = check_result(JOB, XDECIMATE, replace(stopped, cycles=50_000)).mismatch
    assert found is not None
    assert (found.index, found.field) == (retired, "end")


def test_only_wfi_sleeps(result: Result):
    trace = read_trace(result.trace)
    stopped = replace(result, exit_code=None, asleep=True)
    found = check_result(JOB, XDECIMATE, replace(stopped, trace=trace[:50].tobytes())).mismatch
    assert found is not None
    assert (found.index, found.field) == (50, "sleep")
    out = Builder()
    out.emit("wfi")
    job = Job(program=out.finish(), max_cycles=6000)
    [outcome] = check_all([job], XDECIMATE)
    assert outcome.result.asleep
    assert outcome.mismatch is None
