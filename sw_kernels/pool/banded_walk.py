"""Poolings of whole banded images on a cluster: tiles of channels (banded_walk.c)."""

from collections.abc import Iterator
from dataclasses import replace

from hw.cluster.config import ClusterConfig
from reference.reorder import BANDS, band_rows
from sw_kernels.cluster.cut import Plan, round_up, tile_sizes, tiles_of
from sw_kernels.cluster.supply import LAYER_CYCLES, Supply
from sw_kernels.cluster.transfer import Transfer, slot
from sw_kernels.packing.activations import BANDED
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.pool.walk import PoolWalk

#: Cycles of a barrier, of the transfers' set-up, and of entering and leaving the kernel.
STEP_CYCLES = 280
#: Cycles of a channel beside its words, and of requantizing its mean.
CHANNEL_CYCLES, MEAN_CYCLES = 26, 10
#: Cycles of the DMA between the words of two positions.
ROW_CYCLES = 0.5


class BandedPoolWalk(PoolWalk):
    """The walk of ``cluster_pool_banded``."""

    form = "banded_"
    activations = BANDED

    def plans(self, layer: PoolLayer, config: ClusterConfig) -> Iterator[Plan]:
        for channels in tile_sizes(layer.geometry.C, 4):
            tiles = tiles_of(layer.geometry.C, channels, 0)
            buffers = min(len(tiles), 2)
            plan = Plan(
                strip=1,
                strips=1,
                tiles=tiles,
                input=round_up(BANDS * positions_of(layer) * channels, 16),
                output=round_up(channels, 16),
                constants=len(layer.constants["requantization"]),
                inputs=buffers,
                outputs=buffers,
                cores=config.cores,
                cycles=0.0,
            )
            yield replace(plan, cycles=self.cycles(layer, plan, config, Supply(config=config)))

    def cycles(self, layer: PoolLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        kernel, words = layer.kernel, positions_of(layer)
        channel = CHANNEL_CYCLES + (MEAN_CYCLES if layer.averaging else 0)
        channel += BANDS * words * kernel.cycles_per_output * kernel.slowdown(plan.cores, config.banks)
        total: float = LAYER_CYCLES
        for tile in plan.tiles:
            arriving = supply.cycles("input", BANDS * words * tile.channels) + words * ROW_CYCLES
            leaving = supply.cycles("output", tile.channels)
            work = -(-tile.channels // plan.cores) * channel
            total += arriving if tile.first == 0 else 0
            total += max(work, arriving + leaving if len(plan.tiles) > 1 else 0) + STEP_CYCLES
        return total + leaving

    def transfers(self, layer: PoolLayer, plan: Plan) -> Iterator[Transfer]:
        yield Transfer(operand="requantization", place=0, size=plan.constants, buffer="constants")
        for step, tile in enumerate(plan.tiles):
            yield Transfer(
                operand="input",
                place=BANDS * tile.first,
                size=BANDS * tile.channels,
                rows=positions_of(layer),
                pitch=BANDS * layer.geometry.C,
                buffer="input",
                at=slot(plan, "input", step),
            )
            yield Transfer(
                operand="output",
                place=tile.first,
                size=tile.channels,
                buffer="output",
                at=slot(plan, "output", step),
            )


def positions_of(layer: PoolLayer) -> int:
    """Words of a channel."""
    return band_rows(layer.geometry.IY) * layer.geometry.IX
