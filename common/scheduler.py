"""Units of work on many machines, by Dask; nothing else in the project knows it."""

import asyncio
import logging
import pickle
import re
import time
import zlib
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from common.cache import kept_json, key
from common.closure import project
from common.errors import UserError
from common.workers import Here, Processes, Unit, Workers

_SECONDS_TO_CONNECT = 10
_SECONDS_TO_COUNT = 2.0
#: Without any worker; a lost one may be replaced in this time.
_SECONDS_TO_REPLACE = 60


def workers(jobs: int, address: str | None = None) -> Workers:
    """The workers of the scheduler at ``address``; without an address, ``jobs`` processes of this machine.

    Raises ``UserError`` when no scheduler answers there, or it has no workers.
    """
    if address is not None:
        return Scheduler(address)
    return Here() if jobs == 1 else Processes(jobs)


def elsewhere(address: str | None) -> AbstractContextManager[Workers | None]:
    """The workers of the scheduler at ``address``, or None: for work that has a way of its own here."""
    return Scheduler(address) if address is not None else nullcontext()


def check_address(address: str) -> None:
    """Raise ``UserError`` unless a scheduler's address has the form of one."""
    if not re.fullmatch(r"(tcp|tls|ucx|wss?)://\S+:\d+", address):
        raise UserError(f"--scheduler must be an address such as tcp://host:8786, not {address!r}")


class Scheduler(Workers):
    """The workers of a Dask scheduler.

    A unit whose worker is lost runs again on another one. Its result has the unit's own key, so that it
    counts once however often it ran, and is kept on the worker's machine and on this one.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
            from distributed.scheduler import KilledWorker
        except ImportError as error:
            raise UserError(
                "--scheduler needs Dask, which is not installed; install it with: pip install "
                "'xdecimate[distributed]'"
            ) from error
        check_address(address)
        logging.getLogger("distributed").handlers = [logging.NullHandler()]  # an error is reported once
        self._address = address
        try:
            self._client = distributed.Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except OSError as error:
            raise UserError(
                f"no Dask scheduler answers at {address}; start one with dask scheduler, and give the "
                "address that it prints"
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=_SECONDS_TO_CONNECT)
        except TimeoutError as error:
            self._client.close()
            raise UserError(
                f"the scheduler at {address} has no workers; start some with: dask worker {address} "
                "--nthreads 1"
            ) from error
        self._lost = KilledWorker
        self._threads, self._counted = 0, -_SECONDS_TO_COUNT

    def width(self) -> int:
        if time.monotonic() - self._counted > _SECONDS_TO_COUNT:  # workers come and go
            self._threads, self._counted = self._threads_now(), time.monotonic()
        return max(1, self._threads)

    def start(self, unit: Unit) -> "Future[Any]":
        future: Future[Any] = Future()

        async def arrive() -> None:
            try:
                answer = await remote
                if answer["result"] is None:
                    raise UserError(
                        f"a worker on {answer['host']} has another version of xdecimate or of its tools; "
                        "install the same version there and start the worker again"
                    )
                [value] = answer["result"]
                keep = partial(kept_json, unit.kind, unit.ingredients, lambda: value, final=unit.final)
                future.set_result(await asyncio.to_thread(keep))
            except BaseException as error:
                future.set_exception(error)

        # Compressed, for most arguments are sources; by bytes, for sources are compared before any is loaded.
        payload = zlib.compress(pickle.dumps(unit))
        remote: Any = self._client.submit(
            _portable(), payload, project(), key=f"{unit.kind}-{key([*unit.ingredients, project()])}"
        )
        # In the client's loop, which ends with it: Dask's thread for callbacks could wait endlessly.
        loop: Any = self._client.loop
        loop.add_callback(arrive)
        return future

    def _completed(self, futures: "Collection[Future[Any]]") -> "set[Future[Any]]":
        """Wait as long as there are workers: Dask keeps the units of lost ones until others come."""
        alive = time.monotonic()
        while not (done := wait(futures, _SECONDS_TO_COUNT, FIRST_COMPLETED).done):
            if self._threads_now():
                alive = time.monotonic()
            elif time.monotonic() - alive > _SECONDS_TO_REPLACE:
                raise UserError(
                    f"{self._address} has had no workers for {_SECONDS_TO_REPLACE} seconds; start some with: "
                    f"dask worker {self._address} --nthreads 1, and repeat the command, which then continues"
                )
        return done

    def _threads_now(self) -> int:
        try:
            threads: Any = self._client.nthreads()
        except OSError as error:
            raise self._unreachable() from error
        return sum(threads.values())

    def _unreachable(self) -> UserError:
        return UserError(
            f"the scheduler at {self._address} no longer answers; restart it and its workers and repeat the "
            "command, which then continues"
        )

    def _result(self, future: "Future[Any]") -> Any:
        try:
            return super()._result(future)
        except self._lost as error:
            raise UserError(
                f"several workers of {self._address} died at the same unit of work, perhaps because memory "
                "ran out; restart them with more memory and repeat the command, which then continues"
            ) from error
        except CancelledError as error:
            raise self._unreachable() from error

    def close(self) -> None:
        self._client.close()


def run_here(payload: bytes, expected: str) -> list[Any] | None:
    """The result of a unit, in a list; None where sources or tools are others than those expected."""
    return [pickle.loads(zlib.decompress(payload)).run()] if project() == expected else None


def _portable() -> Callable[[bytes, str], dict[str, Any]]:
    """``run_here`` for scheduler and workers that need not have the project, or have another version of it.

    A function inside a function is sent as it is; one of a module would be sent by its name, and a worker
    that does not find the name ends without a word.
    """

    def run(payload: bytes, expected: str) -> dict[str, Any]:
        import socket

        try:
            from common.scheduler import run_here
        except ImportError:
            return {"host": socket.gethostname(), "result": None}
        return {"host": socket.gethostname(), "result": run_here(payload, expected)}

    return run
