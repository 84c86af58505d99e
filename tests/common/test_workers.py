"""Units of work: results in order or as they come, found before they are made, whoever makes them."""

import operator
import os
import time
from collections.abc import Callable
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from common.errors import UserError
from common.workers import Here, Processes, Unit, Workers

ALL = pytest.mark.parametrize("workers", [Here, lambda: Processes(2)], ids=["here", "processes"])


def unit(function: Callable[..., Any], *arguments: Any, **options: Any) -> Unit:
    """A unit that its function and arguments define."""
    return Unit(
        kind="test",
        ingredients=(function.__name__, repr(arguments)),
        function=function,
        arguments=arguments,
        **options,
    )


@ALL
def test_results_in_order_of_units_without_end(workers: Callable[[], Workers], empty_cache: Path):
    with workers() as pool:
        results = pool.in_order(unit(operator.mul, 7, number) for number in count())
        assert [next(results) for _ in range(9)] == [7 * number for number in range(9)]


@ALL
def test_results_as_they_come(workers: Callable[[], Workers], empty_cache: Path):
    with workers() as pool:
        found = dict(pool.as_completed((number, unit(operator.mul, 7, number)) for number in range(9)))
    assert found == {number: 7 * number for number in range(9)}


@ALL
def test_what_is_known_is_not_made_again(workers: Callable[[], Workers], empty_cache: Path):
    def once(_: int) -> int:  # of this test, so that no other process could run it
        return 3

    Unit(kind="test", ingredients=("once",), function=once, arguments=(1,)).run()
    with workers() as pool:
        again = Unit(kind="test", ingredients=("once",), function=os._exit, arguments=(1,))
        assert list(pool.in_order([again])) == [3]


@ALL
def test_what_is_not_final_is_made_again(workers: Callable[[], Workers], empty_cache: Path):
    passing, final = unit(operator.neg, 5, final=operator.not_), unit(operator.neg, 0, final=operator.not_)
    with workers() as pool:
        assert list(pool.in_order([passing, final])) == [-5, 0]
    assert passing.known() is None
    assert final.known() == 0


@ALL
def test_an_error_is_the_units(workers: Callable[[], Workers], empty_cache: Path):
    with workers() as pool, pytest.raises(ZeroDivisionError):
        list(pool.in_order([unit(operator.truediv, 1, 0)]))


@pytest.mark.parametrize("left", [False, True])
def test_only_processes_at_work_are_stopped(
    left: bool, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes that wait end by themselves."""
    stopped: list[BaseProcess] = []
    terminate = BaseProcess.terminate

    def recorded(process: BaseProcess) -> None:
        stopped.append(process)
        terminate(process)

    monkeypatch.setattr(BaseProcess, "terminate", recorded)
    with Processes(2) as pool:
        assert list(pool.in_order(unit(operator.neg, number) for number in (1, 2))) == [-1, -2]
        if left:
            pool.start(unit(time.sleep, 60))
    assert bool(stopped) == left


def test_a_process_that_is_killed_is_a_user_error(empty_cache: Path):
    with Processes(2) as pool, pytest.raises(UserError, match=r"process was killed.* smaller --jobs"):
        list(pool.in_order([unit(os._exit, 9)]))
