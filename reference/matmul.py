"""Golden product of two int8 matrices of activations, head by head: attention's scores and its sums."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.decmac import FACTOR_BITS, scaled
from reference.quantization import Quantization
from reference.requantization import INT32, Requantization, Tier
from reference.requantize import from_scale, requantize
from reference.short_requantization import ShortRequantization, short_from_scale


@dataclass(frozen=True, eq=False)
class Product:
    """Parameters of a product of matrices.

    Parameters
    ----------
    zero_a, zero_b : int
        Zero points of the two operands.
    requantization : Requantization
        From accumulators to outputs: one set, whose arithmetic is of the tier ``high``, or that of xdecq.

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
        if not self.is_short and self.requantization.tier(np.array([INT32.max])) is not Tier.HIGH:
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

    @staticmethod
    def short_of(
        a: Quantization, b: Quantization, out: Quantization, *, lo: int = -128, hi: int = 127
    ) -> "Product | None":
        """The same with a 16-bit multiplier; None if it would lose bits, or the scale is too large for it."""
        scale = np.array([a.scale * b.scale / out.scale])
        try:
            found = short_from_scale(scale, np.zeros(1, np.int32), zero=out.zero, lo=lo, hi=hi)
        except UserError:
            return None
        return Product(a.zero, b.zero, found) if found.precise else None

    @property
    def is_short(self) -> bool:
        """True if outputs are requantized as by xdecq."""
        return isinstance(self.requantization, ShortRequantization)

    def bound(self, reduction: int) -> int:
        """Largest magnitude of an accumulator of K products.

        Raises ``UserError`` when it exceeds int32, or a sum of xdecq does.
        """
        bound = reduction * (128 + abs(self.zero_a)) * (128 + abs(self.zero_b))
        if bound > INT32.max:
            raise UserError(
                f"product: an accumulator of K={reduction} can reach {bound}, beyond int32 ({INT32.max}); "
                "reduce K or quantize an operand symmetrically"
            )
        if self.is_short:
            self.requantization.tier(np.array([bound + (1 << FACTOR_BITS)]))  # rows are rounded by themselves
        return bound


def matmul(a: np.ndarray, b: np.ndarray, parameters: Product) -> np.ndarray:
    """``R(sum over k of (a - zero_a) * (b - zero_b))`` for every row of a and every row of b.

    With the requantization of xdecq, what the sum of a row of a adds to its accumulators,
    ``-zero_b * sum(a)``, is scaled and rounded by itself, and part of the addend.

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
    if parameters.is_short:
        return _short(a, rows @ b.astype(np.float64).swapaxes(-1, -2), parameters)
    columns = b.astype(np.float64) - parameters.zero_b
    sums = rows @ columns.swapaxes(-1, -2)
    return requantize(sums.astype(np.int64)[..., np.newaxis], parameters.requantization)[..., 0]


def _short(a: np.ndarray, sums: np.ndarray, parameters: Product) -> np.ndarray:
    """Outputs by xdecq, from the sums of ``(a - zero_a) * b``."""
    given, zero_b = parameters.requantization, parameters.zero_b
    [[packed, addend]] = given.records(np.zeros(1, np.int32), Tier.SHORT).astype(np.int64)
    factor, shift = int(packed) & (1 << FACTOR_BITS) - 1, int(packed) >> FACTOR_BITS
    acc = sums.astype(np.int64) + parameters.zero_a * zero_b * a.shape[-1]
    of_rows = -zero_b * a.astype(np.int64).sum(axis=-1, keepdims=True)
    addends = addend + (of_rows * factor + (1 << FACTOR_BITS - 1) >> FACTOR_BITS)
    return np.clip(scaled(acc, factor, shift, addends), given.lo, given.hi).astype(np.int8)
