"""A layout of indices in memory."""

from abc import ABC, abstractmethod

import numpy as np

#: int8 lanes of a register.
LANES = 4


class IndexLayout(ABC):
    """Layout in memory of the index that each non-zero weight has within its block.

    Indices are fields of ``bits(m)`` bits in little-endian 32-bit words. Every row is a whole number of
    words, and unused fields are 0.
    """

    #: Name on the command line and in messages.
    name: str
    #: Output channels whose indices share a row.
    channels: int = 1
    #: Fields that hold the index of one non-zero.
    repeats: int = 1

    def bits(self, m: int) -> int:
        """Bits of an index within a block of ``m``: the instruction reads 4 for M = 8, where 3 would do."""
        return 2 if m == 4 else 4

    def bits_per_weight(self, m: int) -> float:
        """Storage per dense weight: 8 bits of value and its index fields, once per block."""
        return (8 + self.bits(m) * self.repeats) / m

    def stored(self, blocks: int, m: int) -> int:
        """Values that are stored for that many blocks: whole words of them."""
        return -(-blocks // LANES) * LANES

    def of_zeros(self, shape: tuple[int, int, int], m: int) -> np.ndarray:
        """Positions in blocks without a weight, of this shape (K, runs, blocks)."""
        return np.zeros(shape, np.intp)

    def pack(self, positions: np.ndarray, m: int, runs: int = 1) -> np.ndarray:
        """Index words of all rows.

        Parameters
        ----------
        positions : ndarray, shape (K, NZ), integers below ``m``
        m : int
        runs : int
            Equal parts of a row that a kernel takes one after the other.

        Returns
        -------
        ndarray, shape (rows, words), little-endian uint32
        """
        bits = self.bits(m)
        per_word = 32 // bits
        fields = self.fields(positions.astype(np.uint32))
        words = np.pad(fields, ((0, 0), (0, -fields.shape[1] % per_word))).reshape(len(fields), -1, per_word)
        shifts = np.arange(0, 32, bits, dtype=np.uint32)
        return np.bitwise_or.reduce(self.into_word(words) << shifts, axis=2).astype("<u4")

    def unpack(self, words: np.ndarray, m: int, shape: tuple[int, int], runs: int = 1) -> np.ndarray:
        """The positions that were packed, of this shape: the inverse of ``pack``."""
        bits = self.bits(m)
        shifts = np.arange(0, 32, bits, dtype=np.uint32)
        fields = self.out_of_word(words[:, :, None] >> shifts & np.uint32((1 << bits) - 1))
        channels, count = shape
        return self.positions(fields.reshape(len(fields), -1))[:channels, :count]

    @abstractmethod
    def fields(self, positions: np.ndarray) -> np.ndarray:
        """Positions (K, NZ) as rows of fields."""

    @abstractmethod
    def positions(self, fields: np.ndarray) -> np.ndarray:
        """Rows of fields as positions: at least K rows of at least NZ."""

    def into_word(self, words: np.ndarray) -> np.ndarray:
        """Fields of each word (rows, words, F), in the order of their place from bit 0 up."""
        return words

    def out_of_word(self, words: np.ndarray) -> np.ndarray:
        """The inverse of ``into_word``."""
        return words

    def __str__(self) -> str:
        return self.name
