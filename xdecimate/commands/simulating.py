"""Progress of a simulation that consists of stretches, also before the next one ends."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench.stretch import STRETCH_CYCLES
from xdecimate.commands.cpu_time import started_seconds
from xdecimate.commands.output import stderr

#: Cycles of a cluster simulated in a second of processor time, as long as no stretch has ended.
GUESSED_SPEED = 50_000
#: Processor seconds in which no stretch is simulated: one that took fewer was kept from an earlier run.
KEPT_SECONDS = 1.0
#: Part of the running stretches from which on the estimate slows down, as they may take longer.
SURE = 0.8
#: Seconds from one estimate to the next.
PERIOD = 0.5


class Pace:
    """Simulated cycles, estimated between the ends of stretches from the processor time of the simulators.

    The speed is that of the stretches that have ended. The estimate never goes back, nor past the stretches
    that are running, and moves as long as the simulators do.

    Parameters
    ----------
    at_once : int
        Simulators that run side by side.

    Attributes
    ----------
    total : int
        Cycles of all stretches.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._used = self._first_used = self._begin = 0.0
        self._kept = self._done = self.total = 0
        self._shown = 0.0

    def ended(self, done: int, total: int, used: float, now: float) -> None:
        """Record that ``done`` of ``total`` cycles are simulated.

        Parameters
        ----------
        done, total : int
        used : float
            Processor seconds of the simulators.
        now : float
            Seconds of a clock.
        """
        if self._kept == self._done and (not done or used - self._first_used < KEPT_SECONDS):
            self._kept, self._first_used, self._begin = done, used, now
        self._done, self.total, self._used = done, total, used

    @property
    def speed(self) -> float:
        """Cycles in a second of processor time."""
        ran, seconds = self._done - self._kept, self._used - self._first_used
        return ran / seconds if ran else GUESSED_SPEED

    def shown(self, used: float) -> float:
        """Estimated cycles simulated so far."""
        running = min(self.total - self._done, self._at_once * STRETCH_CYCLES)
        part = self.speed * (used - self._used) / running if running else 0
        if part > SURE:
            part = 1 - (1 - SURE) * math.exp((SURE - part) / (1 - SURE))
        self._shown = max(self._shown, self._done + running * part)
        return self._shown

    def left(self, used: float, now: float) -> float | None:
        """Estimated seconds to the end; None while none can be given."""
        if used - self._first_used < KEPT_SECONDS:
            return None
        ran = min(self._done + self.speed * (used - self._used), self.total) - self._kept
        return (now - self._begin) * (self.total - self._kept - ran) / ran


@contextmanager
def simulating(what: str, at_once: int) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr if that is a terminal; yield the function that takes the cycles simulated and all.

    ``at_once`` is the number of simulators that run side by side.
    """
    pace, over = Pace(at_once), Event()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[cycles]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        console=stderr,
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    task = bar.add_task(what, total=None, cycles="", left="")

    def ended(done: int, total: int) -> None:
        pace.ended(done, total, started_seconds(), time.monotonic())

    def move() -> None:
        while not over.wait(PERIOD):
            used = started_seconds()
            shown, left = pace.shown(used), pace.left(used, time.monotonic())
            bar.update(
                task,
                total=pace.total,
                completed=shown,
                cycles=f"{shown / 1e6:.2f} of {pace.total / 1e6:.2f} Mcycles",
                left="" if left is None else f"about {timedelta(seconds=round(left))} left",
            )

    with bar:
        mover = Thread(target=move, daemon=True)
        if not bar.disable:
            mover.start()
        try:
            yield ended
        finally:
            over.set()
            if mover.is_alive():
                mover.join()
