"""Units of work, and where they run: in this process, or in processes of this machine."""

import multiprocessing
import signal
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self, TypeVar

from common.cache import Ingredient, kept_json, known_json
from common.errors import UserError

#: What the caller knows a unit by.
T = TypeVar("T")


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Work whose result is known by its ingredients, wherever and however often it runs.

    Parameters
    ----------
    kind, ingredients
        Of the result in the cache (``common.cache.kept_json``).
    function : callable
        Of a module, so that another process finds it.
    arguments : tuple
        Can be pickled.
    final : callable
        Of a module; whether a result is kept, ``common.cache.kept_json``.
    """

    kind: str
    ingredients: tuple[Ingredient, ...]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    final: Callable[[Any], bool] = _always

    def run(self) -> Any:
        """The result as JSON gives it back, found or made here."""
        return kept_json(
            self.kind, self.ingredients, lambda: self.function(*self.arguments), final=self.final
        )

    def known(self) -> Any | None:
        """The result if it is kept here already."""
        return known_json(self.kind, self.ingredients)


class Workers(ABC):
    """A place where units run; a context manager that stops the running ones at its end."""

    @abstractmethod
    def width(self) -> int:
        """Number of units that run at once."""

    def ahead(self) -> int:
        """Number of units to start before the result of the first is needed."""
        return 2 * self.width()

    @abstractmethod
    def start(self, unit: Unit) -> "Future[Any]":
        """Begin a unit that is not known."""

    @abstractmethod
    def close(self) -> None:
        """Stop what is running."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def in_order(self, units: Iterable[Unit]) -> Iterator[Any]:
        """Results in the order of the units, of which there may be no end: each is taken when needed."""
        waiting: deque[Future[Any]] = deque()
        for unit in units:
            waiting.append(self._submit(unit))
            if len(waiting) >= self.ahead():
                yield self._result(waiting.popleft())
        while waiting:
            yield self._result(waiting.popleft())

    def as_completed(self, units: Iterable[tuple[T, Unit]]) -> Iterator[tuple[T, Any]]:
        """Results as they come, each with what stands beside its unit; workers that are free take units."""
        source = iter(units)
        waiting: dict[Future[Any], T] = {}
        while True:
            for beside, unit in islice(source, max(0, self.ahead() - len(waiting))):
                waiting[self._submit(unit)] = beside
            if not waiting:
                return
            for future in self._completed(waiting):
                yield waiting.pop(future), self._result(future)

    def _submit(self, unit: Unit) -> "Future[Any]":
        if (value := unit.known()) is None:
            return self.start(unit)
        future: Future[Any] = Future()
        future.set_result(value)
        return future

    def _completed(self, futures: "Collection[Future[Any]]") -> "set[Future[Any]]":
        """Wait for the first of some futures."""
        return wait(futures, return_when=FIRST_COMPLETED).done

    def _result(self, future: "Future[Any]") -> Any:
        self._completed([future])
        return future.result()


class Here(Workers):
    """This process, one unit at a time."""

    def width(self) -> int:
        return 1

    def ahead(self) -> int:
        return 1

    def start(self, unit: Unit) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(unit.run())
        return future

    def close(self) -> None:
        """Do nothing: nothing is running."""


class Processes(Workers):
    """A pool of ``count`` processes on this machine."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._others = set(multiprocessing.active_children())
        self._pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _quiet)
        self._started = set[Future[Any]]()

    def width(self) -> int:
        return self._count

    def start(self, unit: Unit) -> "Future[Any]":
        future = self._pool.submit(_run, unit)
        self._started.add(future)
        future.add_done_callback(self._started.discard)
        return future

    def close(self) -> None:
        if all(future.done() for future in tuple(self._started)):
            # A process that is stopped while it reads that it shall end leaves the others half of a message.
            self._pool.shutdown()
            return
        self._pool.shutdown(wait=False, cancel_futures=True)
        started = set(multiprocessing.active_children()) - self._others
        for process in started:
            process.terminate()
        for process in started:
            process.join()

    def _result(self, future: "Future[Any]") -> Any:
        try:
            return super()._result(future)
        except BrokenProcessPool as error:
            raise UserError(
                "a worker process was killed, perhaps because memory ran out; repeat the command with a "
                "smaller --jobs, and it continues"
            ) from error


def _run(unit: Unit) -> Any:
    return unit.run()


def _quiet() -> None:
    """Leave Ctrl-C to the parent of a worker, and end the worker with its simulator on its request."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
