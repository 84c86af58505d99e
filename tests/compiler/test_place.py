"""Places in the arena: nothing overlaps, and the arena is as small as it can be where that is known."""

from random import Random

import pytest

from compiler.place import Buffer, arena_size, check_places, lower_bound, place


def chain(*sizes: int) -> list[Buffer]:
    """Each buffer is read by the step after the one that writes it."""
    return [Buffer(name=f"b{i}", size=size, first=i, last=i + 1) for i, size in enumerate(sizes)]


def test_a_chain_reaches_the_lower_bound():
    buffers = chain(96, 64, 32, 128, 16)
    offsets = place(buffers)
    assert lower_bound(buffers) == 160
    assert arena_size(buffers, offsets) == 160


def test_random_lives(seed: int):
    random = Random(seed)
    for _ in range(50):
        buffers = []
        for number in range(random.randrange(1, 30)):
            first = random.randrange(20)
            last = first + random.randrange(6)
            buffers.append(Buffer(name=f"b{number}", size=random.randrange(1, 999), first=first, last=last))
        offsets = place(buffers)
        check_places(buffers, offsets, arena_size(buffers, offsets))
        assert arena_size(buffers, offsets) >= lower_bound(buffers)


@pytest.mark.parametrize(
    ("offsets", "arena", "message"),
    [
        ({"b0": 0, "b1": 16}, 96, "b0 and b1 overlap"),
        ({"b0": 0, "b1": 32}, 64, "b1 ends past the arena of 64"),
        ({"b0": -16, "b1": 32}, 96, "b0 begins before"),
        ({"b0": 4, "b1": 48}, 96, "b0 is not aligned"),
    ],
)
def test_wrong_places_are_seen(offsets: dict[str, int], arena: int, message: str):
    with pytest.raises(AssertionError, match=message):
        check_places(chain(32, 48), offsets, arena)
