"""The first trap, an endless trap and short hardware loops, the same on the RTL and on the model."""

import pytest

from hw.config import XDECIMATE, CoreConfig, Region, config_named
from hw.instructions import ADDRESSES
from sim.diagnosis import Diagnosis, FirstTrap, ShortLoop
from sim.iss.program import run_program
from sim.iss.traps import Cause
from sim.rtl.job import Job, WaitStates
from sim.rtl.run import run_programs
from verif.programs.builder import CODE, NOP, RESULTS, Builder

A, HANDLER = 10, 11
NOWHERE = 0x4000_0000
#: A jump to a half-word is a trap here.
WORDS_ONLY = config_named("xdecimate-c")


def diagnoses(out: Builder, *, passes: bool, core: CoreConfig = XDECIMATE) -> Diagnosis:
    """Diagnoses of a program by the RTL and the model, which must agree on them and on the end."""
    program = out.finish()
    [result] = run_programs(core, [Job(program=program, max_cycles=2000)])
    outcome = run_program(program, core, 2000)
    assert (result.passed, outcome.exit_code == 0) == (passes, passes)
    assert result.diagnosis == outcome.machine.diagnosis
    if result.diagnosis.caught is not None:
        assert result.cycles < 100, "ends at once"
        assert outcome.steps < 100
    return result.diagnosis


@pytest.mark.parametrize(
    ("mnemonic", "fields", "cause", "value"),
    [
        ("ecall", {}, Cause.ECALL, 0),
        ("ebreak", {}, Cause.BREAKPOINT, CODE + 8),
        ("lw", {"rd": A, "rs1": A, "imm": 4}, Cause.LOAD_ACCESS, NOWHERE + 4),
        ("sb", {"rs2": A, "rs1": A, "imm": 0}, Cause.STORE_ACCESS, NOWHERE),
        ("jalr", {"rd": 0, "rs1": A, "imm": 2}, Cause.INSTRUCTION_MISALIGNED, NOWHERE + 2),
    ],
)
def test_a_trap_without_a_handler(mnemonic: str, fields: dict[str, int], cause: Cause, value: int):
    out = Builder()
    out.load_immediate(A, NOWHERE)
    out.emit(mnemonic, None, **fields)
    found = diagnoses(out, passes=False, core=WORDS_ONLY)
    assert found == Diagnosis(trap=FirstTrap(cause, CODE + 8, value), caught=0)
    assert str(found.trap).startswith(
        f"first trap: {cause.name.lower().replace('_', ' ')} (mcause {cause}), "
    )
    assert f"mepc {CODE + 8:#010x}, mtval {value:#010x}" in str(found.trap)
    assert "the trap handler at 0x00000000 traps endlessly at its first instruction" in found.endless


def test_a_jump_to_nowhere_is_the_first_trap():
    out = Builder()
    out.load_immediate(A, NOWHERE)
    out.emit("jalr", rd=0, rs1=A, imm=0)
    found = diagnoses(out, passes=False)
    assert found == Diagnosis(trap=FirstTrap(Cause.INSTRUCTION_ACCESS, NOWHERE, NOWHERE), caught=0)


def test_a_handler_that_traps_itself():
    """The first trap is reported, not the one that repeats."""
    out = Builder()
    handler = out.address + 4 * 4
    out.load_immediate(HANDLER, handler)
    out.emit("csrrw", rd=0, csr=ADDRESSES["mtvec"], rs1=HANDLER)
    out.emit("ecall")
    out.words.append(0)
    found = diagnoses(out, passes=False)
    assert found == Diagnosis(trap=FirstTrap(Cause.ECALL, handler - 4, 0), caught=handler)


def test_a_trap_that_is_handled_ends_nothing():
    out = Builder()
    handler = out.address + 4 * 4
    out.load_immediate(HANDLER, handler)
    out.emit("csrrw", rd=0, csr=ADDRESSES["mtvec"], rs1=HANDLER)
    out.emit("ebreak")
    assert diagnoses(out, passes=True) == Diagnosis(
        trap=FirstTrap(Cause.BREAKPOINT, handler - 4, handler - 4)
    )


