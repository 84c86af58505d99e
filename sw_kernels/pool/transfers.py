"""Transfers of a pooling's walk (walk.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, strip_transfers
from sw_kernels.pool.layer import PoolLayer


def transfers(layer: PoolLayer, plan: Plan) -> Iterator[Transfer]:
    """The requantization, then strip after strip the pixels of each tile."""
    g, step = layer.geometry, 0
    yield Transfer(operand="requantization", place=0, size=plan.constants, buffer="constants")
    for first in range(0, g.OY, plan.strip):
        for tile in plan.tiles:
            yield from strip_transfers(plan, g, first, tile, step)
            step += 1
