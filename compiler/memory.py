"""L2 or L3 for each buffer, so that as many cycles as possible are saved by L2."""

from collections.abc import Mapping, Sequence

import numpy as np

from compiler.place import ALIGNMENT, Buffer, arena_size, lower_bound, place, rounded

#: Parts into which L2's room is divided at most, to choose what fills it.
_PARTS = 4096


def far_constants(sizes: Mapping[str, int], savings: Mapping[str, float], room: int) -> set[str]:
    """The constants that lie in L3, as those in L2 save the most cycles that its room allows.

    Parameters
    ----------
    sizes : mapping of str to int
        Bytes by name.
    savings : mapping of str to float
        Cycles that a constant saves in L2.
    room : int
        Bytes of L2 for them.
    """
    far = list(sizes)
    for name in (*_chosen(sizes, savings, room), *sizes):  # what saves nothing may fill the rest
        if name in far and rounded(sizes[name]) <= room:
            far.remove(name)
            room -= rounded(sizes[name])
    return set(far)


def _chosen(sizes: Mapping[str, int], savings: Mapping[str, float], room: int) -> list[str]:
    """The solution of the knapsack problem, in units of a part of the room."""
    unit = rounded(-(-room // _PARTS)) or ALIGNMENT
    best = np.zeros(room // unit + 1)
    taken: list[tuple[str, int, np.ndarray]] = []
    for name, size in sizes.items():
        units = -(-rounded(size) // unit)
        if savings[name] > 0 and 0 < units < len(best):
            better = best[:-units] + savings[name] > best[units:]
            best[units:] = np.where(better, best[:-units] + savings[name], best[units:])
            taken.append((name, units, better))
    left, chosen = len(best) - 1, []
    for name, units, better in reversed(taken):
        if left >= units and better[left - units]:
            chosen.append(name)
            left -= units
    return chosen


def far_activations(buffers: Sequence[Buffer], savings: Mapping[str, float], room: int) -> set[str]:
    """The activations that lie in L3, so that the others' arena fits the room in L2.

    One after the other leaves L2: of those that are alive in the fullest step, the one that saves the fewest
    cycles for its size.
    """
    near = list(buffers)
    while near and arena_size(near, place(near)) > room:
        steps = {buffer.first for buffer in near}
        alive = [[b for b in near if b.first <= step <= b.last] for step in sorted(steps)]
        fullest = max(alive, key=lower_bound)
        near.remove(min(fullest, key=lambda buffer: (savings[buffer.name] / buffer.size, -buffer.size)))
    return {buffer.name for buffer in buffers if buffer not in near}
