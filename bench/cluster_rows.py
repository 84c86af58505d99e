"""Rows of a cluster's bench: kernels on geometries and numbers of cores, speed-ups, shares of cycles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bench.cluster import ClusterMeasurement, measure_on_cluster
from bench.measure import Speed
from bench.rows import Row, baselines_of, row_of
from hw.config import ClusterConfig
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel


@dataclass(frozen=True)
class ClusterRow(Row):
    """One kernel on one geometry and one cluster; the dense kernels ran on the same cluster.

    ``efficiency`` is the speed-up over the first of the measured numbers of cores, divided by how many times
    as many cores there are. ``port_use`` is the rate of executed MACs over what one L1 access a cycle and
    core would allow the inner loop, None where there is no inner loop. ``breakdown`` says where the cores'
    cycles went.
    """

    banks: int
    efficiency: float
    port_use: float | None
    breakdown: dict[str, float]
    strips: int
    tiles: int
    memory: str


def bench_on_clusters(
    config: ClusterConfig,
    cores: Sequence[int],
    geometries: Sequence[Geometry],
    kernels: Sequence[Kernel],
    seed: int,
    progress: Callable[[int, int], None] = lambda finished, total: None,
) -> tuple[list[ClusterRow], Speed]:
    """Measure kernels of one operator, and its dense kernels, on clusters of these numbers of cores."""
    baselines = baselines_of(kernels[0].operator)
    everything = list(dict.fromkeys([*baselines, *kernels]))
    cases = [(geometry, kernel) for geometry in geometries for kernel in everything]
    layers = [kernel.random_layer(geometry, seed) for geometry, kernel in cases]
    results: dict[tuple[int, Geometry, Kernel], ClusterMeasurement] = {}
    total_cycles, total_seconds, finished = 0, 0.0, 0

    def done() -> None:
        nonlocal finished
        finished += 1
        progress(finished, len(cases) * len(cores))

    for count in cores:
        measurements, speed = measure_on_cluster(replace(config, cores=count), layers, done=done)
        total_cycles, total_seconds = total_cycles + speed.cycles, total_seconds + speed.seconds
        for (geometry, kernel), result in zip(cases, measurements, strict=True):
            results[count, geometry, kernel] = result
    rows = [
        _row(results, baselines, count, config.banks, cores[0], geometry, kernel)
        for count in cores
        for geometry, kernel in cases
        if kernel in kernels
    ]
    return rows, Speed(total_cycles, total_seconds)


def _row(
    results: dict[tuple[int, Geometry, Kernel], ClusterMeasurement],
    baselines: tuple[Kernel, Kernel],
    cores: int,
    banks: int,
    fewest: int,
    geometry: Geometry,
    kernel: Kernel,
) -> ClusterRow:
    result = results[cores, geometry, kernel]
    dense = [results[cores, geometry, baseline] for baseline in baselines]
    executed = geometry.macs / (kernel.m or 1)
    return ClusterRow(
        **vars(row_of(geometry, kernel, cores, result, dense)),
        banks=banks,
        efficiency=round(results[fewest, geometry, kernel].cycles * fewest / (result.cycles * cores), 4),
        port_use=kernel.loop and round(executed / result.cycles / cores / kernel.loop.intensity, 4),
        breakdown={cause: round(part, 4) for cause, part in result.breakdown.items()},
        strips=result.plan.strips,
        tiles=len(result.plan.tiles),
        memory=result.memory,
    )
