"""Cycles of a depthwise convolution on a cluster, counted as its walk goes: steps, and units in them."""

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.supply import Supply
from sw_kernels.depthwise.layer import DepthwiseLayer

#: Cycles of a barrier, of the transfers' set-up, and of entering and leaving the kernel.
STEP_CYCLES = 400
#: Cycles of a unit and of a channel in it, and of a column's transposition.
UNIT_CYCLES, CHANNEL_CYCLES, TRANSPOSE_CYCLES = 300, 30, 18
#: Cycles in the three loops of dense.c: of a column of two rows, of an output, of two outputs and of a word.
SLIDE_CYCLES, STRIDE_CYCLES, PAIR_CYCLES, WORD_CYCLES = 25, 15, 55, 4
#: Cycles that a row of a two-dimensional transfer takes beside its bytes.
ROW_CYCLES = 1


def predicted(layer: DepthwiseLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
    """Cycles of a cut: of the core with the most units, and of transfers that are longer than its work."""
    g = layer.geometry
    group = min(g.group, plan.strip)
    unit = unit_cycles(layer, group, layer.kernel.slowdown(plan.cores, config.banks))
    apart = ROW_CYCLES if len(plan.tiles) > 1 else 0
    total = 0.0
    for tile in plan.tiles:
        for first in range(0, g.OY, plan.strip):
            rows = min(plan.strip, g.OY - first)
            sources = min(g.IY, (rows - 1) * g.SY + g.span_y) * g.IX
            arriving = supply.cycles("input", sources * tile.channels) + sources * apart
            leaving = supply.cycles("output", rows * g.OX * tile.channels) + rows * g.OX * apart
            if first == 0:
                arriving += supply.cycles("weights", tile.bytes)
            units = -(-rows // group) * -(-tile.channels // 4)
            total += max(-(-units // plan.cores) * unit, arriving + leaving) + STEP_CYCLES
            if first == tile.first == 0:
                total += arriving
    return total + leaving


def unit_cycles(layer: DepthwiseLayer, group: int, slowdown: float) -> float:
    """Cycles of a unit of a number of output rows and four channels."""
    g = layer.geometry
    if group == 2:
        channel = g.OX * SLIDE_CYCLES
    elif g.FX == 3 and g.words == 1 and g.DX == 1:
        channel = g.OX * STRIDE_CYCLES
    else:
        channel = -(-g.OX // 2) * (PAIR_CYCLES + g.FX * g.words * WORD_CYCLES)
    loops = g.columns * g.words * TRANSPOSE_CYCLES + 4 * channel
    return UNIT_CYCLES + 4 * CHANNEL_CYCLES + loops * slowdown
