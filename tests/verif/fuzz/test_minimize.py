"""A failing case becomes short, and keeps what must not change."""

from collections.abc import Callable, Sequence

import pytest

from hw.config import CONFIGS
from sim.rtl.job import NO_WAIT_STATES
from verif.cosim.mismatch import Mismatch
from verif.fuzz import minimize
from verif.fuzz.case import Case, case
from verif.programs.builder import NOP


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Case], str]], None]:
    """Make cases fail in the field that a function names, "" for none, without a simulator."""

    def install(judge: Callable[[Case], str]) -> None:
        def mismatches(cases: Sequence[Case], model: object = None) -> list[Mismatch | None]:
            fields = [judge(one) for one in cases]
            return [Mismatch(0, 0, 0, field, None, None, "") if field else None for field in fields]

        monkeypatch.setattr(minimize, "mismatches", mismatches)

    return install


def words(one: Case) -> list[int]:
    return [number for unit in one.composition.units for number in unit.words]


def test_one_instruction_is_left(failing: Callable):
    start = case(CONFIGS["rv32im"], 5, 0)
    (unit,) = [unit for unit in start.composition.units if unit.kind == "jump"][:1]
    needed = unit.words[0]
    failing(lambda one: "rd_wdata" if needed in words(one) else "")
    short = minimize.minimize(start, "rd_wdata")
    assert [number for number in words(short) if number != NOP] == [needed]
    assert len(short.composition.units) == 1
    assert (short.waits, short.interrupt_rate, short.composition.passes) == (NO_WAIT_STATES, 0, 1)


def test_another_difference_is_another_failure(failing: Callable):
    start = case(CONFIGS["rv32im"], 5, 1)
    half = len(words(start)) // 2
    failing(lambda one: "pc_rdata" if len(words(one)) < half else "insn")
    assert len(words(minimize.minimize(start, "insn"))) >= half


def test_what_a_failure_needs_around_it_stays(failing: Callable):
    start = next(one for n in range(50) if (one := case(CONFIGS["rv32im"], 6, n)).waits != NO_WAIT_STATES)
    failing(lambda one: "insn" if one.waits == start.waits and one.composition.passes > 1 else "")
    short = minimize.minimize(start, "insn")
    assert (short.waits, short.composition.passes) == (start.waits, start.composition.passes)
    assert words(short) == []


def test_loops_keep_their_set_up(failing: Callable):
    start = case(CONFIGS["baseline"], 5, 0)
    loop = next(unit for unit in start.composition.units if unit.kind == "loop")
    failing(
        lambda one: (
            "insn"
            if any(len(u.words) == len(loop.words) and u.kind == "loop" for u in one.composition.units)
            else ""
        )
    )
    (short,) = minimize.minimize(start, "insn").composition.units
    pinned = [number for index, number in enumerate(short.words) if index in short.pinned]
    assert pinned
    assert [number for number in short.words if number != NOP] == pinned
