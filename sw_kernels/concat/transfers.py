"""Transfers of a concatenation's walk (walk.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.concat.layer import ConcatLayer


def transfers(layer: ConcatLayer, plan: Plan) -> Iterator[Transfer]:
    """Strip after strip, the rows of each array beside those of the one before, then the whole rows."""
    g = layer.geometry
    width = sum(g.lengths)
    for first in range(0, g.T, plan.strip):
        rows, inside = min(plan.strip, g.T - first), 0
        for name, size in zip(layer.activations, g.lengths, strict=True):
            yield Transfer(
                operand=name,
                place=first * size,
                size=size,
                rows=rows,
                pitch=size,
                buffer="output",
                inside=inside,
                inner_pitch=width,
            )
            inside += size
        yield Transfer(operand="output", place=first * width, size=rows * width, buffer="output")
