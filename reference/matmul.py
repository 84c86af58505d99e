"""Golden product of two int8 matrices of activations, head by head: attention's scores and its sums."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.quantization import Quantization
from reference.requantization import INT32, Requantization, Tier
from reference.requantize import from_scale, requantize


@dataclass(frozen=True, eq=False)
class Product:
    """Parameters of a product of matrices.

    Parameters
    ----------
    zero_a, zero_b : int
        Zero points of the two operands.
    requantization : Requantization
        From accumulators to outputs: one set, whose arithmetic is of the tier ``high``.

    Raises
    ------
    UserError
        When the requantization has several sets or is of another tier.
    """

    zero_a: int
    zero_b: int
    requantization: Requantization

    def __post_init__(self) -> None:
        if len(self.requantization.mul) != 1:
            raise UserError(f"product: give one set of parameters, not {len(self.requantization.mul)}")
        if self.requantization.tier(np.array([INT32.max])) is not Tier.HIGH:
            raise UserError(
                "product: the shift must be at least 33 and add a multiple of 2**32, "
                f"not {self.requantization.shift[0]} and {self.requantization.add[0]}; "
                "enlarge the scale of the output"
            )

    @staticmethod
    def of(
        a: Quantization, b: Quantization, out: Quantization, *, lo: int = -128, hi: int = 127
    ) -> "Product":
        """Parameters from the quantizations.

        Raises ``UserError`` unless the product of the operands' scales is less than a quarter of the
        output's.
        """
        scale = np.array([a.scale * b.scale / out.scale])
        return Product(a.zero, b.zero, from_scale(scale, zero=out.zero, lo=lo, hi=hi))

    def bound(self, reduction: int) -> int:
        """Largest magnitude of an accumulator of K products.

        Raises ``UserError`` when it exceeds int32.
        """
        bound = reduction * (128 + abs(self.zero_a)) * (128 + abs(self.zero_b))
        if bound > INT32.max:
            raise UserError(
                f"product: an accumulator of K={reduction} can reach {bound}, beyond int32 ({INT32.max}); "
                "reduce K or quantize an operand symmetrically"
            )
        return bound


def matmul(a: np.ndarray, b: np.ndarray, parameters: Product) -> np.ndarray:
    """``R(sum over k of (a - zero_a) * (b - zero_b))`` for every row of a and every row of b.

    Parameters
    ----------
    a : ndarray, shape (..., T, K), int8
    b : ndarray, shape (..., N, K), int8
        K innermost, as in a.
    parameters : Product

    Returns
    -------
    ndarray, shape (..., T, N), int8

    Raises
    ------
    UserError
        When an accumulator could exceed int32.
    """
    parameters.bound(a.shape[-1])
    # float64 holds every sum below 2**53 exactly, and NumPy multiplies matrices of floats much faster.
    rows = a.astype(np.float64) - parameters.zero_a
    columns = b.astype(np.float64) - parameters.zero_b
    sums = rows @ columns.swapaxes(-1, -2)
    return requantize(sums.astype(np.int64)[..., np.newaxis], parameters.requantization)[..., 0]
