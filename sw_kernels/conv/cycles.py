"""Cycles of a convolution on a cluster, counted as its walks go: strips, rounds, tiles."""

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.weighted_walk import sizes_of
from sw_kernels.conv.layer import ConvLayer

#: Cycles of a tile, a round and a strip: barriers, transfers' set-up, entering and leaving the kernel.
TILE_CYCLES, ROUND_CYCLES, STRIP_CYCLES = 160, 360, 375
#: Cycles of im2col: for a row of the filter, for bytes beside whole words, for a word, for an unaligned one.
ROW_CYCLES, REST_CYCLES, WORD_CYCLES, UNALIGNED_CYCLES = 60, 40, 2, 3
#: Cycles to interleave a byte of the patches of two pixels, which the software kernels do.
INTERLEAVE_CYCLES = 1.9


def predicted(layer: ConvLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
    """Cycles of a cut: of the core with the most pixels, and of transfers that are longer than its work."""
    g, tiles = layer.geometry, plan.tiles
    transfer = supply.cycles("weights", tiles[0].bytes)
    per_channel = channel_cycles(layer, plan, config)
    work = [tile.channels * per_channel for tile in tiles]
    if len(tiles) == 1:
        steps = work[0] + plan.by_tile * TILE_CYCLES
    elif plan.most_tiles > 1:
        steps = sum(max(transfer, cycles) + TILE_CYCLES * (1 + plan.by_tile) for cycles in work)
    else:
        steps = sum(transfer + cycles + 3 * TILE_CYCLES for cycles in work)
    a_round = gather_cycles(layer) + ROUND_CYCLES + steps
    pitch = g.IX * g.C
    arriving = supply.cycles("input", min(g.IY, (plan.strip - 1) * g.SY + g.span_y) * pitch)
    total = arriving + transfer
    for first in range(0, g.OY, plan.strip):
        pixels = min(plan.strip, g.OY - first) * g.OX
        rounds = -(-pixels // (2 * plan.cores))
        leaving = supply.cycles("output", pixels * g.K)
        moved = arriving + leaving + (rounds * len(tiles) * transfer if len(tiles) > 1 else 0)
        total += max(rounds * a_round, moved) + STRIP_CYCLES
        if first + plan.strip >= g.OY:
            total += leaving / (rounds * len(tiles)) if plan.by_tile else leaving
        elif plan.inputs == 1:
            total += arriving
    return total


def channel_cycles(layer: ConvLayer, plan: Plan, config: ClusterConfig) -> float:
    """Cycles of a channel of two pixels."""
    kernel = layer.kernel
    inner = sizes_of(plan).row * kernel.weight_cycles(plan.cores, config.banks)
    return inner + 2 * kernel.cycles_per_output


def gather_cycles(layer: ConvLayer) -> float:
    """Cycles that a core takes to gather the patches of two pixels."""
    g = layer.geometry
    interleaved = INTERLEAVE_CYCLES * layer.patch if layer.kernel.buffers > 2 else 0
    if layer.is_direct:
        return interleaved
    runs, width = (1, g.FX * g.C) if g.DX == 1 else (g.FX, g.C)
    word = WORD_CYCLES if g.C % 4 == 0 else UNALIGNED_CYCLES
    run = ROW_CYCLES + width // 4 * word + (REST_CYCLES if width % 4 else 0)
    return 2 * g.FY * runs * run + interleaved
