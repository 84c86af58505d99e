"""Transfers of a convolution's walks (walk_strips.h, walk_by_tile.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, input_rows, slot
from sw_kernels.cluster.weighted_walk import sizes_of
from sw_kernels.conv.layer import ConvLayer


def transfers(layer: ConvLayer, plan: Plan) -> Iterator[Transfer]:
    """Strips of the input, tiles of the weights, and outputs by strips or by tiles."""
    g, sizes = layer.geometry, sizes_of(plan)
    place = step = 0
    for tile in plan.tiles:
        size = tile.channels * (sizes.row + sizes.index + sizes.record)
        for number in range(plan.tile_buffers):
            at = slot(plan, "weights", number)
            yield Transfer(operand="weights", place=place, size=size, buffer="weights", at=at)
        place += tile.bytes
    pitch = g.IX * g.C
    for strip, first in enumerate(range(0, g.OY, plan.strip)):
        rows = min(plan.strip, g.OY - first)
        reads = input_rows(first, rows, stride=g.SY, padding=g.PY, span=g.span_y, height=g.IY)
        at = slot(plan, "input", strip)
        yield Transfer(
            operand="input", place=reads.start * pitch, size=len(reads) * pitch, buffer="input", at=at
        )
        pixels = range(first * g.OX, (first + rows) * g.OX)
        if not plan.by_tile:
            size, at = len(pixels) * g.K, slot(plan, "output", strip)
            yield Transfer(operand="output", place=pixels.start * g.K, size=size, buffer="output", at=at)
            continue
        for pixel in pixels[:: 2 * plan.cores]:
            for tile in plan.tiles:
                yield Transfer(
                    operand="output",
                    place=pixel * g.K + tile.first,
                    size=tile.channels,
                    rows=min(2 * plan.cores, pixels.stop - pixel),
                    pitch=g.K,
                    buffer="output",
                    at=slot(plan, "output", step),
                )
                step += 1
