"""Rows of a cluster's bench: variants on geometries and numbers of cores, speed-ups, shares of cycles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bench.cluster import ClusterMeasurement, measure_on_cluster
from bench.layers import random_layer
from bench.measure import Speed
from bench.roofline import loop_of
from bench.rows import Geometry, Row, dense_variants, row_of
from hw.config import ClusterConfig
from sw_kernels.variants import Variant


@dataclass(frozen=True)
class ClusterRow(Row):
    """One variant on one geometry and one cluster; the dense kernels ran on the same cluster.

    ``efficiency`` is the speed-up over the first of the measured numbers of cores, divided by how many times
    as many cores there are. ``port_use`` is the rate of executed MACs over what one L1 access a cycle and
    core would allow the inner loop. ``breakdown`` says where the cores' cycles went.
    """

    banks: int
    efficiency: float
    port_use: float
    breakdown: dict[str, float]
    strips: int
    tiles: int
    memory: str


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
    dense = [results[cores, geometry, baseline] for baseline in baselines]
    executed = geometry.macs / (variant.m or 1)
    return ClusterRow(
        **vars(row_of(geometry, variant, cores, result, dense)),
        banks=banks,
        efficiency=round(results[fewest, geometry, variant].cycles * fewest / (result.cycles * cores), 4),
        port_use=round(executed / result.cycles / cores / loop_of(variant).intensity, 4),
        breakdown={cause: round(part, 4) for cause, part in result.breakdown.items()},
        strips=result.plan.strips,
        tiles=len(result.plan.tiles),
        memory=result.memory,
    )
