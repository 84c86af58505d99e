"""XCVsimd: lane-wise arithmetic, comparisons and dot products (CV32E40P manual, "SIMD").

Every operation comes for halves (.h) and bytes (.b), and takes its second vector from rs2, from lane 0 of
rs2 for every lane (.sc) or from the immediate for every lane (.sci).
"""

from collections.abc import Callable
from operator import add, and_, eq, ge, gt, le, lt, mul, ne, or_, sub, xor

from sim.iss.bits import MASK, WIDTH, join, replicate, signed, split

#: How the lanes of the two operands are read: True for two's complement.
_SS, _UU, _US, _SU = (True, True), (False, False), (False, True), (True, False)


def _lane_wise(
    function: Callable[[int, int], int], signs: tuple[bool, bool], lanes: str
) -> Callable[..., int]:
    """``function`` of every pair of lanes; results wrap to the lane."""
    sign_a, sign_b = signs

    def value(a: int, b: int) -> int:
        return join(map(function, split(a, lanes, signed=sign_a), split(b, lanes, signed=sign_b)), lanes)

    return value


def _dot(signs: tuple[bool, bool], lanes: str) -> Callable[[int, int], int]:
    sign_a, sign_b = signs

    def value(a: int, b: int) -> int:
        return sum(map(mul, split(a, lanes, signed=sign_a), split(b, lanes, signed=sign_b))) & MASK

    return value


def _accumulating(dot: Callable[[int, int], int]) -> Callable[[int, int, int], int]:
    return lambda accumulator, a, b: accumulator + dot(a, b) & MASK


def _operations(lanes: str) -> dict[str, Callable[..., int]]:
    """Functions of two words, by the name that stands after ``cv.``."""
    width = WIDTH[lanes]
    shift = width - 1  # mask of a shift amount
    wrap = (1 << width) - 1
    lane_wise = {
        "add": (add, _UU),
        "sub": (sub, _UU),
        "avg": (lambda a, b: signed(a + b, width) >> 1, _SS),  # the sum wraps first
        "avgu": (lambda a, b: (a + b & wrap) >> 1, _UU),
        "min": (min, _SS),
        "minu": (min, _UU),
        "max": (max, _SS),
        "maxu": (max, _UU),
        "srl": (lambda a, b: a >> (b & shift), _UU),
        "sra": (lambda a, b: a >> (b & shift), _SU),
        "sll": (lambda a, b: a << (b & shift), _UU),
        "or": (or_, _UU),
        "xor": (xor, _UU),
        "and": (and_, _UU),
    }
    compare = {"eq": eq, "ne": ne, "gt": gt, "ge": ge, "lt": lt, "le": le}
    for name, holds in compare.items():
        lane_wise[f"cmp{name}"] = (lambda a, b, holds=holds: -holds(a, b), _SS)  # all ones when it holds
        if name not in ("eq", "ne"):
            lane_wise[f"cmp{name}u"] = (lambda a, b, holds=holds: -holds(a, b), _UU)
    dots = {name: _dot(signs, lanes) for name, signs in (("dotup", _UU), ("dotusp", _US), ("dotsp", _SS))}
    return (
        {name: _lane_wise(function, signs, lanes) for name, (function, signs) in lane_wise.items()}
        | dots
        | {f"s{name}": _accumulating(dot) for name, dot in dots.items()}
    )


def _scalar(function: Callable[..., int], lanes: str) -> Callable[..., int]:
    """The form whose last operand is one lane for all."""
    return lambda *operands: function(*operands[:-1], replicate(operands[-1], lanes))


def _absolute(lanes: str) -> Callable[[int], int]:
    return lambda a: join(map(abs, split(a, lanes, signed=True)), lanes)


VALUES: dict[str, Callable[..., int]] = {}
for _lanes in "hb":
    VALUES[f"cv.abs.{_lanes}"] = _absolute(_lanes)
    for _name, _function in _operations(_lanes).items():
        VALUES[f"cv.{_name}.{_lanes}"] = _function
        VALUES[f"cv.{_name}.sc.{_lanes}"] = _scalar(_function, _lanes)
        VALUES[f"cv.{_name}.sci.{_lanes}"] = _scalar(_function, _lanes)
