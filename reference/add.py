"""Golden addition of two int8 tensors, each with a scale and a zero point of its own."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.quantization import Quantization
from reference.requantization import INT32, Clip, check_range

#: The shifter of the core.
MAX_SHIFT = 31


@dataclass(frozen=True)
class Addition:
    """Parameters of ``out = clip((a * m1 + b * m2 + c) >> shift, lo, hi)``, exact in 32 bits.

    Parameters
    ----------
    m1, m2 : int
        Multipliers of the two tensors.
    c : int
        Added to the products; holds the zero points and half an output step for rounding.
    shift : int
        Arithmetic right shift, 0 to 31.
    lo, hi : int
        Output range inside int8; ``lo = 0`` is ReLU where the output's zero point is 0.

    Raises
    ------
    UserError
        When a sum could pass 32 bits, or the shift or the range is wrong.
    """

    m1: int
    m2: int
    c: int
    shift: int
    lo: int = -128
    hi: int = 127

    def __post_init__(self) -> None:
        check_range("addition", self.lo, self.hi)
        if not 0 <= self.shift <= MAX_SHIFT:
            raise UserError(f"addition: the shift must be in 0..{MAX_SHIFT}, not {self.shift}")
        if self.bound > INT32.max:
            raise UserError(
                f"addition: 128 * (|m1| + |m2|) + |c| must be at most {INT32.max}, not {self.bound}; "
                "take a smaller shift"
            )

    @property
    def bound(self) -> int:
        """Largest magnitude before the shift."""
        return 128 * (abs(self.m1) + abs(self.m2)) + abs(self.c)

    @property
    def clip(self) -> Clip:
        """The cheapest clip for this output range."""
        return Clip.of(self.lo, self.hi)

    @staticmethod
    def of(
        first: Quantization, second: Quantization, out: Quantization, *, lo: int = -128, hi: int = 127
    ) -> "Addition":
        """Parameters with the largest shift that 32 bits allow.

        Raises ``UserError`` when a scale is so much larger than the output's that there is no such shift.
        """
        for shift in range(MAX_SHIFT, -1, -1):
            m1, m2 = (round(part.scale / out.scale * 2.0**shift) for part in (first, second))
            c = ((1 << shift) >> 1) + (out.zero << shift) - first.zero * m1 - second.zero * m2
            if 128 * (m1 + m2) + abs(c) <= INT32.max:
                return Addition(m1, m2, c, shift, lo, hi)
        raise UserError(
            f"addition: scales {first.scale:g} and {second.scale:g} are too large for an output scale of "
            f"{out.scale:g}; enlarge it"
        )


def add(first: np.ndarray, second: np.ndarray, parameters: Addition) -> np.ndarray:
    """``clip((first * m1 + second * m2 + c) >> shift, lo, hi)``, rounding down.

    Parameters
    ----------
    first, second : ndarray, of one shape, int8
        Codes.
    parameters : Addition

    Returns
    -------
    ndarray, of their shape, int8
    """
    p = parameters
    sums = first.astype(np.int32) * np.int32(p.m1) + second.astype(np.int32) * np.int32(p.m2) + np.int32(p.c)
    return np.clip(sums >> p.shift, p.lo, p.hi).astype(np.int8)
