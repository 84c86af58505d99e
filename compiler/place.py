"""Places of buffers in an arena, and the check that no two that live together overlap."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

#: Alignment of a buffer: a beat of the widest bus.
ALIGNMENT = 16


@dataclass(frozen=True, kw_only=True)
class Buffer:
    """Bytes that live from a step to a step.

    Parameters
    ----------
    name : str
    size : int
    first, last : int
        The steps that write it first and read it last.
    """

    name: str
    size: int
    first: int
    last: int

    def meets(self, other: "Buffer") -> bool:
        """True if both are live in the same step."""
        return self.first <= other.last and other.first <= self.last


def rounded(size: int) -> int:
    """The size in whole units of ``ALIGNMENT``."""
    return -(-size // ALIGNMENT) * ALIGNMENT


def lower_bound(buffers: Sequence[Buffer]) -> int:
    """Bytes that are alive together in the fullest step: no arena is smaller."""
    steps = {buffer.first for buffer in buffers}
    return max(
        (sum(rounded(b.size) for b in buffers if b.first <= step <= b.last) for step in steps), default=0
    )


_ORDERS: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
    lambda buffer: (-buffer.size, buffer.first),
    lambda buffer: (buffer.first, -buffer.size),
    lambda buffer: (-(buffer.last - buffer.first), -buffer.size),
    lambda buffer: (-buffer.size * (buffer.last - buffer.first + 1), buffer.first),
    lambda buffer: (-buffer.last, -buffer.size),
)


def place(buffers: Sequence[Buffer]) -> dict[str, int]:
    """Offsets of the buffers in the smallest arena of several greedy orders.

    Each order puts a buffer at the lowest offset that is free in all of its steps.
    """
    placed = [_greedy(sorted(buffers, key=order)) for order in _ORDERS]
    return min(placed, key=lambda offsets: arena_size(buffers, offsets))


def _greedy(ordered: Sequence[Buffer]) -> dict[str, int]:
    offsets: dict[str, int] = {}
    done: list[Buffer] = []
    for buffer in ordered:
        taken = sorted(
            (offsets[other.name], offsets[other.name] + rounded(other.size))
            for other in done
            if buffer.meets(other)
        )
        offset = 0
        for begin, end in taken:
            if begin - offset >= rounded(buffer.size):
                break
            offset = max(offset, end)
        offsets[buffer.name] = offset
        done.append(buffer)
    return offsets


def arena_size(buffers: Sequence[Buffer], offsets: Mapping[str, int]) -> int:
    """Bytes of the arena that holds all buffers."""
    return max((offsets[buffer.name] + rounded(buffer.size) for buffer in buffers), default=0)


def check_places(buffers: Sequence[Buffer], offsets: Mapping[str, int], arena: int) -> None:
    """Raise ``AssertionError`` when two buffers that live together overlap, or one leaves the arena.

    Knows nothing of how the places were found.
    """
    for number, one in enumerate(buffers):
        begin, end = offsets[one.name], offsets[one.name] + one.size
        assert begin >= 0, f"{one.name} begins before the arena"
        assert end <= arena, f"{one.name} ends past the arena of {arena} bytes"
        assert begin % ALIGNMENT == 0, f"{one.name} is not aligned"
        for other in buffers[number + 1 :]:
            apart = end <= offsets[other.name] or offsets[other.name] + other.size <= begin
            together = one.first <= other.last and other.first <= one.last
            assert apart or not together, f"{one.name} and {other.name} overlap while both are alive"
