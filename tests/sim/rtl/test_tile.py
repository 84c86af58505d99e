"""The tile around a stub core: order, rates and errors of its memory ports; the limit of its cycles."""

import re
from pathlib import Path

import pytest

from hw.config import MEMORY_MAP
from sim.elf import Program, Segment
from sim.rtl import model as simulation_model
from sim.rtl.job import Job, WaitStates
from sim.rtl.model import Model, tile_model
from sim.rtl.run import run_on_model

STUB = (Path(__file__).parent / "stub_core.sv").read_text()
WORDS = 64
PATTERN = b"".join(n.to_bytes(4, "little") for n in range(WORDS))
#: Not the default pattern: one word is wrong.
BROKEN = PATTERN[:80] + b"\xff" + PATTERN[81:]


@pytest.fixture(scope="module")
def streaming() -> Model:
    return tile_model(STUB)


def job(data: bytes, **settings: object) -> Job:
    program = Program(
        Path("stub"),
        MEMORY_MAP.boot,
        (Segment(MEMORY_MAP.l1.base, data),),
        {"tohost": MEMORY_MAP.l2.base},
    )
    return Job(program=program, max_cycles=100_000, **settings)  # type: ignore[arg-type]


def test_full_rate_without_wait_states(streaming: Model):
    [result] = run_on_model(streaming, [job(PATTERN)])
    assert result.exit_code == 0
    # One request a cycle, the last answer one cycle later, then the store.
    assert result.cycles == WORDS + 2


def test_wait_states_keep_order_and_cost_time(streaming: Model):
    waits = [
        WaitStates(instr_grant=200),
        WaitStates(data_grant=200),
        WaitStates(instr_response=230),
        WaitStates(data_response=230),
        WaitStates(instr_grant=128, instr_response=128, data_grant=128, data_response=128),
    ]
    jobs = [job(PATTERN, waits=w, seed=seed) for w in waits for seed in (1, 2, 0xFFFF_FFFE)]
    results = run_on_model(streaming, jobs)
    assert [result.exit_code for result in results] == [0] * len(jobs)
    assert min(result.cycles for result in results) > 1.5 * WORDS
    assert len({result.cycles for result in results}) > len(waits)


def test_the_same_seed_gives_the_same_cycles(streaming: Model):
    waits = WaitStates(instr_grant=100, data_response=100)
    first, second = run_on_model(streaming, [job(PATTERN, waits=waits, seed=9)] * 2)
    assert first.cycles == second.cycles


def test_a_wrong_answer_is_seen(streaming: Model):
    [result] = run_on_model(streaming, [job(BROKEN)])
    assert result.exit_code == 1000 + 2


def test_addresses_outside_memory_fault(streaming: Model):
    [result] = run_on_model(streaming, [job(PATTERN, hart_id=1)])
    assert result.exit_code == 0


def test_a_traced_core_that_never_reports_its_last_store_ends_all_the_same():
    """A core with a fault may do this: the store has reached memory, and nothing retires."""
    retirement = (Path(simulation_model.__file__).parent / "retirement.sv").read_text()
    ports = re.findall(r"input logic (\[\d+:0\] )?(rvfi_\w+)", retirement)
    outputs = "".join(f"    output logic {width}{name},\n" for width, name in ports)
    silence = "".join(f"  assign {name} = 0;\n" for _, name in ports)
    silent = STUB.replace("    output logic sleep\n);\n", f"{outputs}    output logic sleep\n);\n{silence}")
    assert silent.count("rvfi_valid") == 2
    [result] = run_on_model(tile_model(silent, rvfi=True), [job(PATTERN)])
    assert (result.exit_code, result.cycles, result.trace) == (0, WORDS + 2, b"")
