"""Cuts of grouped convolutions: tiles of whole groups, or parts of one."""

from collections.abc import Iterator

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, Tile, Weights, round_up, strip_sizes, tile_sizes
from sw_kernels.conv.layer import ConvLayer

#: Cycles of a barrier and of a transfer's set-up; of a channel and of a pair of patches beside their bytes.
STEP_CYCLES, CHANNEL_CYCLES, PAIR_CYCLES = 150, 40, 120
#: Cycles of a position of a patch beside its bytes, and of a byte.
POSITION_CYCLES, BYTE_CYCLES = 52, 0.35


def _tiles(groups: int, channels: int) -> Iterator[list[tuple[int, int]]]:
    """Divisions of the output channels: first one and number of each tile; ``channels`` are a group's."""
    for size in tile_sizes(groups, 1):
        last = groups * channels
        yield [(first, min(size * channels, last - first)) for first in range(0, last, size * channels)]
    for size in tile_sizes(channels, 4)[1:]:
        yield [
            (group * channels + first, min(size, channels - first))
            for group in range(groups)
            for first in range(0, channels, size)
        ]


def grouped_plans(layer: ConvLayer, config: ClusterConfig) -> Iterator[Plan]:
    """Cuts of a layer of several groups; patches are gathered once for each pair of pixels and group."""
    g, weights = layer.geometry, Weights.of(layer)
    channels, cores = g.K // g.G, config.cores
    # Neighbours start two banks apart, so that cores in step read their patches from different banks.
    patches = round_up(layer.kernel.buffers * layer.patch, 4 * config.banks) + 8
    positions = 2 * g.FX * g.FY * (POSITION_CYCLES + BYTE_CYCLES * g.C / g.G)
    work = g.G * (PAIR_CYCLES + positions)
    work += g.K * (weights.row * layer.kernel.cycles_per_weight + CHANNEL_CYCLES)
    for rows in strip_sizes(g.OY):
        strips, rounds = -(-g.OY // rows), -(-rows * g.OX // (2 * cores))
        arriving = min(g.IY, (rows - 1) * g.SY + g.span_y) * g.IX * g.C
        leaving = rows * g.OX * g.K
        for division in _tiles(g.G, channels):
            size = weights.tile(division[0][1])
            transfer = len(division) * size / config.bus_bytes
            steps = len(division) * STEP_CYCLES if len(division) > 1 else 0
            step = max(work, transfer) if len(division) > 1 else work
            yield Plan(
                strip=rows,
                strips=strips,
                tiles=tuple(
                    Tile(first=first, channels=count, part=division[0][1], part_bytes=size)
                    for first, count in division
                ),
                weights=weights,
                input=round_up(arriving + layer.overread, 16),
                output=round_up(leaving, 16),
                private=patches,
                inputs=min(strips, 2),
                outputs=min(strips, 2),
                cores=cores,
                cycles=(arriving + leaving + size) / config.bus_bytes
                + strips * (rounds * (step + steps) + STEP_CYCLES),
            )
