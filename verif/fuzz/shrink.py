"""Delta debugging: the shortest list of items that still fails, tried many candidates at a time."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shrink(items: Sequence[T], fails: Callable[[Sequence[Sequence[T]]], Sequence[bool]]) -> list[T]:
    """Take items out, as many as can go while the rest still fails.

    Parameters
    ----------
    items : sequence
        Fails as a whole.
    fails : callable
        Says for each of several candidates, parts of ``items`` in their order, whether it fails.

    Returns
    -------
    list
        Fails, and no single item of it can be taken out.
    """
    kept = list(items)
    size = max(len(kept) // 2, 1)
    while kept:
        starts = range(0, len(kept), size)
        without = [kept[:start] + kept[start + size :] for start in starts]
        removable = [start for start, failed in zip(starts, fails(without), strict=True) if failed]
        if len(removable) > 1:  # all at once is often still a failure
            gone = {index for start in removable for index in range(start, start + size)}
            rest = [item for index, item in enumerate(kept) if index not in gone]
            kept = rest if fails([rest])[0] else without[removable[0] // size]
        elif removable:
            kept = without[removable[0] // size]
        elif size == 1:
            break
        if not removable or size >= len(kept):
            size = max(size // 2, 1)
    return kept
