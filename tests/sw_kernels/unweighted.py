"""Layers of the operators without weights: what takes every branch of their kernels and walks."""

from collections.abc import Iterator
from dataclasses import replace

from sw_kernels.add.kernels import ADD
from sw_kernels.add.layer import AddLayer
from sw_kernels.layer import Layer
from sw_kernels.operator import Operator
from sw_kernels.registry import KERNELS

#: Small geometries: no whole word, whole words alone, both.
SMALL: dict[Operator, tuple[str, ...]] = {ADD: ("N=1", "N=3", "N=64", "N=107")}
#: Geometries that a cluster cuts into several strips, the last one smaller, and such that leave cores idle.
LARGE: dict[Operator, tuple[str, ...]] = {ADD: ("N=50001", "N=5", "N=300")}
#: Output ranges that need each way of clipping.
RANGES = ((-128, 127), (0, 127), (-7, 99))


def variants(layer: Layer) -> Iterator[Layer]:
    """The layer as it is compiled in every way."""
    if isinstance(layer, AddLayer):
        for lo, hi in RANGES:
            yield replace(layer, addition=replace(layer.addition, lo=lo, hi=hi))
    else:
        yield layer


def layers(geometries: dict[Operator, tuple[str, ...]], seed: int) -> list[Layer]:
    """Every kernel on its operator's geometries, in every variant."""
    return [
        variant
        for kernel in KERNELS
        for text in geometries.get(kernel.operator, ())
        for variant in variants(kernel.random_layer(kernel.operator.geometry.parse(text), seed))
    ]
