"""Layers of the operators without weights: what takes every branch of their kernels and walks."""

from collections.abc import Iterator
from dataclasses import replace

from reference.requantization import Requantization
from sw_kernels.add.kernels import ADD
from sw_kernels.add.layer import AddLayer
from sw_kernels.layer import Layer
from sw_kernels.mul.kernels import MUL
from sw_kernels.mul.layer import MulLayer
from sw_kernels.operator import Operator
from sw_kernels.pool.kernels import POOL
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.registry import KERNELS
from sw_kernels.softmax.kernels import SOFTMAX
from sw_kernels.table.kernels import TABLE

#: Small geometries: no whole word, whole words alone, both.
SMALL: dict[Operator, tuple[str, ...]] = {
    ADD: ("N=1", "N=3", "N=64", "N=107"),
    MUL: ("N=2", "N=64", "N=107"),
    POOL: (
        "C=8,I=4,F=2,S=2",
        "C=7,IX=6,IY=5,F=3,SX=2,PX=1,PR=2,PB=1",
        "C=1,I=1,F=1",
        "C=5,IX=3,IY=7,FX=3,FY=7",
        "C=10,IX=9,IY=6,FX=5,FY=4,SX=3,SY=2,PX=4,PY=3,PR=1,PB=2",
    ),
    SOFTMAX: ("C=1", "C=3,T=3", "C=4,T=2", "C=10,T=5", "C=197,T=2", "C=1500,T=2"),
    TABLE: ("N=2", "N=4", "N=107"),
}
#: Geometries that a cluster cuts into several strips, the last one smaller, and such that leave cores idle.
LARGE: dict[Operator, tuple[str, ...]] = {
    ADD: ("N=50001", "N=5", "N=300"),
    MUL: ("N=60007", "N=6"),
    POOL: (
        "C=33,IX=40,IY=50,F=3,S=2,P=1",  # strips
        "C=70,IX=60,IY=50,FX=60,FY=50",  # one pixel: tiles of channels
        "C=7,IX=6,IY=5,F=3,SX=2,PX=1,PR=2,PB=1",
        "C=3,I=2,F=2",
    ),
    SOFTMAX: ("C=197,T=301", "C=10", "C=16,T=20"),
    TABLE: ("N=100003", "N=5", "N=300"),
}
#: Output ranges that need each way of clipping.
RANGES = ((-128, 127), (0, 127), (-7, 99))


def variants(layer: Layer) -> Iterator[Layer]:
    """The layer as it is compiled in every way."""
    if isinstance(layer, AddLayer):
        for lo, hi in RANGES:
            yield replace(layer, addition=replace(layer.addition, lo=lo, hi=hi))
    elif isinstance(layer, MulLayer):
        given = layer.multiplication.requantization
        for lo, hi in RANGES:
            requantization = replace(given, lo=lo, hi=hi)
            yield replace(layer, multiplication=replace(layer.multiplication, requantization=requantization))
    elif isinstance(layer, PoolLayer) and layer.averaging:
        for lo, hi in RANGES:
            averaging, given = layer.averaging, layer.averaging.requantization
            for coarse in (0, 10):  # fewer bits of shift need 64-bit arithmetic
                requantization = Requantization(
                    given.mul >> coarse, given.add >> coarse, given.shift - coarse, lo, hi
                )
                yield replace(layer, averaging=replace(averaging, requantization=requantization))
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
