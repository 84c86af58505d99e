"""Marginal cycles of the kernels' inner loops: what a longer reduction costs, per iteration."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.layers import random_layer
from bench.measure import measure
from hw.config import CoreConfig
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.variants import Variant

#: Filters by pixels (Conv) or channels by tokens (FC) that one pass of the loop serves.
_TILES = {
    ("conv", "dense_4x2"): 4 * 2,
    ("conv", "dense_1x2"): 2,
    ("conv", "sparse_software"): 2,
    ("conv", "sparse_xdecimate"): 2,
    ("linear", "dense"): 2,
    ("linear", "sparse_software"): 1,
    ("linear", "sparse_xdecimate"): 2,
}
_CHANNELS = (8, 16)
_REDUCTIONS = (512, 1024)


@dataclass(frozen=True)
class InnerLoop:
    """Cycles of one iteration, which takes four non-zero weights of each filter it serves."""

    kernel: str
    variant: str
    m: int | None
    cycles_per_iteration: float
    macs_per_iteration: int
    matches_golden: bool


def _geometry(kernel: str, channels: int, reduction: int) -> ConvGeometry | LinearGeometry:
    if kernel == "conv":
        return ConvGeometry(C=reduction, K=channels, IX=2, IY=1, FX=1, FY=1)
    return LinearGeometry(C=reduction, K=channels)


def inner_loops(config: CoreConfig, variants: Sequence[Variant], seed: int) -> list[InnerLoop]:
    """Cycles per iteration on the RTL with zero wait states.

    What more of the reduction costs more of the channels: so neither what is done once a channel nor what is
    done once a patch is in it.
    """
    cases = [(v, k, c) for v in variants for k in _CHANNELS for c in _REDUCTIONS]
    layers = [random_layer(_geometry(v.kernel, k, c), v, seed) for v, k, c in cases]
    measurements, _ = measure(config, layers)
    results = dict(zip(cases, measurements, strict=True))
    (few, many), (short, long) = _CHANNELS, _REDUCTIONS
    loops = []
    for variant in variants:
        cycles = {(k, c): result.cycles for (v, k, c), result in results.items() if v == variant}
        cost = cycles[many, long] - cycles[many, short] - cycles[few, long] + cycles[few, short]
        served = _TILES[variant.kernel, variant.name]
        outputs = (many - few) * (2 if variant.kernel == "conv" else 1)
        iterations = outputs * (long - short) // (served * 4 * (variant.m or 1))
        loops.append(
            InnerLoop(
                variant.kernel,
                variant.name,
                variant.m,
                cost / iterations,
                4 * served,
                all(result.matches_golden for (v, _, _), result in results.items() if v == variant),
            )
        )
    return loops
