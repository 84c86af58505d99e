"""Transfers of a strided view's walk (walk.c)."""

from collections.abc import Iterator

from sw_kernels.cluster.transfer import Repeat, Transfer, slot
from sw_kernels.strided.geometry import AXES
from sw_kernels.strided.layer import StridedLayer
from sw_kernels.strided.plan import StridedPlan


def transfers(layer: StridedLayer, plan: StridedPlan) -> Iterator[Transfer]:
    """The elements of each tile, or all bytes among them, and its part of the output."""
    results = "output" if plan.output else "input"
    for step in range(plan.strips):
        number, counts = step, [1] * AXES
        source, target = layer.geometry.O, 0
        for axis in reversed(range(AXES)):
            along, size, first = layer.axes[axis], plan.tile[axis], 0
            if size < along.count:
                tiles = -(-along.count // size)
                first, number = number % tiles * size, number // tiles
            counts[axis] = min(size, along.count - first)
            source, target = source + first * along.source, target + first * along.target
        loads, stores = [], []
        size = 1
        for axis, (along, count) in enumerate(zip(layer.axes, counts, strict=True)):
            once = count if plan.sources[axis] else 1  # what repeats is loaded once
            if axis == plan.span:
                reach = (count - 1) * plan.sources[axis]
                size, once = abs(reach) + 1, 1
                source += min(reach, 0)
            loads.append(Repeat(once, along.source, plan.sources[axis]))
            stores.append(Repeat(count, along.target, plan.targets[axis]))
        yield Transfer(
            operand="input",
            place=source,
            size=size,
            buffer="input",
            at=slot(plan, "input", step),
            repeats=tuple(loads),
        )
        yield Transfer(
            operand="output",
            place=target,
            size=1,
            buffer=results,
            at=slot(plan, results, step),
            repeats=tuple(stores),
        )
