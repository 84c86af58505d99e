"""Processor time of the processes that this one has started."""

import os
import time
from pathlib import Path

_PROC = Path("/proc")


def started_seconds() -> float:
    """Processor seconds of all processes that this one has started, and of those that they have.

    Without /proc it is the time that has passed, of one process that always runs.
    """
    if not (_PROC / "self" / "stat").exists():
        return time.monotonic()
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    ended: dict[int, int] = {}
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # it has ended
            continue
        fields = text[text.rindex(")") + 2 :].split()  # from the state on
        number = int(path.parent.name)
        parents[number] = int(fields[1])
        used[number] = int(fields[11]) + int(fields[12])
        ended[number] = int(fields[13]) + int(fields[14])
    ticks, me = 0, os.getpid()
    for number in parents:
        if number == me:
            ticks += ended[number]
        elif _descends(number, me, parents):
            ticks += used[number] + ended[number]
    return ticks / os.sysconf("SC_CLK_TCK")


def _descends(number: int, ancestor: int, parents: dict[int, int]) -> bool:
    while number in parents and number != ancestor:
        number = parents[number]
    return number == ancestor
