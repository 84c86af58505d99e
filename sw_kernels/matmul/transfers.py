"""Transfers of the walk of a product of activations (walk.c)."""

from collections.abc import Iterator
from itertools import product

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer, slot
from sw_kernels.matmul.layer import MatmulLayer


def transfers(layer: MatmulLayer, plan: Plan, pitch: int) -> Iterator[Transfer]:
    """Head by head, tiles of b, and for each of them strips of a and of the output.

    ``pitch`` are the bytes from a row of b to the next in L1.
    """
    g, scalars = layer.geometry, layer.scalars
    columns, tiles = plan.tiles[0].channels, len(plan.tiles) // g.H
    for number, (head, tile) in enumerate(product(range(g.H), range(tiles))):
        first = tile * columns
        count = min(columns, g.N - first)
        yield Transfer(
            operand="second",
            place=g.OB + head * g.HB + first * (1 if g.KN else g.PB),
            size=count if g.KN else g.K,
            rows=g.K if g.KN else count,
            pitch=g.PB,
            buffer="weights",
            at=slot(plan, "weights", number),
            inner_pitch=pitch,
        )
        for strip in range(plan.strips):
            row, step = strip * plan.strip, number * plan.strips + strip
            rows = min(plan.strip, g.T - row)
            yield Transfer(
                operand="input",
                place=g.OA + head * g.HA + row * g.PA,
                size=g.K,
                rows=rows,
                pitch=g.PA,
                buffer="input",
                at=slot(plan, "input", step),
                inner_pitch=layer.a_pitch,
            )
            yield Transfer(
                operand="output",
                place=head * scalars["out_head"] + row * scalars["out_pitch"] + first,
                size=count,
                rows=rows,
                pitch=scalars["out_pitch"],
                buffer="output",
                at=slot(plan, "output", step),
            )
