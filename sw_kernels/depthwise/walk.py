"""Depthwise convolutions on a cluster: tiles of channels, strips of output rows (depthwise_plan.h)."""

from collections.abc import Iterator, Mapping

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, Weights, round_up, strip_sizes, tile_sizes, tiles_of
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.cluster.weighted_walk import WeightedWalk, sizes_of
from sw_kernels.depthwise.cycles import ROW_CYCLES, STEP_CYCLES, TRANSPOSE_CYCLES, predicted
from sw_kernels.depthwise.layer import DepthwiseLayer
from sw_kernels.depthwise.transfers import transfers

#: Cycles of a unit beside its columns, and of an output beside its dot products, as they rank cuts.
UNIT_CYCLES, OUTPUT_CYCLES = 300, 10


class DepthwiseWalk(WeightedWalk[DepthwiseLayer]):
    """The walk of ``cluster_depthwise``: the cores take the units of a step in turn."""

    def plans(self, layer: DepthwiseLayer, config: ClusterConfig) -> Iterator[Plan]:
        g, weights = layer.geometry, Weights.of(layer)
        # Neighbours start two banks apart, so that cores in step read their columns from different banks.
        private = round_up(layer.buffers["buffer"], 4 * config.banks) + 8
        sizes = {min(round_up(rows, g.group), g.OY) for rows in strip_sizes(g.OY)} | {1}
        unit = g.columns * g.words * TRANSPOSE_CYCLES + UNIT_CYCLES
        unit += 4 * g.group * g.OX * (g.FX * g.words + OUTPUT_CYCLES)
        for rows in sorted(sizes, reverse=True):
            strips = -(-g.OY // rows)
            for channels in tile_sizes(g.C, 4):
                tiles = -(-g.C // channels)
                pixels = min(g.IY, (rows - 1) * g.SY + g.span_y) * g.IX, rows * g.OX
                size = weights.tile(channels)
                transfer = sum(pixels) * (channels / config.bus_bytes + (ROW_CYCLES if tiles > 1 else 0))
                work = -(-g.units(rows, channels) // config.cores) * unit
                steps = strips * tiles
                yield Plan(
                    strip=rows,
                    strips=strips,
                    tiles=tiles_of(g.C, channels, size),
                    weights=weights,
                    input=round_up(pixels[0] * channels + layer.overread, 16),
                    output=round_up(pixels[1] * channels, 16),
                    private=private,
                    inputs=min(steps, 2),
                    outputs=min(steps, 2),
                    cores=config.cores,
                    cycles=transfer + steps * (max(work, transfer) + STEP_CYCLES),
                )

    def cycles(self, layer: DepthwiseLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        return predicted(layer, plan, config, supply)

    def transfers(self, layer: DepthwiseLayer, plan: Plan) -> Iterator[Transfer]:
        return transfers(layer, plan)

    def functions(self, layer: DepthwiseLayer) -> Mapping[str, tuple[str, str]]:
        return {"kernel": ("depthwise_kernel", layer.symbol)}

    def scalars(self, layer: DepthwiseLayer, plan: Plan) -> Mapping[str, int]:
        return {**super().scalars(layer, plan), "group": min(layer.geometry.group, plan.strip)}

    def members(self, layer: DepthwiseLayer, plan: Plan) -> dict[str, int | str]:
        members = super().members(layer, plan) | {
            "strip_rows": plan.strip,
            "tile_c": plan.tiles[0].channels,
            "tile_bytes": plan.tiles[0].bytes,
            "record_bytes": sizes_of(plan).record,
            "buffer": plan.symbol("private"),
            "buffer_bytes": plan.private,
        }
        del members["index_bytes"]
        return members
