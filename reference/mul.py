"""Golden product of two int8 tensors, each with a scale and a zero point of its own."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.quantization import Quantization
from reference.requantization import Requantization, Tier
from reference.requantize import from_scale, requantize


@dataclass(frozen=True, eq=False)
class Multiplication:
    """Parameters of the product ``(a - zero1) * (b - zero2)``, requantized.

    Parameters
    ----------
    zero1, zero2 : int
        Zero points of the two tensors.
    requantization : Requantization
        One set, whose arithmetic is of the tier ``high``.

    Raises
    ------
    UserError
        When the requantization has several sets or is of another tier.
    """

    zero1: int
    zero2: int
    requantization: Requantization

    def __post_init__(self) -> None:
        given = self.requantization
        if len(given.mul) != 1:
            raise UserError(f"multiplication: give one set of parameters, not {len(given.mul)}")
        if given.tier(self.bound) is not Tier.HIGH:
            raise UserError(
                "multiplication: the shift must be at least 33 and add a multiple of 2**32, "
                f"not {given.shift[0]} and {given.add[0]}; enlarge the scale of the output"
            )

    @property
    def bound(self) -> np.ndarray:
        """Largest magnitude of a product, shape (1,), int64."""
        return np.array([(128 + abs(self.zero1)) * (128 + abs(self.zero2))], np.int64)

    @staticmethod
    def of(
        first: Quantization, second: Quantization, out: Quantization, *, lo: int = -128, hi: int = 127
    ) -> "Multiplication":
        """Parameters from the quantizations.

        Raises ``UserError`` unless the product of the tensors' scales is less than a quarter of the output's.
        """
        scaled = from_scale(np.array([first.scale * second.scale / out.scale]), lo=lo, hi=hi)
        add = scaled.add + (np.int64(out.zero) << scaled.shift)
        requantization = Requantization(scaled.mul, add, scaled.shift, lo, hi)
        return Multiplication(first.zero, second.zero, requantization)


def mul(first: np.ndarray, second: np.ndarray, parameters: Multiplication) -> np.ndarray:
    """Requantized products.

    Parameters
    ----------
    first, second : ndarray, of one shape, int8
        Codes.
    parameters : Multiplication

    Returns
    -------
    ndarray, of their shape, int8
    """
    products = (first.astype(np.int32) - parameters.zero1) * (second.astype(np.int32) - parameters.zero2)
    return requantize(products[..., np.newaxis], parameters.requantization)[..., 0]
