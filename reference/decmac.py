"""Golden model of the XDecmac instructions (docs/xdecmac.md)."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from reference.decimate import COUNTER_MASK, INDEX_BITS

#: Bytes of a word: activations of as many output positions, and products of an instruction.
LANES = 4
#: Width of xdecq's multiplier, unsigned, and its largest shift.
FACTOR_BITS, MOST_SHIFT = 16, 31


def int8_lanes(word: int) -> np.ndarray:
    """The bytes of a 32-bit word as int8, the lowest first."""
    return np.array([word], "<u4").view(np.int8)


def scaled(acc: np.ndarray, factor: int, shift: int, addend: int | np.ndarray) -> np.ndarray:
    """Outputs of ``xdecq`` for accumulators: ``(((acc * factor) >> 16) + addend) >> shift``, clipped to int8.

    The sum wraps at 32 bits. ``factor`` has 16 bits, unsigned, ``shift`` is 0 to 31.
    """
    high = acc.astype(np.int64) * factor >> FACTOR_BITS
    return np.clip((high + addend).astype(np.int32) >> shift, -128, 127).astype(np.int8)


@dataclass
class Decmac:
    """The accumulators, XDecimate's counter, and what the instructions do with them.

    Attributes
    ----------
    csr : int
        The 16-bit counter, reset value 0.
    accumulators : ndarray, shape (4,) or (8,), int32
        One for each byte of a word, or for those of two words that are read in turn; reset value 0.
    width : int
        Bits of an accumulator, at most 32; sums wrap.
    """

    csr: int = 0
    accumulators: np.ndarray = field(default_factory=lambda: np.zeros(LANES, np.int32))
    width: int = 32

    def address(self, m: int, rs1: int, rs2: int) -> int:
        """Address of the word that ``xdecmac.mM`` reads next; with M = 1 there is no index."""
        bits, number = INDEX_BITS.get(m, 0), self.csr >> 1
        index = rs2 >> number * bits % 32 & (1 << bits) - 1
        return rs1 + 4 * (m * number + index) & 0xFFFF_FFFC

    def multiply(self, m: int, rs3: int, rs1: int, rs2: int, load: Callable[[int], int]) -> None:
        """``xdecmac.mM rs3, rs1, rs2``.

        Parameters
        ----------
        m : int
            1, 4, 8 or 16.
        rs3, rs1, rs2 : int
            Register values, unsigned.
        load : callable
            Returns the word at an address; what it raises leaves counter and accumulators as they were.
        """
        word = load(self.address(m, rs1, rs2))
        weight = int8_lanes(rs3)[self.csr >> 1 & 3]
        banks = self.accumulators.reshape(-1, LANES).copy()
        bank = self.csr % len(banks)
        banks[bank] = self._wrapped(banks[bank] + int8_lanes(word).astype(np.int64) * int(weight))
        self.accumulators = banks.ravel()
        self.csr = self.csr + 2 // len(banks) & COUNTER_MASK

    def quantize(self, rs1: int, rs2: int) -> int:
        """``xdecq rd, rs1, rs2``: the new value of rd, from the first four accumulators.

        The others move into their place, and zeros enter behind them; the counter becomes 0.
        """
        addend = rs2 - ((rs2 & 1 << 31) << 1)
        first, others = self.accumulators[:LANES], self.accumulators[LANES:]
        outputs = scaled(first, rs1 & 0xFFFF, rs1 >> 16 & MOST_SHIFT, addend)
        self.csr, self.accumulators = 0, np.append(others, np.zeros(LANES, np.int32))
        return int(outputs.view("<u4")[0])

    def exchange(self, value: int) -> int:
        """``csrrw rd, xacc, rs1``: the first accumulator; the others move down, ``value`` is the last."""
        first = int(self.accumulators[0]) & 0xFFFF_FFFF
        self.accumulators = np.append(self.accumulators[1:], self._wrapped(np.array([value])))
        return first

    def _wrapped(self, sums: np.ndarray) -> np.ndarray:
        """Sums in as many bits as an accumulator has, sign-extended to int32."""
        above = 32 - self.width
        return (sums << above).astype(np.int32) >> above
