"""Units of work on many machines, here processes of one, and one message for all that can be wrong."""

import operator
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common import scheduler
from common.cache import known_json
from common.errors import UserError
from common.scheduler import Scheduler, workers
from common.workers import Here, Processes, Unit


def unit(function: Callable[..., Any], *arguments: Any) -> Unit:
    ingredients = (function.__name__, repr(arguments))
    return Unit(kind="test", ingredients=ingredients, function=function, arguments=arguments)


@pytest.mark.long
def test_units_run_on_workers_and_results_are_kept_here_too(empty_cache: Path, machines: Callable):
    started = machines(2)
    with Scheduler(started.address) as pool:
        assert list(pool.in_order(unit(operator.mul, 7, n) for n in range(20))) == [7 * n for n in range(20)]
        kept = [len(list((cache / "test").iterdir())) for cache in started.caches]
        assert sum(kept) == 20
        assert all(kept)
        assert known_json("test", unit(operator.mul, 7, 3).ingredients) == 21
        with pytest.raises(ZeroDivisionError):
            list(pool.in_order([unit(operator.truediv, 1, 0)]))


@pytest.mark.long
def test_a_worker_with_other_sources(empty_cache: Path, machines: Callable, monkeypatch: pytest.MonkeyPatch):
    with Scheduler(machines(1).address) as pool:
        monkeypatch.setattr(scheduler, "project", lambda: "other")
        message = (
            r"a worker on \S+ has another version of xdecimate or of its tools; install the same version"
        )
        with pytest.raises(UserError, match=message):
            list(pool.in_order([unit(operator.mul, 7, 7)]))


@pytest.mark.long
def test_a_unit_that_ends_every_worker(empty_cache: Path, machines: Callable):
    with (
        Scheduler(machines(5).address) as pool,
        pytest.raises(UserError, match=r"several workers of \S+ died at the same unit"),
    ):
        list(pool.in_order([unit(os._exit, 9)]))


@pytest.mark.long
def test_all_workers_end(empty_cache: Path, machines: Callable, monkeypatch: pytest.MonkeyPatch):
    """A command that waits for one unit ends, and so does one that waits for any."""
    monkeypatch.setattr(scheduler, "_SECONDS_TO_COUNT", 0.1)
    monkeypatch.setattr(scheduler, "_SECONDS_TO_REPLACE", 1)
    started = machines(2)
    message = r"tcp://\S+ has had no workers for 1 seconds; start some with: dask worker"
    with Scheduler(started.address) as pool:
        results = pool.in_order(unit(time.sleep, seconds) for seconds in (0, 100, 101, 102, 103))
        assert next(results) is None
        for worker in started.workers:
            worker.kill()
        with pytest.raises(UserError, match=message):
            next(results)
        with pytest.raises(UserError, match=message):
            list(pool.as_completed([(1, unit(time.sleep, 104))]))


@pytest.mark.long
def test_the_scheduler_ends(empty_cache: Path, machines: Callable, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scheduler, "_SECONDS_TO_COUNT", 0.1)
    started = machines(1)
    with Scheduler(started.address) as pool:
        results = pool.in_order(unit(time.sleep, seconds) for seconds in (0, 100, 101, 102, 103))
        assert next(results) is None
        started.scheduler.kill()
        with pytest.raises(UserError, match=r"the scheduler at tcp://\S+ no longer answers; restart it and"):
            next(results)


@pytest.mark.long
def test_a_scheduler_without_workers(machines: Callable, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scheduler, "_SECONDS_TO_CONNECT", 2)
    with pytest.raises(UserError, match=r"the scheduler at tcp://\S+ has no workers; start some with: dask"):
        Scheduler(machines(0).address)


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scheduler, "_SECONDS_TO_CONNECT", 1)
    with pytest.raises(UserError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9; start one with"):
        Scheduler("tcp://127.0.0.1:9")


@pytest.mark.parametrize("address", ["here", "127.0.0.1:8786", "tcp://host", "http://host:1", ""])
def test_what_is_no_address(address: str):
    with pytest.raises(UserError, match="--scheduler must be an address such as tcp://host:8786, not"):
        Scheduler(address)


def test_without_dask(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r"needs Dask, which is not installed; .* 'xdecimate\[distributed\]'"):
        Scheduler("tcp://127.0.0.1:8786")


def test_without_a_scheduler_this_machine_works():
    with workers(1) as one, workers(2) as two:
        assert isinstance(one, Here)
        assert isinstance(two, Processes)
