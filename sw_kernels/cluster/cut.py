"""A layer cut into strips and tiles that fit a cluster's L1."""

from collections.abc import Iterator
from dataclasses import dataclass

from sw_kernels.weighted import WeightedLayer


def round_up(value: int, step: int) -> int:
    """The next multiple of ``step``."""
    return -(-value // step) * step


def tile_sizes(channels: int, step: int) -> list[int]:
    """Sizes of equal tiles, in whole steps, largest first."""
    counts = range(1, -(-channels // step) + 1)
    return list(dict.fromkeys(min(channels, round_up(-(-channels // n), step)) for n in counts))


def strip_sizes(length: int) -> list[int]:
    """Sizes of equal strips, largest first."""
    return list(dict.fromkeys(-(-length // n) for n in range(1, length + 1)))


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Bytes of a layer's weights as they are cut into tiles of channels.

    Parameters
    ----------
    row : int
        Of a channel's stored weights.
    index : int
        Of the indices of ``index_channels`` channels.
    index_channels : int
    record : int
        Of a channel's requantization.
    """

    row: int
    index: int
    index_channels: int
    record: int

    @staticmethod
    def of(layer: WeightedLayer) -> "Weights":
        """Sizes; rows of which a kernel reads four at once are an odd number of words, zeros at their ends.

        Such rows start in different banks. Where they do not, half of the cycles are conflicts.
        """
        packed, row, loop = layer.packed, layer.rows.shape[1], layer.kernel.loop
        return Weights(
            row=row + 4 if loop is not None and loop.filters >= 4 and row % 8 == 0 else row,
            index=packed.indices.shape[1] * 4 if packed else 0,
            index_channels=packed.layout.channels if packed else 1,
            record=len(layer.constants["requantization"]) // layer.geometry.K,
        )

    def tile(self, channels: int) -> int:
        """Bytes of a tile, a whole number of the widest bus's words."""
        indices = -(-channels // self.index_channels) * self.index
        return round_up(channels * (self.row + self.record) + indices, 16)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """Output channels whose weights are in L1 together.

    Parameters
    ----------
    first, channels : int
    part : int
        Channels whose weights, indices and records lie together: a core's share, or the tile.
    part_bytes : int
        From one part to the next.
    """

    first: int
    channels: int
    part: int
    part_bytes: int

    @property
    def bytes(self) -> int:
        """Bytes of all parts."""
        return -(-self.channels // self.part) * self.part_bytes

    def parts(self) -> Iterator[tuple[int, int]]:
        """First channel of each part, and the one past its last."""
        end = self.first + self.channels
        for first in range(self.first, end, self.part):
            yield first, min(first + self.part, end)


def tiles_of(channels: int, size: int, part_bytes: int, part: int | None = None) -> tuple[Tile, ...]:
    """Tiles of ``size`` channels, the last perhaps smaller; each is one part, unless ``part`` is given."""
    return tuple(
        Tile(first=first, channels=min(size, channels - first), part=part or size, part_bytes=part_bytes)
        for first in range(0, channels, size)
    )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A cut: strips of output rows or tokens, tiles of channels, and what they take of L1.

    Parameters
    ----------
    strip, strips : int
        Rows or tokens of a strip, of which the last may be smaller, and how many strips.
    tiles : tuple of Tile
        Empty for an operator without weights.
    weights : Weights or None
    share : int
        Items of a strip for each core, where the walk shares items; else 0.
    by_tokens : bool
        The cores share tokens, not channels.
    by_tile : bool
        Outputs leave L1 tile by tile, not strip by strip.
    input, second, output, private : int
        Bytes of one such buffer, 0 where there is none; ``second`` is for a second operand as large as the
        input, ``private`` is each core's own.
    inputs, outputs : int
        How many of them: two where the next is filled while one is in use. There are as many of the second
        operand as of the input.
    most_tiles : int
        Buffers of weights if there are as many tiles.
    constants : int
        Bytes of the operands that stay in L1 for all cores, where there are no weights.
    tile_table : int
        Bytes of the table of tiles, where the walk reads them from one.
    cores : int
        Cores that compute.
    cycles : float
        An estimate that ranks the cuts of a kernel; of the cut that ``plan`` chooses, the prediction with all
        operands in L2.
    prefix : str
        Beginning of the names of the C objects of this plan, its buffers in L1 among them.
    """

    strip: int
    strips: int
    tiles: tuple[Tile, ...] = ()
    weights: Weights | None = None
    share: int = 0
    by_tokens: bool = False
    by_tile: bool = False
    input: int
    second: int = 0
    output: int
    private: int = 0
    constants: int = 0
    tile_table: int = 0
    inputs: int
    outputs: int
    most_tiles: int = 2
    cores: int
    cycles: float
    prefix: str = "l1_"

    @property
    def tile_bytes(self) -> int:
        """Bytes of the largest tile."""
        return max((tile.bytes for tile in self.tiles), default=0)

    @property
    def tile_buffers(self) -> int:
        """Number of buffers of weights."""
        return min(len(self.tiles), self.most_tiles)

    @property
    def buffers(self) -> dict[str, int]:
        """Bytes of L1 by buffer."""
        return {
            "input": self.inputs * self.input,
            "second": self.inputs * self.second,
            "weights": self.tile_buffers * self.tile_bytes,
            "output": self.outputs * self.output,
            "private": self.cores * self.private,
            "constants": self.constants,
            "tiles": self.tile_table,
        }

    @property
    def l1_bytes(self) -> int:
        """Bytes of all buffers."""
        return sum(self.buffers.values())

    def symbol(self, name: str) -> str:
        """C name of an object of this plan, such as one of its buffers."""
        return f"{self.prefix}{name}"

    def pair(self, name: str, count: int, size: int) -> str:
        """C initializer of the two pointers to a buffer; both are the same where there is one."""
        return f"{{{self.symbol(name)}, {self.symbol(name)} + {size if count > 1 else 0}}}"
