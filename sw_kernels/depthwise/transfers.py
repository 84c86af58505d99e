"""Transfers of a depthwise convolution's walk (walk.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, input_rows, slot
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
            rows = min(plan.strip, g.OY - first)
            reads = input_rows(first, rows, stride=g.SY, padding=g.PY, span=g.span_y, height=g.IY)
            sides = {"input": (reads.start * g.IX, len(reads) * g.IX), "output": (first * g.OX, rows * g.OX)}
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
