"""Estimates of progress between the ends of stretches."""

from itertools import pairwise

import pytest

from bench.stretch import STRETCH_CYCLES
from xdecimate.commands.simulating import GUESSED_SPEED, Pace, simulating

TOTAL = 8 * STRETCH_CYCLES


def begun(at_once: int) -> Pace:
    pace = Pace(at_once)
    pace.ended(0, TOTAL, used=5.0, now=100.0)
    return pace


def test_it_moves_before_anything_has_ended():
    pace = begun(2)
    shown = [pace.shown(5.0 + second) for second in range(0, 300, 2)]
    assert shown[0] == 0
    assert all(later > before for before, later in pairwise(shown))
    assert shown[1] == pytest.approx(2 * GUESSED_SPEED, rel=0.1)
    assert shown[-1] < 2 * STRETCH_CYCLES
    assert pace.left(5.0, now=101.0) is None


def test_half_of_a_processor_takes_twice_the_time():
    pace = begun(1)
    assert pace.left(15.0, now=110.0) == pytest.approx(TOTAL / GUESSED_SPEED - 10)
    assert pace.left(15.0, now=120.0) == pytest.approx(2 * (TOTAL / GUESSED_SPEED - 10))


def test_it_knows_the_speed_of_what_has_ended():
    pace = begun(1)
    pace.ended(STRETCH_CYCLES, TOTAL, used=20.0, now=130.0)
    assert pace.speed == STRETCH_CYCLES / 15
    assert STRETCH_CYCLES < pace.shown(21.0) < 2 * STRETCH_CYCLES
    assert pace.left(20.0, now=130.0) == pytest.approx(7 * 30)


def test_what_was_kept_says_nothing_of_the_speed():
    pace = begun(1)
    for number in range(1, 5):
        pace.ended(number * STRETCH_CYCLES, TOTAL, used=5.0 + 0.1 * number, now=110.0)
    assert pace.speed == GUESSED_SPEED
    pace.ended(5 * STRETCH_CYCLES, TOTAL, used=25.4, now=130.0)
    assert pace.speed == pytest.approx(STRETCH_CYCLES / 20)
    assert pace.left(25.4, now=130.0) == pytest.approx(3 * 20)


def test_it_never_goes_back_and_ends_at_the_total():
    pace = begun(2)
    before = pace.shown(100.0)
    pace.ended(STRETCH_CYCLES // 8, TOTAL, used=101.0, now=200.0)
    assert pace.shown(101.0) >= before
    pace.ended(TOTAL, TOTAL, used=300.0, now=400.0)
    assert pace.shown(301.0) == TOTAL
    assert pace.left(301.0, now=401.0) == 0


def test_nothing_is_shown_without_a_terminal(capfd: pytest.CaptureFixture[str]):
    with simulating("simulating", 1) as ended:
        ended(0, TOTAL)
        ended(TOTAL, TOTAL)
    assert capfd.readouterr() == ("", "")