def test_a_program_without_traps_and_loops():
    assert diagnoses(Builder(), passes=True) == Diagnosis()


def loop_program(body: int, count: int, loop: int) -> tuple[Builder, ShortLoop]:
    """``body`` instructions in a hardware loop, and where they lie."""
    out = Builder()
    start = out.address + 4
    out.emit("cv.setupi", loop=loop, count=count, uimm=4 * (body + 1))
    out.words += [NOP] * (body + 5)
    return out, ShortLoop(start, start + 4 * body)


@pytest.mark.parametrize("loop", [0, 1])
@pytest.mark.parametrize("body", [1, 2])
def test_a_loop_that_is_too_short(body: int, loop: int):
    out, place = loop_program(body, 5, loop)
    found = diagnoses(out, passes=True)
    assert found == Diagnosis(loop=place)
    assert f"the hardware loop at {place.start:#010x} has a body of {body} instruction" in str(found.loop)


@pytest.mark.parametrize("body", [1, 2, 3])
@pytest.mark.parametrize("distance", [0, 8])
def test_short_loops_are_found_with_wait_states_and_far_behind_their_set_up(body: int, distance: int):
    """The iterations of such a body are undefined; a body of three runs as often as the count says."""
    out = Builder()
    out.load_immediate(A, 0)
    start = out.address + 4 * (3 + distance)
    out.emit("cv.starti", loop=0, uimm=start - out.address)
    out.emit("cv.endi", loop=0, uimm=start + 4 * body - out.address)
    out.emit("cv.counti", loop=0, count=5)
    out.words += [NOP] * distance
    out.emit("addi", rd=A, rs1=A, imm=1)
    out.words += [NOP] * (body + 4)
    out.load_immediate(HANDLER, RESULTS)
    out.emit("sw", rs2=A, rs1=HANDLER, imm=0)
    program, dumps = out.finish(), {"runs": Region(base=RESULTS, size=4)}
    jobs = [
        Job(
            program=program,
            max_cycles=20_000,
            dumps=dumps,
            waits=WaitStates(instr_grant=stall),
            seed=seed,
        )
        for stall, seed in ((0, 1), (128, 1), (128, 2), (128, 3))
    ]
    for result in run_programs(XDECIMATE, jobs):
        assert result.passed
        runs = int.from_bytes(result.dumps["runs"], "little")
        if body < 3:
            assert result.diagnosis == Diagnosis(loop=ShortLoop(start, start + 4 * body))
            assert 1 <= runs <= 5 + 2, "docs/core.md names these bounds"
        else:
            assert result.diagnosis == Diagnosis()
            assert runs == 5


@pytest.mark.parametrize("length", [0, -8])
def test_a_loop_that_goes_nowhere_is_not_a_short_one(length: int):
    """Its end lies at its start or before: it is met by no body of one or two instructions."""
    out = Builder()
    out.emit("cv.counti", loop=0, count=2)
    out.load_immediate(A, out.address + 4 * 12)
    out.emit("cv.start", loop=0, rs1=A)
    out.load_immediate(A, out.address + 4 * 9 + length)
    out.emit("cv.end", loop=0, rs1=A)
    out.words += [NOP] * 12
    outcome = run_program(out.finish(), XDECIMATE, 2000)
    assert outcome.machine.diagnosis.loop is None


@pytest.mark.parametrize(("body", "count"), [(3, 5), (2, 1), (1, 0)])
def test_loops_within_the_rules_and_bodies_that_run_once(body: int, count: int):
    out, _ = loop_program(body, count, 0)
    assert diagnoses(out, passes=True) == Diagnosis()


def test_only_the_first_short_loop_is_reported():
    out, place = loop_program(2, 5, 0)
    out.emit("cv.setupi", loop=0, count=5, uimm=12)
    out.words += [NOP] * 5
    assert diagnoses(out, passes=True) == Diagnosis(loop=place)
