"""How a layer is cut into strips and tiles that fit a cluster's L1.

Of all cuts that fit, the one with the least estimated time is taken. The estimate counts inner-loop cycles,
transfers where they are longer than what they hide behind, and a constant for each step; it ranks cuts and
predicts nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from common.errors import UserError
from hw.config import ClusterConfig
from sw_kernels.build import CLUSTER_STACK_SIZE
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.layer import OVERREAD, Layer
from sw_kernels.packing.packed import Format

#: Bytes of L1 for the plan, the runtime's and the measurement's words, and alignment.
RESERVED = 2048
#: Cycles of a barrier, of the transfers' set-up, and of entering and leaving the kernel.
STEP_CYCLES = {"conv": 150, "linear": 350}
#: Inner-loop cycles for a stored weight: of one pair of pixels (Conv), of one token (FC).
_CYCLES_PER_WEIGHT = {
    ("conv", "dense_4x2"): 0.875,
    ("conv", "dense_1x2"): 1.25,
    ("conv", "sparse_software"): 4.75,
    ("conv", "sparse_xdecimate"): 3.0,
    ("linear", "dense"): 0.625,
    ("linear", "sparse_software"): 3.9,
    ("linear", "sparse_xdecimate"): 1.625,
}


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Bytes of a layer's weights as they are cut into tiles of channels."""

    row: int
    index: int  # of `index_channels` channels
    index_channels: int
    record: int

    @staticmethod
    def of(layer: Layer) -> "Weights":
        """Sizes; rows of which a kernel reads four at once are an odd number of words, zeros at their ends.

        Such rows start in different banks. Where they do not, half of the cycles are conflicts.
        """
        packed, row = layer.packed, layer.scalars["row"]
        return Weights(
            row=row + 4 if layer.variant.name == "dense_4x2" and row % 8 == 0 else row,
            index=packed.indices.shape[1] * 4 if packed else 0,
            index_channels=2 if packed and packed.form is Format.LINEAR else 1,
            record=len(layer.arrays["requantization"]) // layer.geometry.K,
        )

    def tile(self, channels: int) -> int:
        """Bytes of a tile, a whole number of the widest bus's words."""
        indices = -(-channels // self.index_channels) * self.index
        return _round_up(channels * (self.row + self.record) + indices, 16)


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
        """Of all parts."""
        return -(-self.channels // self.part) * self.part_bytes


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A cut: strips of output rows (Conv) or tokens (FC), tiles of channels, and what they take of L1.

    Parameters
    ----------
    strip, strips : int
        Rows or tokens of a strip, of which the last may be smaller, and how many strips.
    tiles : tuple of Tile
        Of a convolution all but the last are of one size.
    weights : Weights
    by_tokens : bool
        FC: the cores share tokens, not channels.
    input, output, private : int
        Bytes of one such buffer; ``private`` is each core's own: patches (Conv), a copy of the tokens (FC), 0
        where there is none.
    inputs, outputs : int
        How many of them: two where the next is filled while one is in use. Tiles of weights have two if there
        are two.
    cores : int
    cycles : float
        The estimate.
    """

    strip: int
    strips: int
    tiles: tuple[Tile, ...]
    weights: Weights
    by_tokens: bool = False
    input: int
    output: int
    private: int = 0
    inputs: int
    outputs: int
    cores: int
    cycles: float

    @property
    def tile_bytes(self) -> int:
        """Of the largest tile."""
        return max(tile.bytes for tile in self.tiles)

    @property
    def buffers(self) -> dict[str, int]:
        """Bytes of L1 by buffer."""
        return {
            "input": self.inputs * self.input,
            "weights": min(len(self.tiles), 2) * self.tile_bytes,
            "output": self.outputs * self.output,
            "private": self.cores * self.private,
        }


def _tile_sizes(channels: int, step: int) -> list[int]:
    """Sizes of equal tiles, in whole steps, largest first."""
    counts = range(1, -(-channels // step) + 1)
    return list(dict.fromkeys(min(channels, _round_up(-(-channels // n), step)) for n in counts))


def _conv_plans(layer: Layer, config: ClusterConfig) -> Iterator[Plan]:
    geometry, weights = layer.geometry, Weights.of(layer)
    assert isinstance(geometry, ConvGeometry)
    # Neighbours start two banks apart, so that cores in step read their patches from different banks.
    patches = _round_up(layer.variant.im2col_buffers * layer.patch, 4 * config.banks) + 8
    per_weight = _CYCLES_PER_WEIGHT["conv", layer.variant.name]
    for rows in dict.fromkeys(-(-geometry.OY // n) for n in range(1, geometry.OY + 1)):
        strips = -(-geometry.OY // rows)
        pitch = geometry.IX * geometry.C
        inputs = min(geometry.IY, (rows - 1) * geometry.SY + geometry.FY) * pitch
        outputs = rows * geometry.OX * geometry.K
        rounds = -(-rows * geometry.OX // (2 * config.cores))
        gather = layer.patch * 1.5
        for tile in _tile_sizes(geometry.K, 4):
            tiles = -(-geometry.K // tile)
            size = weights.tile(tile)
            transfer = size / config.bus_bytes
            work = tile * (weights.row * per_weight + 40)
            step = max(transfer if tiles > 1 else 0, work) + (STEP_CYCLES["conv"] if tiles > 1 else 0)
            yield Plan(
                strip=rows,
                strips=strips,
                tiles=tuple(
                    Tile(first=first, channels=min(tile, geometry.K - first), part=tile, part_bytes=size)
                    for first in range(0, geometry.K, tile)
                ),
                weights=weights,
                input=_round_up(inputs + OVERREAD, 16),
                output=_round_up(outputs, 16),
                private=patches,
                inputs=min(strips, 2),
                outputs=min(strips, 2),
                cores=config.cores,
                cycles=(inputs + outputs) / config.bus_bytes
                + transfer
                + strips * (rounds * (gather + tiles * step) + STEP_CYCLES["conv"]),
            )


def _sequences(channels: int, cores: int) -> Iterator[list[int]]:
    """Sizes of tiles, all but the last even: equal ones, and such that grow from a small one.

    A small first tile lets the cores begin sooner; while it is computed a larger one can be transferred.
    """
    step = 2 * cores
    equal = _tile_sizes(channels, 2)
    for size in equal:
        yield _dealt(channels, 2, size, size, 1)
    for largest in dict.fromkeys(_round_up(size, step) for size in equal):
        for first in range(step, min(largest, 5 * step), step):
            for growth in (1.5, 2):
                yield _dealt(channels, step, first, largest, growth)


def _dealt(channels: int, step: int, size: int, largest: int, growth: float) -> list[int]:
    """Channels dealt out to tiles in whole steps: one of this size, then larger ones up to the largest."""
    sizes = []
    while channels > 0:
        sizes.append(min(size, channels))
        channels -= size
        size = min(largest, _round_up(round(size * growth), step))
    return sizes


def _linear_plans(layer: Layer, config: ClusterConfig) -> Iterator[Plan]:
    geometry, weights = layer.geometry, Weights.of(layer)
    assert isinstance(geometry, LinearGeometry)
    for tokens in dict.fromkeys(-(-geometry.T // n) for n in range(1, geometry.T + 1)):
        for sizes in _sequences(geometry.K, config.cores):
            yield from _linear_plans_of(layer, config, weights, tokens, sizes)


def _linear_plans_of(
    layer: Layer, config: ClusterConfig, weights: Weights, tokens: int, sizes: list[int]
) -> Iterator[Plan]:
    geometry, cores = layer.geometry, config.cores
    assert isinstance(geometry, LinearGeometry)
    per_weight = _CYCLES_PER_WEIGHT["linear", layer.variant.name]
    strips = -(-geometry.T // tokens)

    def shares(channels: int) -> tuple[int, int]:
        """Channels times tokens of the busiest core: of shared tokens, of shared channels."""
        return -(-tokens // cores) * channels, tokens * 2 * -(-channels // (2 * cores))

    by_tokens = sum(shares(size)[0] for size in sizes) < sum(shares(size)[1] for size in sizes)
    tiles = []
    for first, size in zip(accumulate(sizes, initial=0), sizes, strict=False):
        part = size if by_tokens else 2 * -(-size // (2 * cores))
        # As the copies, parts start two banks apart.
        apart = weights.tile(part) if by_tokens else _round_up(weights.tile(part), 4 * config.banks) + 8
        tiles.append(Tile(first=first, channels=size, part=part, part_bytes=apart))
    size = _round_up(tokens * geometry.C + OVERREAD, 16)
    # With tokens of their own the cores lose less to conflicts.
    own = _round_up(size, 4 * config.banks) + 8
    for private, slowdown in ((0, 1.15), (own, 1.05))[: 1 if by_tokens else 2]:
        work = [
            shares(tile.channels)[not by_tokens] * (weights.row * per_weight + 20) * slowdown
            + STEP_CYCLES["linear"]
            for tile in tiles
        ]
        transfers = [tile.bytes / config.bus_bytes for tile in tiles]
        arrival = tokens * geometry.C / config.bus_bytes
        yield Plan(
            strip=tokens,
            strips=strips,
            tiles=tuple(tiles),
            weights=weights,
            by_tokens=by_tokens,
            input=size,
            output=_round_up(tokens * max(sizes), 16),
            private=private,
            inputs=min(strips, 2),
            outputs=min(strips * len(tiles), 2),
            cores=cores,
            cycles=_pipeline(transfers, work, arrival, tokens * geometry.C / 2 if private else 0, strips),
        )


def _pipeline(
    transfers: list[float], work: list[float], arrival: float, copying: float, strips: int
) -> float:
    """Cycles of strips whose tiles are transferred while the ones before are computed.

    ``arrival`` and ``copying`` are those of a strip's tokens; those of further strips come in the meantime.
    """
    done = arrival + copying
    arrived = arrival
    for transfer, cycles in zip(transfers, work, strict=True):
        arrived += transfer
        begins = max(done, arrived)
        arrived = max(arrived, begins)  # the next transfer starts when this tile's work does
        done = begins + cycles
    alone = len(transfers) == 1
    steady = sum(
        max(0 if alone else transfer, cycles) for transfer, cycles in zip(transfers, work, strict=True)
    )
    return done + (strips - 1) * (steady + copying)


def plan(layer: Layer, config: ClusterConfig) -> Plan:
    """The best cut of a layer for a cluster.

    Raises ``UserError`` with the sizes when not even the smallest fits.
    """
    free = config.l1_bytes - config.cores * CLUSTER_STACK_SIZE - RESERVED
    plans = list((_conv_plans if isinstance(layer.geometry, ConvGeometry) else _linear_plans)(layer, config))
    fitting = [plan for plan in plans if sum(plan.buffers.values()) <= free]
    if not fitting:
        least = min(plans, key=lambda plan: sum(plan.buffers.values()))
        parts = ", ".join(f"{name} {size}" for name, size in least.buffers.items())
        raise UserError(
            f"layer {layer.geometry} ({layer.variant}) does not fit an L1 of {config.l1_bytes} bytes: its "
            f"smallest tiles need {sum(least.buffers.values())} bytes ({parts}) beside {config.cores} stacks "
            f"of {CLUSTER_STACK_SIZE} and {RESERVED} for the runtime; "
            "give a larger L1, fewer cores or a smaller layer"
        )
    return min(fitting, key=lambda plan: plan.cycles)
