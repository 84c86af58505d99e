"""XCVcplx: complex numbers of two halves (CV32E40P manual, "SIMD Complex-number operations").

The real part is lane 0, the imaginary part lane 1. Sums and differences wrap to 16 bits, and sums of products
to 32, before they are shifted.
"""

from collections.abc import Callable

from sim.iss.bits import join, signed, split

#: Real and imaginary part of a result, from those of both operands: real a, imaginary a, real b, imaginary b.
_SUMS: dict[str, Callable[[int, int, int, int], tuple[int, int]]] = {
    "cv.add": lambda ra, ia, rb, ib: (ra + rb, ia + ib),
    "cv.sub": lambda ra, ia, rb, ib: (ra - rb, ia - ib),
    "cv.subrotmj": lambda ra, ia, rb, ib: (ia - ib, rb - ra),  # (a - b) * -j
}


def _parts(word: int) -> tuple[int, ...]:
    return split(word, "h", signed=True)


def _sum(name: str, shift: int) -> Callable[[int, int], int]:
    combine = _SUMS[name]

    def value(a: int, b: int) -> int:
        return join((signed(part, 16) >> shift for part in combine(*_parts(a), *_parts(b))), "h")

    return value


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


def _cplxconj(a: int) -> int:
    real, imaginary = _parts(a)
    return join((real, -imaginary), "h")


VALUES: dict[str, Callable[..., int]] = {"cv.cplxconj": _cplxconj}
for _shift, _form in enumerate(("", ".div2", ".div4", ".div8")):
    VALUES |= {
        f"cv.cplxmul.r{_form}": _cplxmul_r(_shift),
        f"cv.cplxmul.i{_form}": _cplxmul_i(_shift),
        f"cv.subrotmj{_form}": _sum("cv.subrotmj", _shift),
    }
    if _form:  # without: the sums and differences of xcvsimd
        VALUES |= {f"{_name}{_form}": _sum(_name, _shift) for _name in ("cv.add", "cv.sub")}
