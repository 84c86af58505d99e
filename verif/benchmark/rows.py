"""A bench's rows: variants of a kernel on geometries, with speed-ups over the dense kernels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hw.config import CoreConfig
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.variants import VARIANTS, Variant
from verif.benchmark.layers import random_layer
from verif.benchmark.measure import Speed, measure

Geometry = ConvGeometry | LinearGeometry


@dataclass(frozen=True)
class Row:
    """One variant on one geometry; ``macs`` are dense-equivalent (those of the layer without zeros).

    FC has one dense kernel, of two channels by one token: both speed-ups are against it.
    """

    kernel: str
    variant: str
    m: int | None
    geometry: str
    cores: int
    cycles: int
    instructions: int
    macs: int
    dense_macs_per_cycle: float
    speedup_vs_dense_4x2: float
    speedup_vs_dense_1x2: float
    matches_golden: bool


def macs(geometry: Geometry) -> int:
    """Multiply-accumulates of the layer without zeros."""
    if isinstance(geometry, ConvGeometry):
        return geometry.OX * geometry.OY * geometry.K * geometry.reduction
    return geometry.T * geometry.K * geometry.C


def dense_variants(kernel: str) -> tuple[Variant, Variant]:
    """The dense kernels that 4x2 and 1x2 stand for."""
    dense = {variant.name: variant for variant in VARIANTS if variant.kernel == kernel and variant.m is None}
    if kernel == "conv":
        return dense["dense_4x2"], dense["dense_1x2"]
    return dense["dense"], dense["dense"]


def bench(
    config: CoreConfig,
    geometries: Sequence[Geometry],
    variants: Sequence[Variant],
    seed: int,
    progress: Callable[[int, int], None] = lambda finished, total: None,
) -> tuple[list[Row], Speed]:
    """Measure variants, and the dense kernels with them, on one core."""
    kernel = variants[0].kernel
    baselines = dense_variants(kernel)
    everything = list(dict.fromkeys([*baselines, *variants]))
    cases = [(geometry, variant) for geometry in geometries for variant in everything]
    layers = [random_layer(geometry, variant, seed) for geometry, variant in cases]
    finished = 0

    def done() -> None:
        nonlocal finished
        finished += 1
        progress(finished, len(cases))

    measurements, speed = measure(config, layers, done=done)
    results = dict(zip(cases, measurements, strict=True))
    rows = []
    for geometry, variant in cases:
        if variant not in variants:
            continue
        result = results[geometry, variant]
        over = [results[geometry, baseline].cycles / result.cycles for baseline in baselines]
        rows.append(
            Row(
                kernel=kernel,
                variant=variant.name,
                m=variant.m,
                geometry=str(geometry),
                cores=1,
                cycles=result.cycles,
                instructions=result.instructions,
                macs=macs(geometry),
                dense_macs_per_cycle=round(macs(geometry) / result.cycles, 3),
                speedup_vs_dense_4x2=round(over[0], 3),
                speedup_vs_dense_1x2=round(over[1], 3),
                matches_golden=result.matches_golden,
            )
        )
    return rows, speed
