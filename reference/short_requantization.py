"""Requantization as xdecq computes it: a 16-bit multiplier, the bias inside the addend."""

from dataclasses import dataclass

import numpy as np

from common.errors import UserError
from reference.decmac import FACTOR_BITS, MOST_SHIFT
from reference.requantization import INT32, Requantization, Tier, checked_scale

#: Place of the factor in ``mul``, and of the addend in ``add``.
_FACTOR_LSB, _ADDEND_LSB = 16, 32


@dataclass(frozen=True, eq=False)
class ShortRequantization(Requantization):
    """Parameters of ``clip((((acc * factor) >> 16) + addend) >> shift)``, where ``acc`` starts at 0.

    They are kept as those of ``Requantization``: ``mul`` is ``factor << 16``, ``add`` is ``addend << 32``,
    and 32 is added to ``shift``. The value is the same, as rounding down twice is rounding down once.

    Raises
    ------
    UserError
        When a factor, addend or shift does not fit xdecq.
    """

    def __post_init__(self) -> None:
        self._check_form()
        low = (1 << _FACTOR_LSB) - 1
        for name, wrong in (
            ("mul", (self.mul & low != 0) | (self.mul < 0) | (self.mul >> _FACTOR_LSB >> FACTOR_BITS != 0)),
            ("add", (self.add & ((1 << _ADDEND_LSB) - 1) != 0)),
            ("shift", (self.shift < _ADDEND_LSB) | (self.shift > _ADDEND_LSB + MOST_SHIFT)),
        ):
            for channel in np.flatnonzero(wrong)[:1]:
                raise UserError(
                    f"short requantization: {name} of channel {channel} is {getattr(self, name)[channel]}, "
                    "but mul must be a 16-bit factor times 2**16, add a multiple of 2**32, shift in 32..63"
                )

    @property
    def precise(self) -> bool:
        """True if each factor but 0 has all 16 bits, up to one."""
        factors = self.mul >> _FACTOR_LSB
        return bool(((factors == 0) | (factors >> FACTOR_BITS - 2 != 0)).all())

    def tier(self, bound: np.ndarray) -> Tier:
        """The arithmetic of xdecq; ``UserError`` when a sum could pass its 32 bits."""
        for channel, most in enumerate(bound):
            high = int(most) * int(self.mul[channel]) >> _ADDEND_LSB
            if high + 1 + abs(int(self.add[channel]) >> _ADDEND_LSB) > INT32.max:
                raise UserError(
                    f"short requantization: channel {channel} passes 32 bits with accumulators up to {most}; "
                    "take 31-bit multipliers"
                )
        return Tier.SHORT

    def records(self, bias: np.ndarray, tier: Tier) -> np.ndarray:
        """The operands of xdecq: ``factor | shift << 16`` and the addend: shape (K, 2), int32."""
        factors = self.mul >> _FACTOR_LSB | (self.shift - _ADDEND_LSB) << FACTOR_BITS
        return np.stack([factors, self.add >> _ADDEND_LSB], axis=1).astype(np.int32)

    def check_bias(self, bias: np.ndarray) -> None:
        for channel in np.flatnonzero(bias)[:1]:
            raise UserError(
                f"short requantization: the bias of channel {channel} must be 0, as it is part of add, "
                f"not {bias[channel]}"
            )


def short_from_scale(
    scale: np.ndarray, bias: np.ndarray, *, zero: int = 0, lo: int = -128, hi: int = 127
) -> ShortRequantization:
    """Parameters that add ``bias``, multiply by ``scale``, round half up and add ``zero``.

    The factor is normalised to 16 bits where the addend leaves room. Apart from the factor's precision and
    the product of the bias, which is rounded to a multiple of ``2**-shift``, outputs are rounded exactly.

    Parameters
    ----------
    scale : ndarray, shape (K,), float
        Output step per accumulator step, at least 0 and below 0.5: the shift must be able to round.
    bias : ndarray, shape (K,), int32
        The layer's bias, which then has none.
    zero : int
        Zero point of the output, in -128..127.
    lo, hi : int
        Output range.

    Raises
    ------
    UserError
        When a scale is negative, not finite or 0.5 and more, or zero point or range is no int8.
    """
    scale = checked_scale(scale, zero, 0.5, "0..0.5 for a 16-bit multiplier", "take 31-bit multipliers")
    _, exponent = np.frexp(scale)
    # A bias of many output steps, and the zero point, are shifted too: they must stay inside 30 bits.
    steps = np.abs(bias * scale).astype(np.int64) + abs(zero) + 1
    room = 30 - np.ceil(np.log2(steps + 1)).astype(np.int64)
    shift = np.clip(np.where(scale == 0, 1, -exponent), 1, np.maximum(room, 1)).astype(np.int64)
    most = (1 << FACTOR_BITS) - 1
    carried = (
        np.rint(np.ldexp(scale, shift + FACTOR_BITS)) > most
    )  # rounding up reached the next power of two
    shift = np.where(carried & (shift > 1), shift - 1, shift)  # a shift by 0 could not round
    factor = np.minimum(np.rint(np.ldexp(scale, shift + FACTOR_BITS)), most).astype(np.int64)
    product = bias.astype(np.int64) * factor + (1 << FACTOR_BITS - 1) >> FACTOR_BITS
    addend = product + (np.int64(zero) << shift) + (np.int64(1) << shift >> 1)
    return ShortRequantization(factor << _FACTOR_LSB, addend << _ADDEND_LSB, shift + _ADDEND_LSB, lo, hi)
