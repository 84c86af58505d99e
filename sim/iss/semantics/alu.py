"""XCValu: general ALU operations (CV32E40P manual, "General ALU operations")."""

from sim.iss.bits import MASK, signed


def _clip(value: int, bound: int) -> int:
    """Between -(bound + 1) and bound, for a bound without sign."""
    return max(-(bound + 1), min(signed(value), bound)) & MASK


def _clipu(value: int, bound: int) -> int:
    return max(0, min(signed(value), bound))


def _bound(is2: int) -> int:
    """2**(is2 - 1) - 1, and 0 for is2 = 0."""
    return (1 << max(is2 - 1, 0)) - 1


def _half(shift: int) -> int:
    """The addend of rounding before a right shift: 2**(shift - 1), and 0 for shift = 0."""
    return 1 << shift >> 1


def _add(a: int, b: int, shift: int) -> int:
    """(a + b) >> shift; the sum wraps to 32 bits before it is shifted, as in all of this family."""
    return signed(a + b) >> (shift & 31) & MASK


def _add_unsigned(a: int, b: int, shift: int) -> int:
    return (a + b & MASK) >> (shift & 31)


def _add_round(a: int, b: int, shift: int) -> int:
    return signed(a + b + _half(shift & 31)) >> (shift & 31) & MASK


def _add_unsigned_round(a: int, b: int, shift: int) -> int:
    return (a + b + _half(shift & 31) & MASK) >> (shift & 31)


VALUES = {
    "cv.abs": lambda a: abs(signed(a)) & MASK,
    "cv.sle": lambda a, b: int(signed(a) <= signed(b)),
    "cv.sleu": lambda a, b: int(a <= b),
    "cv.min": lambda a, b: min(a, b, key=signed),
    "cv.minu": lambda a, b: min(a, b),
    "cv.max": lambda a, b: max(a, b, key=signed),
    "cv.maxu": lambda a, b: max(a, b),
    "cv.exths": lambda a: signed(a, 16) & MASK,
    "cv.exthz": lambda a: a & 0xFFFF,
    "cv.extbs": lambda a: signed(a, 8) & MASK,
    "cv.extbz": lambda a: a & 0xFF,
    "cv.clip": lambda a, is2: _clip(a, _bound(is2)),
    "cv.clipu": lambda a, is2: _clipu(a, _bound(is2)),
    "cv.clipr": lambda a, b: _clip(a, b & 0x7FFF_FFFF),
    "cv.clipur": lambda a, b: _clipu(a, b & 0x7FFF_FFFF),
}

# The shift is is3 in addN (operands rs1, rs2, is3) and rs2[4:0] in addNr (operands rd, rs1, rs2).
for _suffix in ("n", "nr"):
    VALUES |= {
        f"cv.add{_suffix}": _add,
        f"cv.addu{_suffix}": _add_unsigned,
        f"cv.addr{_suffix}": _add_round,
        f"cv.addur{_suffix}": _add_unsigned_round,
        f"cv.sub{_suffix}": lambda a, b, shift: _add(a, -b, shift),
        f"cv.subu{_suffix}": lambda a, b, shift: _add_unsigned(a, -b, shift),
        f"cv.subr{_suffix}": lambda a, b, shift: _add_round(a, -b, shift),
        f"cv.subur{_suffix}": lambda a, b, shift: _add_unsigned_round(a, -b, shift),
    }
