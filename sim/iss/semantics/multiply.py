"""M: multiplication and division."""

from sim.iss.bits import MASK, signed


def _quotient(a: int, b: int) -> int:
    """Signed division that truncates toward zero; by zero it gives -1."""
    if b == 0:
        return -1
    magnitude = abs(a) // abs(b)
    return magnitude if (a < 0) == (b < 0) else -magnitude


def _rem(a: int, b: int) -> int:
    a, b = signed(a), signed(b)
    return (a - b * _quotient(a, b) if b else a) & MASK


VALUES = {
    "mul": lambda a, b: a * b & MASK,
    "mulh": lambda a, b: signed(a) * signed(b) >> 32 & MASK,
    "mulhsu": lambda a, b: signed(a) * b >> 32 & MASK,
    "mulhu": lambda a, b: a * b >> 32,
    "div": lambda a, b: _quotient(signed(a), signed(b)) & MASK,
    "divu": lambda a, b: a // b if b else MASK,
    "rem": _rem,
    "remu": lambda a, b: a % b if b else a,
}
