"""XCVsimd: moving lanes (CV32E40P manual, "SIMD Bit Manipulation" and "SIMD Shuffle and Pack")."""

from collections.abc import Callable

from sim.iss.bits import MASK, WIDTH, join, split


def _lane(word: int, number: int, lanes: str, *, signed: bool) -> int:
    """One lane, extended to a word; numbers wrap."""
    vector = split(word, lanes, signed=signed)
    return vector[number % len(vector)] & MASK


def _insert(old: int, value: int, number: int, lanes: str) -> int:
    vector = list(split(old, lanes, signed=False))
    vector[number % len(vector)] = value
    return join(vector, lanes)


def _shuffle(a: int, selects: int, lanes: str) -> int:
    """Lane i of the result is the lane of ``a`` whose number is in lane i of ``selects``."""
    return join(
        (_lane(a, select, lanes, signed=False) for select in split(selects, lanes, signed=False)), lanes
    )


def _shuffle2(old: int, a: int, selects: int, lanes: str) -> int:
    """A shuffle in which the bit above the lane number takes the lane from ``a`` rather than the old rd."""
    pool = split(old, lanes, signed=False) + split(a, lanes, signed=False)
    return join((pool[select % len(pool)] for select in split(selects, lanes, signed=False)), lanes)


def _shuffle_immediate_bytes(top: int) -> Callable[[int, int], int]:
    """Byte 3 is byte ``top``; the others are selected by two bits of the immediate each."""
    return lambda a, imm: _shuffle(a, join((imm, imm >> 2, imm >> 4, top), "b"), "b")


VALUES = {
    "cv.shuffle.sci.h": lambda a, imm: _shuffle(a, join((imm, imm >> 1), "h"), "h"),
    "cv.pack": lambda a, b: join((b, a), "h"),
    "cv.pack.h": lambda a, b: join((b >> 16, a >> 16), "h"),
    "cv.packlo.b": lambda old, a, b: join((b, a, old >> 16, old >> 24), "b"),
    "cv.packhi.b": lambda old, a, b: join((old, old >> 8, b, a), "b"),
} | {f"cv.shufflei{top}.sci.b": _shuffle_immediate_bytes(top) for top in range(4)}

for _lanes in WIDTH:
    VALUES |= {
        f"cv.extract.{_lanes}": lambda a, imm, lanes=_lanes: _lane(a, imm, lanes, signed=True),
        f"cv.extractu.{_lanes}": lambda a, imm, lanes=_lanes: _lane(a, imm, lanes, signed=False),
        f"cv.insert.{_lanes}": lambda old, a, imm, lanes=_lanes: _insert(old, a, imm, lanes),
        f"cv.shuffle.{_lanes}": lambda a, selects, lanes=_lanes: _shuffle(a, selects, lanes),
        f"cv.shuffle2.{_lanes}": lambda old, a, selects, lanes=_lanes: _shuffle2(old, a, selects, lanes),
    }
