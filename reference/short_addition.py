"""Golden addition of two int8 tensors as xdecmac and xdecq compute it: 8-bit weights, a 16-bit factor."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.decmac import FACTOR_BITS, MOST_SHIFT, scaled
from reference.quantization import Quantization
from reference.requantization import INT32, Clip, check_range

#: Largest deviation from the exact sum, in output steps, with which an addition is short.
MOST_ERROR = 0.04
_MOST_WEIGHT = 127


@dataclass(frozen=True)
class ShortAddition:
    """Parameters of ``out = clip((((a * w1 + b * w2) * factor >> 16) + addend) >> shift, lo, hi)``.

    Parameters
    ----------
    w1, w2 : int
        Weights of the two tensors, int8.
    factor : int
        Multiplier of their sum, 16 bits without a sign.
    addend : int
        Holds the zero points and half an output step for rounding.
    shift : int
        Arithmetic right shift, 0 to 31.
    lo, hi : int
        Output range inside int8.

    Raises
    ------
    UserError
        When a parameter does not fit the instructions, or a sum could pass 32 bits.
    """

    w1: int
    w2: int
    factor: int
    addend: int
    shift: int
    lo: int = -128
    hi: int = 127

    def __post_init__(self) -> None:
        check_range("short addition", self.lo, self.hi)
        limits = {"w1": (-128, 127), "w2": (-128, 127)}
        limits |= {"factor": (0, (1 << FACTOR_BITS) - 1), "shift": (0, MOST_SHIFT)}
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise UserError(f"short addition: {name} must be in {low}..{high}, not {getattr(self, name)}")
        if self.bound > INT32.max:
            raise UserError(
                f"short addition: the sum can reach {self.bound}, but at most {INT32.max} fits 32 bits; "
                "take a smaller shift"
            )

    @property
    def bound(self) -> int:
        """Largest magnitude before the shift."""
        products = 128 * (abs(self.w1) + abs(self.w2)) * self.factor
        return (products >> FACTOR_BITS) + 1 + abs(self.addend)

    @property
    def clip(self) -> Clip:
        """The cheapest clip for this output range."""
        return Clip.of(self.lo, self.hi)

    @staticmethod
    def of(
        first: Quantization, second: Quantization, out: Quantization, *, lo: int = -128, hi: int = 127
    ) -> "ShortAddition | None":
        """The parameters nearest to the exact sum; None if their error can pass ``MOST_ERROR``.

        The quotient of two weights is that of the scales, up to an error that the factor cannot correct.
        """
        found = [
            (made.error(first, second, out), made)
            for weight in range(1, _MOST_WEIGHT + 1)
            if (made := _nearest(weight, first, second, out, lo, hi)) is not None
        ]
        error, best = min(found, key=lambda pair: pair[0], default=(np.inf, None))
        return best if error <= MOST_ERROR else None

    def error(self, first: Quantization, second: Quantization, out: Quantization) -> float:
        """Largest difference from the exact sum before rounding, in output steps, of any two codes."""
        step = self.factor / (1 << FACTOR_BITS + self.shift)
        codes = np.array([-128, 127])
        one, other = (
            weight * step * codes - part.real(codes) / out.scale
            for weight, part in ((self.w1, first), (self.w2, second))
        )
        constant = self.addend / (1 << self.shift) - 0.5 - out.zero
        return float(np.abs(one[:, None] + other + constant).max())


def _nearest(
    weight: int, first: Quantization, second: Quantization, out: Quantization, lo: int, hi: int
) -> ShortAddition | None:
    """Parameters where the tensor of the larger scale has this weight; None if a sum passes 32 bits."""
    largest = max(first.scale, second.scale)
    w1, w2 = (round(weight * part.scale / largest) for part in (first, second))
    step = largest / out.scale / weight
    _, exponent = np.frexp(step)
    shift = int(np.clip(-exponent, 1, MOST_SHIFT))  # a shift by 0 could not round
    factor = round(step * 2.0 ** (FACTOR_BITS + shift))
    if factor >> FACTOR_BITS and shift > 1:  # rounding up reached the next power of two
        shift, factor = shift - 1, round(step * 2.0 ** (FACTOR_BITS + shift - 1))
    made = factor / (1 << FACTOR_BITS + shift)
    addend = round((out.zero + 0.5 - made * (w1 * first.zero + w2 * second.zero)) * (1 << shift))
    try:
        return ShortAddition(w1, w2, factor, addend, shift, lo, hi)
    except UserError:
        return None


def add_short(first: np.ndarray, second: np.ndarray, parameters: ShortAddition) -> np.ndarray:
    """The sum, as ``ShortAddition`` says.

    Parameters
    ----------
    first, second : ndarray, of one shape, int8
        Codes.
    parameters : ShortAddition

    Returns
    -------
    ndarray, of their shape, int8
    """
    p = parameters
    sums = first.astype(np.int32) * np.int32(p.w1) + second.astype(np.int32) * np.int32(p.w2)
    return np.clip(scaled(sums, p.factor, p.shift, p.addend), p.lo, p.hi).astype(np.int8)
