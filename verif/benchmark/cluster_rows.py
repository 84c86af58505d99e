"""Rows of a cluster's bench: variants on geometries and numbers of cores, speed-ups, shares of cycles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hw.config import ClusterConfig
from sw_kernels.variants import Variant
from verif.benchmark.cluster import ClusterMeasurement, measure_on_cluster
from verif.benchmark.layers import random_layer
from verif.benchmark.measure import Speed
from verif.benchmark.roofline import loop_of
from verif.benchmark.rows import Geometry, dense_variants


@dataclass(frozen=True)
class ClusterRow:
    """One variant on one geometry and one cluster; ``macs`` are dense-equivalent.

    ``speedup_vs_...`` are over the dense kernels on the same cluster (FC has one, which stands for both).
    ``efficiency`` is the speed-up over the first of the measured numbers of cores, divided by how many times
    as many cores there are. ``port_use`` is the rate of executed MACs over what one L1 access a cycle and
    core would allow the inner loop. ``breakdown`` says where the cores' cycles went.
    """

    kernel: str
    variant: str
    m: int | None
    geometry: str
    cores: int
    banks: int
    cycles: int
    instructions: int
    macs: int
    dense_macs_per_cycle: float
    speedup_vs_dense_4x2: float
    speedup_vs_dense_1x2: float
    efficiency: float
    port_use: float
    breakdown: dict[str, float]
    strips: int
    tiles: int
    memory: str
    matches_golden: bool


def bench_on_clusters(
    config: ClusterConfig,
    cores: Sequence[int],
    geometries: Sequence[Geometry],
    variants: Sequence[Variant],
    seed: int,
    progress: Callable[[int, int], None] = lambda finished, total: None,
) -> tuple[list[ClusterRow], Speed]:
    """Measure variants, and the dense kernels with them, on clusters of these numbers of cores."""
    baselines = dense_variants(variants[0].kernel)
    everything = list(dict.fromkeys([*baselines, *variants]))
    cases = [(geometry, variant) for geometry in geometries for variant in everything]
    layers = [random_layer(geometry, variant, seed) for geometry, variant in cases]
    results: dict[tuple[int, Geometry, Variant], ClusterMeasurement] = {}
    total_cycles, total_seconds, finished = 0, 0.0, 0

    def done() -> None:
        nonlocal finished
        finished += 1
        progress(finished, len(cases) * len(cores))

    for count in cores:
        measurements, speed = measure_on_cluster(replace(config, cores=count), layers, done=done)
        total_cycles, total_seconds = total_cycles + speed.cycles, total_seconds + speed.seconds
        for (geometry, variant), result in zip(cases, measurements, strict=True):
            results[count, geometry, variant] = result
    rows = [
        _row(results, baselines, count, config.banks, cores[0], geometry, variant)
        for count in cores
        for geometry, variant in cases
        if variant in variants
    ]
    return rows, Speed(total_cycles, total_seconds)


def _row(
    results: dict[tuple[int, Geometry, Variant], ClusterMeasurement],
    baselines: tuple[Variant, Variant],
    cores: int,
    banks: int,
    fewest: int,
    geometry: Geometry,
    variant: Variant,
) -> ClusterRow:
    result = results[cores, geometry, variant]
    over = [results[cores, geometry, baseline].cycles / result.cycles for baseline in baselines]
    executed = geometry.macs / (variant.m or 1)
    return ClusterRow(
        kernel=variant.kernel,
        variant=variant.name,
        m=variant.m,
        geometry=str(geometry),
        cores=cores,
        banks=banks,
        cycles=result.cycles,
        instructions=result.instructions,
        macs=geometry.macs,
        dense_macs_per_cycle=round(geometry.macs / result.cycles, 3),
        speedup_vs_dense_4x2=round(over[0], 3),
        speedup_vs_dense_1x2=round(over[1], 3),
        efficiency=round(results[fewest, geometry, variant].cycles * fewest / (result.cycles * cores), 4),
        port_use=round(executed / result.cycles / cores / loop_of(variant).intensity, 4),
        breakdown={cause: round(part, 4) for cause, part in result.breakdown.items()},
        strips=result.plan.strips,
        tiles=len(result.plan.tiles),
        memory=result.memory,
        matches_golden=result.matches_golden,
    )
