"""Transfers of a convolution's walks (walk_strips.h, walk_by_tile.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, input_rows, slot
from sw_kernels.cluster.weighted_walk import sizes_of
from sw_kernels.conv.layer import ConvLayer


def transfers(layer: ConvLayer, plan: Plan) -> Iterator[Transfer]:
    """Strips of the input, tiles of the weights, and outputs by strips or by tiles."""
    g, sizes = layer.geometry, sizes_of(plan)
    step = 0
    for tile, channels in enumerate(_tiles(layer, plan)):
        for number in range(plan.tile_buffers):
            yield Transfer(
                operand="weights",
                place=tile * plan.tiles[0].bytes,
                size=len(channels) * (sizes.row + sizes.index + sizes.record),
                buffer="weights",
                at=slot(plan, "weights", number),
            )
    pitch = g.IX * g.C
    for strip in range(plan.strips):
        first = strip * plan.strip
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


def _tiles(layer: ConvLayer, plan: Plan) -> Iterator[range]:
    """Channels of each tile as the walks count them; ``AssertionError`` unless they are those of the plan."""
    g, size = layer.geometry, plan.tiles[0].channels
    group = g.K // g.G
    parts = -(-group // size)
    covered = 0
    for number, tile in enumerate(plan.tiles):
        if g.G > 1 and size < group:  # parts of a group
            first, end = number // parts * group + number % parts * size, (number // parts + 1) * group
        else:
            first, end = number * size, g.K
        channels = range(first, min(first + size, end))
        assert channels == range(tile.first, tile.first + tile.channels), (
            f"the walk computes {channels}, not {tile}"
        )
        assert first == covered, f"{tile} does not follow channel {covered}"
        whole = g.G == 1 or size <= group or size % group == 0
        assert whole, f"{tile} has parts of several groups of {group} channels"
        covered = channels.stop
        yield channels
    assert covered == g.K, f"the tiles have {covered} of {g.K} channels"
