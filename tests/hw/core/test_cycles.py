"""Every row of CV32E40P's cycle table, measured on the RTL with zero wait states."""

import pytest

from hw.config import XDECIMATE
from sim.rtl.run import run_programs
from verif.programs.builder import NOP
from verif.programs.cycle_table import REPEATS, cases, program, repeated, whole_table, words

CASES = cases(XDECIMATE)


@pytest.fixture(scope="module")
def cycles() -> dict[str, tuple[int, int]]:
    """Cycles of REPEATS and twice as many repetitions of each case."""
    repetitions = [(case, count) for case in CASES.values() for count in (REPEATS, 2 * REPEATS)]
    jobs = [program(repeated(case, count), XDECIMATE) for case, count in repetitions]
    results = run_programs(XDECIMATE, jobs)
    assert all(result.passed for result in results)
    totals = [result.cycles for result in results]
    return dict(zip(CASES, zip(totals[::2], totals[1::2], strict=True), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_cycle_table(cycles: dict[str, tuple[int, int]], case: str):
    once, twice = cycles[case]
    assert (twice - once) / REPEATS == CASES[case][1]


def test_the_whole_table_in_one_program():
    once, twice = run_programs(XDECIMATE, [whole_table(XDECIMATE, count) for count in (REPEATS, 2 * REPEATS)])
    assert twice.cycles - once.cycles == REPEATS * sum(cost for _, cost in CASES.values())


def test_hardware_loops_cost_nothing_but_their_set_up():
    def single(count: int, length: int) -> list[int]:
        return words(("cv.setupi", {"loop": 0, "count": count, "uimm": 4 * (length + 1)})) + [NOP] * length

    def nested(outer: int, inner: int) -> list[int]:
        body = [NOP, *single(inner, 3), NOP, NOP]
        return words(("cv.setupi", {"loop": 1, "count": outer, "uimm": 4 * (len(body) + 1)})) + body

    bodies = {
        3: [NOP] * 3,
        4: single(1, 3),
        4 + 9 * 3: single(10, 3),
        8 + 9 * 7: single(10, 7),
        1 + 5 * (3 + 1 + 4 * 3): nested(5, 4),
    }
    results = run_programs(XDECIMATE, [program(body, XDECIMATE) for body in ([], *bodies.values())])
    assert [result.cycles - results[0].cycles for result in results[1:]] == list(bodies)
