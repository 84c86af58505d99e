"""Delta debugging finds what is needed, and nothing besides."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from verif.fuzz.shrink import shrink


def counting(fails: Callable[[Sequence[int]], bool]) -> tuple[Callable, list[int]]:
    """A batch judge, and the numbers of candidates that it was asked about."""
    asked: list[int] = []

    def judge(candidates: Sequence[Sequence[int]]) -> list[bool]:
        asked.append(len(candidates))
        return [fails(candidate) for candidate in candidates]

    return judge, asked


@pytest.mark.parametrize("needed", [{0}, {999}, {500}, {3, 4}, {0, 500, 999}, {1, 2, 3, 400, 401, 998}])
def test_what_is_needed_stays(needed: set[int]):
    judge, asked = counting(lambda candidate: needed <= set(candidate))
    assert shrink(range(1000), judge) == sorted(needed)
    assert sum(asked) < 1000


def test_order_matters():
    judge, _ = counting(lambda c: 7 in c and 3 in c and list(c).index(7) < list(c).index(3))
    assert shrink([9, 7, 1, 2, 3, 7], judge) == [7, 3]


def test_either_of_two(rng: np.random.Generator):
    judge, _ = counting(lambda candidate: 10 in candidate or 20 in candidate)
    assert shrink(rng.permutation(64).tolist(), judge) in ([10], [20])


def test_no_single_item_can_go():
    def fails(candidate: Sequence[int]) -> bool:
        return (5 in candidate) == (6 in candidate) and 9 in candidate

    short = shrink(range(12), counting(fails)[0])
    assert fails(short)
    assert not any(fails([item for item in short if item != gone]) for gone in short)


def test_nothing_is_needed():
    judge, _ = counting(lambda candidate: True)
    assert shrink(range(10), judge) == []
