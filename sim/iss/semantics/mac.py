"""XCVmac: multiply-accumulate, whole words and halves (CV32E40P manual, "Multiply-Accumulate")."""

from collections.abc import Callable

from sim.iss.bits import MASK, signed


def _product(a: int, b: int, *, is_signed: bool, high: bool) -> int:
    """The product of the low or high halves."""
    if high:
        a, b = a >> 16, b >> 16
    if is_signed:
        return signed(a, 16) * signed(b, 16)
    return (a & 0xFFFF) * (b & 0xFFFF)


def _scaled(total: int, shift: int, *, is_signed: bool, rounds: bool) -> int:
    """``total`` shifted right, after rounding by half and wrapping to 32 bits."""
    if rounds:
        total += 1 << shift >> 1
    return (signed(total) if is_signed else total & MASK) >> shift & MASK


def _halves(
    *, accumulates: bool, high: bool, is_signed: bool, rounds: bool
) -> Callable[[int, int, int, int], int] | Callable[[int, int, int], int]:
    def mac(accumulator: int, a: int, b: int, shift: int) -> int:
        total = accumulator + _product(a, b, is_signed=is_signed, high=high)
        return _scaled(total, shift, is_signed=is_signed, rounds=rounds)

    def mul(a: int, b: int, shift: int) -> int:
        return mac(0, a, b, shift)

    return mac if accumulates else mul


VALUES = {
    "cv.mac": lambda accumulator, a, b: accumulator + a * b & MASK,
    "cv.msu": lambda accumulator, a, b: accumulator - a * b & MASK,
} | {
    f"cv.{name}{halves}{sign}{rounding}n": _halves(
        accumulates=name == "mac", high=halves == "hh", is_signed=sign == "s", rounds=rounding == "r"
    )
    for name in ("mul", "mac")
    for halves in ("", "hh")
    for sign in ("s", "u")
    for rounding in ("", "r")
}
