"""Convolutions on a cluster: strips of output rows, tiles of channels, pairs of pixels (conv_plan.h)."""

from collections.abc import Iterator, Mapping
from itertools import product

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, Weights, round_up, strip_sizes, tile_sizes, tiles_of
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.cluster.weighted_walk import WeightedWalk, sizes_of
from sw_kernels.conv.cycles import predicted
from sw_kernels.conv.grouped import grouped_plans
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.conv.transfers import transfers

#: Cycles of a step, of a channel beside its inner loop, and of a byte of a patch, as they rank cuts.
STEP_CYCLES, CHANNEL_CYCLES, PATCH_CYCLES = 150, 40, 1.5


class ConvWalk(WeightedWalk[ConvLayer]):
    """The walks of ``cluster_conv``: the cores of a round take one pair of pixels each."""

    def plans(self, layer: ConvLayer, config: ClusterConfig) -> Iterator[Plan]:
        if layer.geometry.G > 1:
            yield from grouped_plans(layer, config)
            return
        for rows in strip_sizes(layer.geometry.OY):
            for tile in tile_sizes(layer.geometry.K, 4):
                yield _plan(layer, config, rows, tile)

    def fallbacks(self, layer: ConvLayer, config: ClusterConfig) -> Iterator[Iterator[Plan]]:
        """Outputs leave tile by tile, from fewer and fewer cores."""
        channels = layer.geometry.K
        if layer.geometry.G > 1:
            return
        sizes = [*tile_sizes(channels, 4), *range(min(3, channels - 1), 0, -1)]
        for cores in range(config.cores, 0, -1):
            choices = product(strip_sizes(layer.geometry.OY), sizes, (2, 1), (2, 1))
            yield (
                _plan(layer, config, rows, tile, cores=cores, by_tile=True, inputs=inputs, most_tiles=most)
                for rows, tile, inputs, most in choices
            )

    def cycles(self, layer: ConvLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        return plan.cycles if layer.geometry.G > 1 else predicted(layer, plan, config, supply)

    def transfers(self, layer: ConvLayer, plan: Plan) -> Iterator[Transfer]:
        return transfers(layer, plan)

    def name(self, layer: ConvLayer, plan: Plan) -> str:
        way = "_grouped" if layer.geometry.G > 1 else "_by_tile" if plan.by_tile else ""
        return super().name(layer, plan) + way

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


def _plan(
    layer: ConvLayer,
    config: ClusterConfig,
    rows: int,
    tile: int,
    *,
    cores: int | None = None,
    by_tile: bool = False,
    inputs: int = 2,
    most_tiles: int = 2,
) -> Plan:
    """A cut into strips of rows and tiles of channels; ``inputs`` and ``most_tiles`` are most buffers."""
    geometry, weights = layer.geometry, Weights.of(layer)
    cores = cores or config.cores
    # Neighbours start two banks apart, so that cores in step read their patches from different banks.
    patches = round_up(layer.kernel.buffers * layer.patch, 4 * config.banks) + 8
    strips = -(-geometry.OY // rows)
    arriving = min(geometry.IY, (rows - 1) * geometry.SY + geometry.span_y) * geometry.IX * geometry.C
    leaving = rows * geometry.OX * geometry.K
    size = weights.tile(tile)
    tiles, transfer = -(-geometry.K // tile), size / config.bus_bytes
    work = tile * (weights.row * layer.kernel.cycles_per_weight + CHANNEL_CYCLES)
    if tiles == 1:
        step = work + by_tile * STEP_CYCLES
    else:
        step = (max(transfer, work) if most_tiles > 1 else transfer + work) + STEP_CYCLES
    a_round = PATCH_CYCLES * layer.patch + tiles * step
    rounds = -(-rows * geometry.OX // (2 * cores))
    one_input = (strips - 1) * arriving / config.bus_bytes if inputs == 1 else 0
    return Plan(
        strip=rows,
        strips=strips,
        tiles=tiles_of(geometry.K, tile, size),
        weights=weights,
        by_tile=by_tile,
        input=round_up(arriving + layer.overread, 16),
        output=round_up(2 * cores * tile if by_tile else leaving, 16),
        private=patches,
        inputs=min(strips, inputs),
        outputs=2 if by_tile else min(strips, 2),
        most_tiles=most_tiles,
        cores=cores,
        cycles=(arriving + leaving) / config.bus_bytes
        + transfer
        + strips * (rounds * a_round + STEP_CYCLES)
        + one_input,
    )
