"""The layouts of indices that the kernels read. With B bits of an index a word holds F = 32 / B fields."""

import numpy as np

from common.errors import UserError
from sw_kernels.packing.layout import LANES, IndexLayout

#: Factor of Fibonacci hashing: 2^32 over the golden ratio, and odd (Knuth, vol. 3, section 6.4).
_FIBONACCI = 0x9E3779B1


class ByteLanes(IndexLayout):
    """One row per channel, for kernels that unpack in software.

    A byte lane of an index word serves the same byte lane of the value words: the index of value
    ``w * F + 4 * q + lane`` is field q of byte ``lane`` in word w, bits ``8 * lane + B * q`` and up. So one
    shift and one mask give the four indices of a value word, each in a byte of its own.
    """

    name = "byte_lanes"

    def fields(self, positions: np.ndarray) -> np.ndarray:
        return positions

    def positions(self, fields: np.ndarray) -> np.ndarray:
        return fields

    def into_word(self, words: np.ndarray) -> np.ndarray:
        return words.reshape(*words.shape[:2], -1, LANES).swapaxes(2, 3).reshape(words.shape)

    def out_of_word(self, words: np.ndarray) -> np.ndarray:
        return words.reshape(*words.shape[:2], LANES, -1).swapaxes(2, 3).reshape(words.shape)


class Repeated(IndexLayout):
    """One row per channel, as xdecimate reads it with two im2col buffers.

    Fields from bit 0 up are o0, o0, o1, o1, ...
    """

    name = "repeated"
    repeats = 2

    def fields(self, positions: np.ndarray) -> np.ndarray:
        return positions.repeat(2, axis=1)

    def positions(self, fields: np.ndarray) -> np.ndarray:
        return fields[:, ::2]


class Paired(IndexLayout):
    """One row per pair of channels, as xdecimate reads it with two channels.

    Fields from bit 0 up are o0 of channel k, o0 of k + 1, o1 of k, ... The partner that an odd last channel
    lacks has indices 0.
    """

    name = "paired"
    channels = 2

    def fields(self, positions: np.ndarray) -> np.ndarray:
        pairs = np.pad(positions, ((0, len(positions) % 2), (0, 0))).reshape(-1, 2, positions.shape[1])
        return pairs.transpose(0, 2, 1).reshape(len(pairs), -1)

    def positions(self, fields: np.ndarray) -> np.ndarray:
        return fields.reshape(len(fields), -1, 2).transpose(0, 2, 1).reshape(2 * len(fields), -1)


class Once(IndexLayout):
    """One row per channel, each index once, as xdecmac reads it; with M = 1 the order of the weights alone.

    A pass of the kernel takes a word of indices, or eight weights with M = 1. A run has whole passes, and
    may have half of one behind them. Its indices begin in a word of their own, at the field to which the
    instruction's counter points: after an odd number of half passes, fields F / 2 and up come first, then
    those from 0.
    """

    name = "once"

    def _pass(self, m: int) -> int:
        return 32 // self.bits(m) if m > 1 else 2 * LANES

    def stored(self, blocks: int, m: int) -> int:
        half = self._pass(m) // 2
        return max(2 * half, -(-blocks // half) * half)

    def of_zeros(self, shape: tuple[int, int, int], m: int) -> np.ndarray:
        """Spread over a block: with one position for all, the cores of a cluster would meet in its bank."""
        return (np.arange(np.prod(shape)) * _FIBONACCI >> 16).reshape(shape) % m

    def pack(self, positions: np.ndarray, m: int, runs: int = 1) -> np.ndarray:
        count = positions.shape[1] // runs
        words = super().pack(positions.reshape(-1, count), m).reshape(len(positions), runs, -1)
        return np.where(self._swapped(count, m, runs), _halves_swapped(words), words).reshape(
            len(positions), -1
        )

    def unpack(self, words: np.ndarray, m: int, shape: tuple[int, int], runs: int = 1) -> np.ndarray:
        channels, count = shape[0], shape[1] // runs
        parts = words.reshape(channels, runs, -1)
        parts = np.where(self._swapped(count, m, runs), _halves_swapped(parts), parts)
        fields = super().unpack(parts.reshape(channels * runs, -1), m, (channels * runs, count))
        return fields.reshape(shape)

    def _swapped(self, count: int, m: int, runs: int) -> np.ndarray:
        """Runs before which there is an odd number of half passes: shape (runs, 1)."""
        return (np.arange(runs) * (count * 2 // self._pass(m)) % 2 == 1)[:, None]

    def fields(self, positions: np.ndarray) -> np.ndarray:
        return positions

    def positions(self, fields: np.ndarray) -> np.ndarray:
        return fields


def _halves_swapped(words: np.ndarray) -> np.ndarray:
    return (words << 16 | words >> 16).astype("<u4")


BYTE_LANES = ByteLanes()
REPEATED = Repeated()
PAIRED = Paired()
ONCE = Once()
#: All of them.
LAYOUTS: list[IndexLayout] = [BYTE_LANES, REPEATED, PAIRED, ONCE]


def layout_named(name: str) -> IndexLayout:
    """The layout of this name; ``UserError`` lists those that exist."""
    known = {layout.name: layout for layout in LAYOUTS}
    if name not in known:
        raise UserError(f"layout must be one of {', '.join(known)}, not {name!r}")
    return known[name]
