"""Processor time of the processes that this one has started."""

import time
from contextlib import suppress

import psutil


def started_seconds() -> float:
    """Processor seconds of all processes that this one has started, and of those that they have.

    Where the system does not add those of processes that have ended, it is the time that has passed, of one
    process that always runs.
    """
    if not psutil.LINUX:
        return time.monotonic()
    own = psutil.Process().cpu_times()
    seconds = own.children_user + own.children_system
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended
            seconds += sum(process.cpu_times()[:4])
    return seconds
