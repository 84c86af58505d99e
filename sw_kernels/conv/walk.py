"""Convolutions on a cluster: strips of output rows, tiles of channels, pairs of pixels (conv_plan.h)."""

from collections.abc import Iterator, Mapping

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, Tile, Weights, round_up, strip_sizes, tile_sizes
from sw_kernels.cluster.weighted_walk import WeightedWalk, sizes_of
from sw_kernels.conv.layer import ConvLayer

#: Cycles of a barrier, of the transfers' set-up, and of entering and leaving the kernel.
STEP_CYCLES = 150


class ConvWalk(WeightedWalk[ConvLayer]):
    """The walk of ``cluster_conv``: the cores of a round take one pair of pixels each."""

    def plans(self, layer: ConvLayer, config: ClusterConfig) -> Iterator[Plan]:
        geometry, weights = layer.geometry, Weights.of(layer)
        # Neighbours start two banks apart, so that cores in step read their patches from different banks.
        patches = round_up(layer.kernel.buffers * layer.patch, 4 * config.banks) + 8
        for rows in strip_sizes(geometry.OY):
            strips = -(-geometry.OY // rows)
            pitch = geometry.IX * geometry.C
            inputs = min(geometry.IY, (rows - 1) * geometry.SY + geometry.span_y) * pitch
            outputs = rows * geometry.OX * geometry.K
            rounds = -(-rows * geometry.OX // (2 * config.cores))
            gather = layer.patch * 1.5
            for tile in tile_sizes(geometry.K, 4):
                tiles = -(-geometry.K // tile)
                size = weights.tile(tile)
                transfer = size / config.bus_bytes
                work = tile * (weights.row * layer.kernel.cycles_per_weight + 40)
                step = max(transfer if tiles > 1 else 0, work) + (STEP_CYCLES if tiles > 1 else 0)
                yield Plan(
                    strip=rows,
                    strips=strips,
                    tiles=tuple(
                        Tile(first=first, channels=min(tile, geometry.K - first), part=tile, part_bytes=size)
                        for first in range(0, geometry.K, tile)
                    ),
                    weights=weights,
                    input=round_up(inputs + layer.overread, 16),
                    output=round_up(outputs, 16),
                    private=patches,
                    inputs=min(strips, 2),
                    outputs=min(strips, 2),
                    cores=config.cores,
                    cycles=(inputs + outputs) / config.bus_bytes
                    + transfer
                    + strips * (rounds * (gather + tiles * step) + STEP_CYCLES),
                )

    def functions(self, layer: ConvLayer) -> Mapping[str, tuple[str, str]]:
        steps = ("gather", "channels")
        return {step: (f"conv_{step}", layer.kernel.symbol(layer.arithmetic, step)) for step in steps}

    def members(self, layer: ConvLayer, plan: Plan) -> dict[str, int | str]:
        return super().members(layer, plan) | {
            "strip_rows": plan.strip,
            "tile_k": plan.tiles[0].channels,
            "tile_bytes": plan.tiles[0].bytes,
            "record_bytes": sizes_of(plan).record,
            "im2col": plan.symbol("private"),
            "im2col_bytes": plan.private,
        }
