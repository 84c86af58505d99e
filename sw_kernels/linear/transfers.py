"""Transfers of a fully-connected layer's walk (walk.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, slot
from sw_kernels.linear.layer import LinearLayer


def transfers(layer: LinearLayer, plan: Plan) -> Iterator[Transfer]:
    """Strips of tokens, tiles of the weights, and outputs of both."""
    g, place, step = layer.seen, 0, 0
    width = layer.kernel.activations.width
    for tile in plan.tiles:
        for number in range(plan.tile_buffers):
            at = slot(plan, "weights", number)
            yield Transfer(operand="weights", place=place, size=tile.bytes, buffer="weights", at=at)
        place += tile.bytes
    for strip, first in enumerate(range(0, g.T, plan.strip)):
        tokens = min(plan.strip, g.T - first)
        at = slot(plan, "input", strip)
        yield Transfer(
            operand="input", place=first * g.C * width, size=tokens * g.C * width, buffer="input", at=at
        )
        for tile in plan.tiles:
            yield Transfer(
                operand="output",
                place=(first * g.K + tile.first) * width,
                size=tile.channels * width,
                rows=tokens,
                pitch=g.K * width,
                buffer="output",
                at=slot(plan, "output", step),
            )
            step += 1
