"""Rows of a bench: kernels of an operator on geometries, with speed-ups over the dense kernels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.measure import Measurement, l1_size, measure
from bench.simulation import Speed
from common.errors import UserError
from common.workers import Workers
from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig
from sw_kernels.geometry import Geometry, WeightedGeometry
from sw_kernels.kernel import Kernel
from sw_kernels.operator import Operator
from sw_kernels.registry import dense_kernels


@dataclass(frozen=True)
class Row:
    """One kernel on one geometry; ``macs`` are dense-equivalent (those of the layer without zeros).

    ``config`` is the whole configuration of the core or cluster.

    FC has one dense kernel, of two channels by one token: both speed-ups are against it.
    """

    operator: str
    kernel: str
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
    config: dict[str, object]


def baselines_of(operator: Operator) -> tuple[Kernel, Kernel]:
    """The dense kernels that 4x2 and 1x2 stand for: the fastest and the slowest, or the only one twice.

    Those that serve the fewest positions at once: the paper's fully-connected layers have one token.
    """
    dense = dense_kernels(operator)
    least = min(kernel.positions for kernel in dense)
    served = [kernel for kernel in dense if kernel.positions == least]
    return served[0], served[-1]


def cases_of(geometries: Sequence[Geometry], kernels: Sequence[Kernel]) -> list[tuple[Geometry, Kernel]]:
    """Each geometry with the dense kernels to compare with, and with those kernels that suit it.

    A kernel does not suit a layer that has fewer positions than it computes at once.

    Raises
    ------
    UserError
        When no kernel suits any geometry.
    """
    baselines = baselines_of(kernels[0].operator)
    found = [
        (geometry, kernel)
        for geometry in geometries
        for kernel in dict.fromkeys([*baselines, *kernels])
        if kernel in baselines
        or not isinstance(geometry, WeightedGeometry)
        or kernel.positions <= geometry.positions
    ]
    if not any(kernel in kernels for _, kernel in found):
        raise UserError(
            f"kernel {kernels[0].name} of {kernels[0].operator} computes {kernels[0].positions} positions at "
            f"once, more than there are in {' or '.join(map(str, geometries))}; give a larger geometry"
        )
    return found


def row_of(
    geometry: Geometry,
    kernel: Kernel,
    config: CoreConfig | ClusterConfig,
    result: Measurement,
    baselines: Sequence[Measurement],
) -> Row:
    """The row of a measurement, given those of the dense kernels 4x2 and 1x2."""
    over = [round(baseline.cycles / result.cycles, 3) for baseline in baselines]
    return Row(
        operator=kernel.operator.name,
        kernel=kernel.name,
        m=kernel.m,
        geometry=str(geometry),
        cores=config.cores if isinstance(config, ClusterConfig) else 1,
        cycles=result.cycles,
        instructions=result.instructions,
        macs=geometry.macs,
        dense_macs_per_cycle=round(geometry.macs / result.cycles, 3),
        speedup_vs_dense_4x2=over[0],
        speedup_vs_dense_1x2=over[1],
        matches_golden=result.matches_golden,
        config=config.as_dict(),
    )


def average_speedup(rows: Sequence[Row], kernel: Kernel, baseline: str) -> float:
    """Mean over the geometries of a kernel's speed-up over the dense kernel ``4x2`` or ``1x2``."""
    own = [row for row in rows if (row.kernel, row.m) == (kernel.name, kernel.m)]
    return fmean(getattr(row, f"speedup_vs_dense_{baseline}") for row in own)


def bench(
    config: CoreConfig,
    geometries: Sequence[Geometry],
    kernels: Sequence[Kernel],
    seed: int,
    progress: Callable[[int, int], None] = lambda finished, total: None,
    workers: Workers | None = None,
) -> tuple[list[Row], Speed]:
    """Measure kernels of one operator, and its dense kernels with them, on one core."""
    baselines = baselines_of(kernels[0].operator)
    cases = cases_of(geometries, kernels)
    layers = []
    for geometry, kernel in cases:
        layers.append(kernel.random_layer(geometry, seed))
        l1_size(layers[-1])  # a layer that does not fit is refused before the others are made
    finished = 0

    def done() -> None:
        nonlocal finished
        finished += 1
        progress(finished, len(cases))

    measurements, speed = measure(config, layers, done=done, workers=workers)
    results = dict(zip(cases, measurements, strict=True))
    rows = [
        row_of(
            geometry,
            kernel,
            config,
            results[geometry, kernel],
            [results[geometry, baseline] for baseline in baselines],
        )
        for geometry, kernel in cases
        if kernel in kernels
    ]
    return rows, speed
