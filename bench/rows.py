"""A bench's rows: variants of a kernel on geometries, with speed-ups over the dense kernels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.layers import random_layer
from bench.measure import Measurement, Speed, l1_size, measure
from hw.config import CoreConfig
from sw_kernels.geometry import ConvGeometry, LinearGeometry
from sw_kernels.variants import VARIANTS, Variant

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


def dense_variants(kernel: str) -> tuple[Variant, Variant]:
    """The dense kernels that 4x2 and 1x2 stand for."""
    dense = {variant.name: variant for variant in VARIANTS if variant.kernel == kernel and variant.m is None}
    if kernel == "conv":
        return dense["dense_4x2"], dense["dense_1x2"]
    return dense["dense"], dense["dense"]


def row_of(
    geometry: Geometry,
    variant: Variant,
    cores: int,
    result: Measurement,
    baselines: Sequence[Measurement],
) -> Row:
    """The row of a measurement, given those of the dense kernels 4x2 and 1x2."""
    over = [round(baseline.cycles / result.cycles, 3) for baseline in baselines]
    return Row(
        kernel=variant.kernel,
        variant=variant.name,
        m=variant.m,
        geometry=str(geometry),
        cores=cores,
        cycles=result.cycles,
        instructions=result.instructions,
        macs=geometry.macs,
        dense_macs_per_cycle=round(geometry.macs / result.cycles, 3),
        speedup_vs_dense_4x2=over[0],
        speedup_vs_dense_1x2=over[1],
        matches_golden=result.matches_golden,
    )


def average_speedup(rows: Sequence[Row], variant: Variant, baseline: str) -> float:
    """Mean over the geometries of a variant's speed-up over the dense kernel ``4x2`` or ``1x2``."""
    own = [row for row in rows if (row.variant, row.m) == (variant.name, variant.m)]
    return fmean(getattr(row, f"speedup_vs_dense_{baseline}") for row in own)


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
    layers = []
    for geometry, variant in cases:
        layers.append(random_layer(geometry, variant, seed))
        l1_size(layers[-1])  # a layer that does not fit is refused before the others are made
    finished = 0

    def done() -> None:
        nonlocal finished
        finished += 1
        progress(finished, len(cases))

    measurements, speed = measure(config, layers, done=done)
    results = dict(zip(cases, measurements, strict=True))
    rows = [
        row_of(
            geometry,
            variant,
            1,
            results[geometry, variant],
            [results[geometry, baseline] for baseline in baselines],
        )
        for geometry, variant in cases
        if variant in variants
    ]
    return rows, speed
