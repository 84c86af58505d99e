"""Poolings on a cluster: strips of output rows, tiles of channels (pool_plan.h)."""

from collections.abc import Iterator, Mapping

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan, round_up, strip_sizes, tile_sizes, tiles_of
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.cluster.walk import ClusterWalk
from sw_kernels.pool.cycles import ROW_CYCLES, STEP_CYCLES, predicted
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.pool.transfers import transfers

#: Cycles of a group of four channels beside its window, as they rank cuts.
GROUP_CYCLES = 60


class PoolWalk(ClusterWalk[PoolLayer]):
    """The walk of ``cluster_pool``."""

    def plans(self, layer: PoolLayer, config: ClusterConfig) -> Iterator[Plan]:
        g = layer.geometry
        window = 4 * g.FX * g.FY * layer.kernel.cycles_per_output + GROUP_CYCLES
        for rows in strip_sizes(g.OY):
            strips = -(-g.OY // rows)
            sources, results = min(g.IY, (rows - 1) * g.SY + g.FY) * g.IX, rows * g.OX
            for channels in tile_sizes(g.C, 4):
                tiles = -(-g.C // channels)
                apart = tiles > 1
                arrival, departure = (
                    positions * (channels / config.bus_bytes + apart * ROW_CYCLES)
                    for positions in (sources, results)
                )
                work = -(-results * -(-channels // 4) // config.cores) * window
                steps = strips * tiles
                yield Plan(
                    strip=rows,
                    strips=strips,
                    tiles=tiles_of(g.C, channels, 0),
                    input=round_up(sources * channels + layer.overread, 16),
                    output=round_up(results * channels, 16),
                    constants=len(layer.constants["requantization"]),
                    inputs=min(steps, 2),
                    outputs=min(steps, 2),
                    cores=config.cores,
                    cycles=arrival + departure + steps * (max(work, arrival + departure) + STEP_CYCLES),
                )

    def cycles(self, layer: PoolLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        return predicted(layer, plan, config, supply)

    def transfers(self, layer: PoolLayer, plan: Plan) -> Iterator[Transfer]:
        return transfers(layer, plan)

    def functions(self, layer: PoolLayer) -> Mapping[str, tuple[str, str]]:
        return {"kernel": ("pool_kernel", layer.symbol)}

    def members(self, layer: PoolLayer, plan: Plan) -> dict[str, int | str]:
        return super().members(layer, plan) | {
            "oy": layer.geometry.OY,
            "strip_rows": plan.strip,
            "tiles": len(plan.tiles),
            "tile_c": plan.tiles[0].channels,
            "requantization_bytes": plan.constants,
            "requantization": f"(void *){plan.symbol('constants')}" if plan.constants else 0,
        }

    def operands(self, layer: PoolLayer, plan: Plan) -> Mapping[str, bytes]:
        return {**super().operands(layer, plan), **layer.constants}
