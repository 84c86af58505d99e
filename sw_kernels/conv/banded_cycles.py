"""Cycles of a banded convolution on a cluster, counted as its walk goes: strips, tiles, shares of cores."""

from collections import Counter
from functools import lru_cache

from hw.cluster.config import ClusterConfig
from reference.reorder import band_rows
from reference.requantization import Tier
from sw_kernels.cluster.supply import LAYER_CYCLES, Supply
from sw_kernels.cluster.weighted_walk import sizes_of
from sw_kernels.conv.banded_plan import BandedPlan
from sw_kernels.conv.banded_transfers import strip_rows
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.packing.layout import LANES

#: Cycles of a step, of a strip beside its steps, and of a pixel beside its channels.
STEP_CYCLES, STRIP_CYCLES, PIXEL_CYCLES = 550, 150, 90
#: Cycles of a row that is made of a neighbour's, and of a word of it.
ROW_CYCLES, WORD_CYCLES = 90, 3
#: Cycles of a run of a channel where the kernel has a loop for any number of them.
RUN_CYCLES = 6
#: Cycles of a barrier, at which cores in step meet before each channel.
MEETING_CYCLES = 5
#: Cycles of a channel of a depthwise layer that cores lose where all words of a channel lie in one bank:
#: cores that have met there go to the next one together.
CONVOY_CYCLES = 12
#: Cycles of an output with the exact requantization, beside those of xdecq.
EXACT_CYCLES = 16


def predicted(layer: ConvLayer, plan: BandedPlan, config: ClusterConfig, supply: Supply) -> float:
    """Cycles of a cut: of the busiest core, and of transfers that are longer than its work."""
    g, tiles = layer.geometry, plan.tiles
    counts = Counter(tile.channels for tile in tiles)
    weights = supply.cycles("weights", tiles[0].bytes)
    per_channel, part = channel_cycles(layer, plan, config), plan.part
    total, leaving = LAYER_CYCLES + weights, 0.0
    for strip in range(plan.strips):
        first = strip * plan.strip
        rows = min(plan.strip, g.band_rows - first)
        reads = strip_rows(layer, first, rows)
        arriving = supply.cycles("input", LANES * len(reads) * g.IX * g.C)
        calls = _calls(rows * g.OX, g.OX, plan.share, layer.kernel.positions // LANES)
        work, moved = 0.0, 0.0
        loading = weights if len(tiles) > 1 else 0
        for channels, count in counts.items():
            own = min(part, channels)
            own = calls * (own * per_channel + PIXEL_CYCLES * (_groups(layer, own) + (plan.turn > 0)))
            leaving = supply.cycles("output", LANES * rows * g.OX * channels)
            if plan.most_tiles == 1 and len(tiles) > 1:
                work += count * (loading + max(own, leaving) + 2 * STEP_CYCLES)
            else:
                work += count * (max(own, leaving + loading) + STEP_CYCLES)
            moved += count * (leaving + loading)
        if strip == 0 or plan.inputs == 1:
            total += arriving
        completing = _completed(layer, reads, plan.cores)
        ahead = arriving if plan.strips > 1 and plan.inputs > 1 else 0
        total += completing + STRIP_CYCLES + max(work, moved + ahead)
    return total + leaving


def _groups(layer: ConvLayer, channels: int) -> int:
    """Groups that these channels belong to at most, which a kernel computes one by one."""
    g = layer.geometry
    return 1 if layer.kernel.depthwise else -(-channels * g.G // g.K)


def channel_cycles(layer: ConvLayer, plan: BandedPlan, config: ClusterConfig) -> float:
    """Cycles of a channel of a pixel, at all positions of the kernel.

    Cores meet in a bank only while they read weights and activations. The fewer of them a channel has, the
    fewer conflicts has each.
    """
    kernel, runs = layer.kernel, layer.runs
    # Cores that compute different channels are not in step with each other.
    meeting = 1 if plan.in_step and plan.parts == 1 else plan.cores
    alone, together = (
        sizes_of(plan).row * kernel.weight_cycles(cores, config.banks) for cores in (1, meeting)
    )
    loops = runs if runs in (1, 3) else RUN_CYCLES * runs
    exact = 0 if layer.tier is Tier.SHORT else EXACT_CYCLES * kernel.positions
    other = loops + kernel.cycles_per_output * kernel.positions / LANES + exact
    if plan.in_step:
        other += MEETING_CYCLES
    elif kernel.depthwise and layer.geometry.C % config.banks == 0:
        other += CONVOY_CYCLES
    return alone + (together - alone) * alone / (alone + other) + other


def _completed(layer: ConvLayer, reads: range, cores: int) -> float:
    """Cycles to complete the rows of a strip."""
    g, step = layer.geometry, band_rows(layer.geometry.IY)
    short = LANES * step - g.IY  # rows that the last bands lack
    rows = sum(row < 0 or row >= step - short for row in reads)
    return rows * (ROW_CYCLES + -(-g.IX * g.C // cores) * WORD_CYCLES)


@lru_cache(maxsize=4096)
def _calls(pixels: int, columns: int, chunk: int, at_once: int) -> int:
    """Times that the busiest core computes pixels, of which ``at_once`` in a row are one."""
    most = 0
    for first in range(0, pixels, chunk):
        last = min(first + chunk, pixels)
        count, pixel = 0, first
        while pixel < last:
            end = min(last, (pixel // columns + 1) * columns)
            count += -(-(end - pixel) // at_once)
            pixel = end
        most = max(most, count)
    return most
