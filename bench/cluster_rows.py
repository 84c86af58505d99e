"""Rows of a cluster's bench: kernels on geometries and numbers of cores, speed-ups, shares of cycles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.cluster import ClusterMeasurement, measure_on_cluster
from bench.rows import Row, baselines_of, cases_of, row_of
from bench.simulation import Speed
from common.workers import Workers
from hw.cluster.config import ClusterConfig
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel


@dataclass(frozen=True)
class ClusterRow(Row):
    """One kernel on one geometry and one cluster; the dense kernels ran on the same cluster.

    ``efficiency`` is the speed-up over the first of the measured clusters, divided by how many times
    as many cores there are. ``port_use`` is the rate of executed MACs over what one L1 access a cycle and
    core would allow the inner loop, None where there is no inner loop. ``breakdown`` says where the cores'
    cycles went.
    """

    efficiency: float
    port_use: float | None
    breakdown: dict[str, float]
    strips: int
    tiles: int
    memory: str


def bench_on_clusters(
    clusters: Sequence[ClusterConfig],
    geometries: Sequence[Geometry],
    kernels: Sequence[Kernel],
    seed: int,
    progress: Callable[[int, int], None] = lambda finished, total: None,
    workers: Workers | None = None,
) -> tuple[list[ClusterRow], Speed]:
    """Measure kernels of one operator, and its dense kernels with them, on clusters."""
    baselines = baselines_of(kernels[0].operator)
    cases = cases_of(geometries, kernels)
    layers = [kernel.random_layer(geometry, seed) for geometry, kernel in cases]
    results: dict[tuple[ClusterConfig, Geometry, Kernel], ClusterMeasurement] = {}
    total_cycles, total_seconds, finished = 0, 0.0, 0

    def done() -> None:
        nonlocal finished
        finished += 1
        progress(finished, len(cases) * len(clusters))

    for cluster in clusters:
        measurements, speed = measure_on_cluster(cluster, layers, done=done, workers=workers)
        total_cycles, total_seconds = total_cycles + speed.cycles, total_seconds + speed.seconds
        for (geometry, kernel), result in zip(cases, measurements, strict=True):
            results[cluster, geometry, kernel] = result
    rows = [
        _row(
            cluster,
            geometry,
            kernel,
            results[cluster, geometry, kernel],
            [results[cluster, geometry, baseline] for baseline in baselines],
            results[clusters[0], geometry, kernel].cycles * clusters[0].cores,
        )
        for cluster in clusters
        for geometry, kernel in cases
        if kernel in kernels
    ]
    return rows, Speed(total_cycles, total_seconds)


def _row(
    cluster: ClusterConfig,
    geometry: Geometry,
    kernel: Kernel,
    result: ClusterMeasurement,
    baselines: Sequence[ClusterMeasurement],
    first_core_cycles: int,
) -> ClusterRow:
    """The row of a measurement, given those of the dense kernels and the first cluster's cycles by cores."""
    rate = geometry.macs / (kernel.m or 1) / result.cycles / cluster.cores
    return ClusterRow(
        **vars(row_of(geometry, kernel, cluster, result, baselines)),
        efficiency=round(first_core_cycles / (result.cycles * cluster.cores), 4),
        port_use=kernel.loop and round(rate / kernel.loop.intensity, 4),
        breakdown={cause: round(part, 4) for cause, part in result.breakdown.items()},
        strips=result.plan.strips,
        tiles=len(result.plan.tiles),
        memory=result.memory,
    )
