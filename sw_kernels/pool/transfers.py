"""Transfers of a pooling's walk (walk.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, input_rows, slot
from sw_kernels.pool.layer import PoolLayer


def transfers(layer: PoolLayer, plan: Plan) -> Iterator[Transfer]:
    """The requantization, then strip after strip the pixels of each tile."""
    g, step = layer.geometry, 0
    yield Transfer(operand="requantization", place=0, size=plan.constants, buffer="constants")
    for first in range(0, g.OY, plan.strip):
        rows = min(plan.strip, g.OY - first)
        reads = input_rows(first, rows, stride=g.SY, padding=g.PY, span=g.FY, height=g.IY)
        sides = {"input": (reads.start * g.IX, len(reads) * g.IX), "output": (first * g.OX, rows * g.OX)}
        for tile in plan.tiles:
            for operand, (pixel, pixels) in sides.items():
                yield Transfer(
                    operand=operand,
                    place=pixel * g.C + tile.first,
                    size=tile.channels,
                    rows=pixels,
                    pitch=g.C,
                    buffer=operand,
                    at=slot(plan, operand, step),
                )
            step += 1
