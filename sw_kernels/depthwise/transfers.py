"""Transfers of a depthwise convolution's walk (walk.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, slot, strip_transfers
from sw_kernels.cluster.weighted_walk import sizes_of
from sw_kernels.depthwise.layer import DepthwiseLayer


def transfers(layer: DepthwiseLayer, plan: Plan) -> Iterator[Transfer]:
    """Weights of each tile, and its pixels strip after strip."""
    g, sizes = layer.geometry, sizes_of(plan)
    place = step = 0
    for number, tile in enumerate(plan.tiles):
        size, at = tile.channels * (sizes.row + sizes.record), slot(plan, "weights", number)
        yield Transfer(operand="weights", place=place, size=size, buffer="weights", at=at)
        place += tile.bytes
        for first in range(0, g.OY, plan.strip):
            yield from strip_transfers(plan, g, first, tile, step)
            step += 1
