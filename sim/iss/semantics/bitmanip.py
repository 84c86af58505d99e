"""XCVbitmanip: fields of bits and counting (CV32E40P manual, "Bit Manipulation operations").

A field is ``size`` + 1 bits from ``position`` up, cut off at bit 31.
"""

from sim.iss.bits import MASK, signed


def _width(size: int, position: int) -> int:
    return min(size + 1, 32 - position)


def _field(size: int, position: int) -> int:
    """Mask of the field in the word."""
    return (1 << _width(size, position)) - 1 << position


def _extract(a: int, size: int, position: int) -> int:
    return signed(a >> position, _width(size, position)) & MASK


def _extractu(a: int, size: int, position: int) -> int:
    return (a & _field(size, position)) >> position


def _insert(old: int, a: int, size: int, position: int) -> int:
    field = _field(size, position)
    return old & ~field | a << position & field


def _bclr(a: int, size: int, position: int) -> int:
    return a & ~_field(size, position)


def _bset(a: int, size: int, position: int) -> int:
    return a | _field(size, position)


def _from_register(rs2: int) -> tuple[int, int]:
    """Size and position as the register forms pack them."""
    return rs2 >> 5 & 31, rs2 & 31


def _ror(a: int, b: int) -> int:
    amount = b & 31
    return (a >> amount | a << 32 - amount) & MASK


def _clb(a: int) -> int:
    """Leading bits equal to the sign, less one; 0 for 0."""
    if a == 0:
        return 0
    magnitude = ~a & MASK if a >> 31 else a
    return 31 - magnitude.bit_length()


def _bitrev(a: int, radix: int, position: int) -> int:
    """Groups of radix + 1 bits of a << position in reverse order; of 1 bit for the reserved radix 3."""
    width = 1 if radix == 3 else radix + 1
    shifted = a << position & MASK
    groups = range(32 // width)
    return sum((shifted >> 32 - width * (i + 1) & (1 << width) - 1) << width * i for i in groups)


VALUES = {
    "cv.extract": _extract,
    "cv.extractu": _extractu,
    "cv.insert": _insert,
    "cv.bclr": _bclr,
    "cv.bset": _bset,
    "cv.extractr": lambda a, b: _extract(a, *_from_register(b)),
    "cv.extractur": lambda a, b: _extractu(a, *_from_register(b)),
    "cv.insertr": lambda old, a, b: _insert(old, a, *_from_register(b)),
    "cv.bclrr": lambda a, b: _bclr(a, *_from_register(b)),
    "cv.bsetr": lambda a, b: _bset(a, *_from_register(b)),
    "cv.ror": _ror,
    "cv.ff1": lambda a: (a & -a).bit_length() - 1 if a else 32,
    "cv.fl1": lambda a: a.bit_length() - 1 if a else 32,
    "cv.clb": _clb,
    "cv.cnt": lambda a: a.bit_count(),
    "cv.bitrev": _bitrev,
}
