"""Two's complement and SIMD lanes of 32-bit words; words are Python integers in 0 .. 2**32 - 1."""

from collections.abc import Iterable
from struct import Struct

MASK = 0xFFFF_FFFF

_WORD = Struct("<I")
_SPLITTERS = {
    ("b", False): Struct("<4B").unpack,
    ("b", True): Struct("<4b").unpack,
    ("h", False): Struct("<2H").unpack,
    ("h", True): Struct("<2h").unpack,
}

#: Bits of a lane by the letter that mnemonics end in.
WIDTH = {"b": 8, "h": 16}


def signed(value: int, width: int = 32) -> int:
    """The low ``width`` bits read as two's complement."""
    sign = 1 << width - 1
    return (value & (sign << 1) - 1 ^ sign) - sign


def split(word: int, lanes: str, *, signed: bool) -> tuple[int, ...]:
    """The lanes of a word, lane 0 (least significant) first."""
    return _SPLITTERS[lanes, signed](_WORD.pack(word))


def join(values: Iterable[int], lanes: str) -> int:
    """The word that has these lanes, each wrapped to its width."""
    width = WIDTH[lanes]
    mask = (1 << width) - 1
    return sum((value & mask) << position * width for position, value in enumerate(values))


def replicate(value: int, lanes: str) -> int:
    """The word that has the low bits of ``value`` in every lane."""
    return (value & 0xFF) * 0x0101_0101 if lanes == "b" else (value & 0xFFFF) * 0x0001_0001
