"""Every row of CV32E40P's cycle table, measured on the RTL with zero wait states."""

import pytest

from hw.config import XDECIMATE, XDECMAC, CoreConfig
from sim.rtl.run import run_programs
from verif.programs.builder import NOP
from verif.programs.cycle_table import REPEATS, cases, program, repeated, whole_table, words

#: The cycles are the same whether a core has further units or not.
CONFIGS = (XDECIMATE, XDECMAC)
CASES = cases(XDECMAC)


@pytest.fixture(scope="module")
def cycles() -> dict[tuple[str, str], tuple[int, int]]:
    """Cycles of REPEATS and twice as many repetitions of each case, by configuration and name."""
    found = {}
    for config in CONFIGS:
        own = cases(config)
        repetitions = [(case, count) for case in own.values() for count in (REPEATS, 2 * REPEATS)]
        results = run_programs(
            config, [program(repeated(case, count), config) for case, count in repetitions]
        )
        assert all(result.passed for result in results)
        totals = [result.cycles for result in results]
        pairs = zip(totals[::2], totals[1::2], strict=True)
        found |= {(config.name, name): pair for name, pair in zip(own, pairs, strict=True)}
    return found


@pytest.mark.parametrize(
    ("config", "case"), [(config.name, name) for config in CONFIGS for name in cases(config)]
)
def test_cycle_table(cycles: dict[tuple[str, str], tuple[int, int]], config: str, case: str):
    once, twice = cycles[config, case]
    assert (twice - once) / REPEATS == CASES[case][1]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_the_whole_table_in_one_program(config: CoreConfig):
    once, twice = run_programs(config, [whole_table(config, count) for count in (REPEATS, 2 * REPEATS)])
    assert twice.cycles - once.cycles == REPEATS * sum(cost for _, cost in cases(config).values())


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
