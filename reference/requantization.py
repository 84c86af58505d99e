"""Parameters of requantization, and the cheapest arithmetic that is proven exact for a layer."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from common.errors import UserError

INT32 = np.iinfo(np.int32)
#: Shifts that leave both the product and the rounding constant inside 64 bits.
MAX_SHIFT = 62


class Tier(StrEnum):
    """Arithmetic by which a kernel evaluates ``(acc * mul + add) >> shift``; exact where it is chosen."""

    NARROW = "narrow"  # acc * mul + add fits 32 bits: one multiply-accumulate, one shift
    HIGH = "high"  # shift >= 33 and add a multiple of 2**32: only the upper product word counts
    WIDE = "wide"  # 64-bit arithmetic
    SHORT = "short"  # xdecq: mul is 16 bits times 2**16, add a multiple of 2**32, shift >= 32, the bias is 0


class Clip(StrEnum):
    """Clip of a kernel: the two common ranges take one instruction, any other takes two."""

    INT8 = "int8"  # -128..127
    RELU = "relu"  # 0..127
    BOUNDS = "bounds"  # lo..hi

    @staticmethod
    def of(lo: int, hi: int) -> "Clip":
        """The cheapest for this range."""
        return {(-128, 127): Clip.INT8, (0, 127): Clip.RELU}.get((lo, hi), Clip.BOUNDS)


def check_range(name: str, lo: int, hi: int) -> None:
    """Raise ``UserError`` unless lo..hi is an output range inside int8."""
    if not -128 <= lo <= hi <= 127:
        raise UserError(f"{name}: lo and hi must satisfy -128 <= lo <= hi <= 127, not lo={lo}, hi={hi}")


def checked_scale(scale: np.ndarray, zero: int, end: float, interval: str, remedy: str) -> np.ndarray:
    """Output steps per accumulator step as float64, shape (K,).

    Raises ``UserError`` unless all are at least 0 and below ``end``, as ``interval`` says in words, and the
    zero point of the output is an int8.
    """
    if not -128 <= zero <= 127:
        raise UserError(f"zero point must be in -128..127, not {zero}")
    scale = np.asarray(scale, dtype=np.float64)
    for channel in np.flatnonzero(~np.isfinite(scale) | (scale < 0) | (scale >= end))[:1]:
        raise UserError(f"scale of channel {channel} must be in {interval}, not {scale[channel]}; {remedy}")
    return scale


@dataclass(frozen=True, eq=False)
class Requantization:
    """Parameters of ``out = clip((acc * mul + add) >> shift, lo, hi)``, one set per output channel.

    Parameters
    ----------
    mul : ndarray, shape (K,), int32
        Multipliers.
    add : ndarray, shape (K,), int64
        Added to the product before the shift; holds half an output step for rounding.
    shift : ndarray, shape (K,), 0 to 62
        Arithmetic right shift, that is, division rounded down.
    lo, hi : int
        Output range inside int8; ``lo = 0`` is ReLU.

    Raises
    ------
    UserError
        When shapes differ or a value is out of range.
    """

    mul: np.ndarray
    add: np.ndarray
    shift: np.ndarray
    lo: int = -128
    hi: int = 127

    def __post_init__(self) -> None:
        self._check_form()
        limits = {"mul": (INT32.min, INT32.max), "add": (-(1 << 62), 1 << 62), "shift": (0, MAX_SHIFT)}
        for name, (low, high) in limits.items():
            values = getattr(self, name)
            for channel in np.flatnonzero((values < low) | (values > high))[:1]:
                raise UserError(
                    f"requantization: {name} of channel {channel} must be in {low}..{high}, "
                    f"not {values[channel]}"
                )

    def _check_form(self) -> None:
        shapes = {name: getattr(self, name).shape for name in ("mul", "add", "shift")}
        if len(set(shapes.values())) != 1 or self.mul.ndim != 1:
            raise UserError(
                f"requantization needs arrays of one mul, add and shift per channel, not of shapes {shapes}"
            )
        check_range("requantization", self.lo, self.hi)

    @property
    def clip(self) -> Clip:
        """The cheapest clip for this output range."""
        return Clip.of(self.lo, self.hi)

    def tier(self, bound: np.ndarray) -> Tier:
        """The cheapest arithmetic that is exact for every accumulator with ``|acc| <= bound`` per channel."""
        products = [
            int(b) * abs(int(m)) + abs(int(a)) for b, m, a in zip(bound, self.mul, self.add, strict=True)
        ]
        if max(products, default=0) <= INT32.max and (self.shift <= 31).all():
            return Tier.NARROW
        if (self.shift >= 33).all() and (self.add % (1 << 32) == 0).all():
            return Tier.HIGH
        return Tier.WIDE

    def check_bias(self, bias: np.ndarray) -> None:
        """Raise ``UserError`` unless accumulators may start at this bias."""

    def records(self, bias: np.ndarray, tier: Tier) -> np.ndarray:
        """The words a kernel of this tier reads, channel after channel: shape (K, 4) or (K, 5), int32.

        narrow: bias, mul, add, shift; high: bias, mul, add >> 32, shift - 32;
        wide: bias, mul, low and high word of add, shift.
        """
        add = self.add.astype(np.int64)
        columns = {
            Tier.NARROW: (bias, self.mul, add, self.shift),
            Tier.HIGH: (bias, self.mul, add >> 32, self.shift - 32),
            Tier.WIDE: (bias, self.mul, add, add >> 32, self.shift),
        }[tier]
        return np.stack([column.astype(np.int64) for column in columns], axis=1).astype(np.int32)


def accumulator_bound(weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Largest ``|acc|`` that any int8 input can produce, per channel: ``sum |w| * 128 + |bias|``, int64.

    Raises ``UserError`` when it exceeds int32, naming the channel.
    """
    rows = np.abs(weights.reshape(len(weights), -1).astype(np.int64)).sum(axis=1)
    bound = rows * 128 + np.abs(bias.astype(np.int64))
    for channel in np.flatnonzero(bound > INT32.max)[:1]:
        raise UserError(
            f"the accumulator of channel {channel} can reach {bound[channel]}, beyond int32 ({INT32.max}); "
            "reduce the bias or split the reduction"
        )
    return bound
