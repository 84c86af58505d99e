"""XCVcplx: complex numbers of two halves (CV32E40P manual, "SIMD Complex-number operations").

The real part is lane 0, the imaginary part lane 1. Sums and differences wrap to 16 bits, and sums of products
to 32, before they are shifted.
"""

from collections.abc import Callable

from sim.iss.bits import join, signed, split


def _cplxmul_r(shift: int) -> Callable[[int, int, int], int]:
    def value(old: int, a: int, b: int) -> int:
        (real_a, imaginary_a), (real_b, imaginary_b) = _parts(a), _parts(b)
        total = signed(real_a * real_b - imaginary_a * imaginary_b)
        return join((total >> 15 + shift, old >> 16), "h")

    return value


def _cplxmul_i(shift: int) -> Callable[[int, int, int], int]:
    def value(old: int, a: int, b: int) -> int:
        (real_a, imaginary_a), (real_b, imaginary_b) = _parts(a), _parts(b)
        total = signed(real_a * imaginary_b + imaginary_a * real_b)
        return join((old, total >> 15 + shift), "h")

    return value


def _parts(word: int) -> tuple[int, ...]:
    return split(word, "h", signed=True)


def _cplxconj(a: int) -> int:
    real, imaginary = _parts(a)
    return join((real, -imaginary), "h")


def _scaled(real: int, imaginary: int, shift: int) -> int:
    """Both parts wrapped to 16 bits, then shifted."""
    return join((signed(part, 16) >> shift for part in (real, imaginary)), "h")


def _add(shift: int) -> Callable[[int, int], int]:
    def value(a: int, b: int) -> int:
        (real_a, imaginary_a), (real_b, imaginary_b) = _parts(a), _parts(b)
        return _scaled(real_a + real_b, imaginary_a + imaginary_b, shift)

    return value


def _sub(shift: int) -> Callable[[int, int], int]:
    def value(a: int, b: int) -> int:
        (real_a, imaginary_a), (real_b, imaginary_b) = _parts(a), _parts(b)
        return _scaled(real_a - real_b, imaginary_a - imaginary_b, shift)

    return value


def _subrotmj(shift: int) -> Callable[[int, int], int]:
    """(a - b) * -j."""

    def value(a: int, b: int) -> int:
        (real_a, imaginary_a), (real_b, imaginary_b) = _parts(a), _parts(b)
        return _scaled(imaginary_a - imaginary_b, real_b - real_a, shift)

    return value


VALUES: dict[str, Callable[..., int]] = {"cv.cplxconj": _cplxconj}
for _shift, _form in enumerate(("", ".div2", ".div4", ".div8")):
    VALUES |= {
        f"cv.cplxmul.r{_form}": _cplxmul_r(_shift),
        f"cv.cplxmul.i{_form}": _cplxmul_i(_shift),
        f"cv.subrotmj{_form}": _subrotmj(_shift),
    }
    if _form:
        VALUES |= {f"cv.add{_form}": _add(_shift), f"cv.sub{_form}": _sub(_shift)}
