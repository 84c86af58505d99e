"""Cycles of a pooling on a cluster, counted as its walk goes: steps, windows, groups of four channels."""

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.supply import LAYER_CYCLES, Supply
from sw_kernels.pool.layer import PoolLayer

#: Cycles of a barrier, of the transfers' set-up, and of entering and leaving the kernel.
STEP_CYCLES = 350
#: Cycles of a window; of a group in it, of requantizing its mean, and of a row of the window.
WINDOW_CYCLES, GROUP_CYCLES, MEAN_CYCLES, WINDOW_ROW_CYCLES = 80, 27, 60, 9
#: Cycles of the DMA between rows of a two-dimensional transfer.
ROW_CYCLES = 1


def predicted(layer: PoolLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
    """Cycles of a cut: of the core with the most groups, and of transfers that are longer than its work."""
    g, kernel = layer.geometry, layer.kernel
    rows, columns = (1, g.FX * g.FY) if g.FX == g.IX else (g.FY, g.FX)
    group = GROUP_CYCLES + rows * (WINDOW_ROW_CYCLES + 4 * columns * kernel.cycles_per_output)
    group = group * kernel.slowdown(plan.cores, config.banks) + (MEAN_CYCLES if layer.averaging else 0)
    apart = ROW_CYCLES if len(plan.tiles) > 1 else 0
    total: float = LAYER_CYCLES
    for first in range(0, g.OY, plan.strip):
        rows = min(plan.strip, g.OY - first)
        sources, results = min(g.IY, (rows - 1) * g.SY + g.FY) * g.IX, rows * g.OX
        for tile in plan.tiles:
            arriving = supply.cycles("input", sources * tile.channels) + sources * apart
            leaving = supply.cycles("output", results * tile.channels) + results * apart
            groups = -(-tile.channels // 4)
            share = -(-results * groups // plan.cores)
            work = share * group + -(-share // groups) * WINDOW_CYCLES
            total += max(work, arriving + leaving) + STEP_CYCLES
            if first == tile.first == 0:
                total += arriving
    return total + leaving
