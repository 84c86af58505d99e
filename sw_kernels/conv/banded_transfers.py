"""Transfers of the walk of banded convolutions (banded_rows.h, banded_walk.c)."""

from collections.abc import Iterator

from reference.reorder import band_rows
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, slot
from sw_kernels.cluster.weighted_walk import sizes_of
from sw_kernels.conv.layer import ConvLayer
from sw_kernels.packing.layout import LANES


def transfers(layer: ConvLayer, plan: Plan) -> Iterator[Transfer]:
    """Strips of rows of words, tiles of the weights, and outputs by both."""
    g, sizes = layer.geometry, sizes_of(plan)
    for number, tile in enumerate(plan.tiles):
        for buffer in range(plan.tile_buffers):
            yield Transfer(
                operand="weights",
                place=number * plan.tiles[0].bytes,
                size=tile.channels * (sizes.row + sizes.index + sizes.record),
                buffer="weights",
                at=slot(plan, "weights", buffer),
            )
    step = 0
    for strip in range(plan.strips):
        first = strip * plan.strip
        rows = min(plan.strip, g.band_rows - first)
        yield from _strip(layer, plan, strip, strip_rows(layer, first, rows))
        for tile in plan.tiles:
            yield Transfer(
                operand="output",
                place=LANES * (first * g.OX * g.K + tile.first),
                size=LANES * tile.channels,
                rows=rows * g.OX,
                pitch=LANES * g.K,
                buffer="output",
                at=slot(plan, "output", step),
            )
            step += 1


def strip_rows(layer: ConvLayer, first: int, rows: int) -> range:
    """Rows of a band that some of its output rows read, some of them above or below the band."""
    g = layer.geometry
    return range(first * g.SY - g.PY, (first + rows - 1) * g.SY + g.span_y - g.PY)


def _strip(layer: ConvLayer, plan: Plan, strip: int, rows: range) -> Iterator[Transfer]:
    """Its own rows, and those of neighbours that it does not have itself."""
    g, step = layer.geometry, band_rows(layer.geometry.IY)
    row_bytes, pitch = LANES * g.IX * g.C, LANES * g.band.IX * g.C
    own = range(max(rows.start, 0), min(rows.stop, step))
    first = rows.start
    while first < rows.stop:
        start = first // step * step
        end = min(start + step, rows.stop)
        if start == 0 or not (first - start >= own.start and end - start <= own.stop):
            yield Transfer(
                operand="input",
                place=(first - start) * row_bytes,
                size=row_bytes,
                rows=end - first,
                pitch=row_bytes,
                buffer="input",
                at=slot(plan, "input", strip),
                inside=(first - rows.start) * pitch + LANES * g.PX * g.C,
                inner_pitch=pitch,
            )
        first = end
