"""Designs against each other: cycles, area and energy of layers on cores and clusters."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.cluster import measure_on_cluster
from bench.measure import Measurement, l1_size, measure
from common.errors import UserError
from common.workers import Workers
from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig
from sw_kernels.cluster.plan import plan
from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer
from sw_kernels.operator import Operator
from sw_kernels.registry import runnable
from synth.mapping import Flow
from synth.power import check_energies
from synth.total import gate_equivalents
from xdecimate._api.energy import LayerEnergies

#: What a point is weighed against its cycles by.
COSTS = ("ge", "nj")
#: A kernel whose predicted cycles on a cluster are this many times the least is not run: predictions are more
#: exact than that (docs/compiler.md).
MARGIN = 1.25


@dataclass(frozen=True, kw_only=True)
class Point:
    """A layer at a sparsity on a design, by the fastest kernel there.

    Parameters
    ----------
    operator, geometry : str
    m : int or None
        Weights are 1:M sparse; None if they are dense.
    design : str
        Name of the core, or of the cluster and its cores.
    kernel : str
        A dense kernel where that is faster than those for sparse weights.
    cycles, macs : int
        On a cluster with every transfer; MACs are those of the dense layer.
    speedup : float
        Over the first design's cycles with dense weights.
    ge : float
        Area in gate equivalents, memories left out.
    nj : float or None
        Estimated energy of the core in nJ; None of a cluster, or where none was asked for.
    best : tuple of str
        Costs, of ``ge`` and ``nj``, by which no other design is better: none is as fast and as small, and
        faster or smaller.
    matches_golden : bool
        Whether the output is NumPy's, byte for byte.
    """

    operator: str
    geometry: str
    m: int | None
    design: str
    kernel: str
    cycles: int
    macs: int
    speedup: float
    ge: float
    nj: float | None
    best: tuple[str, ...] = ()
    matches_golden: bool


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Functions that hear of progress, each of finished and of all modules, layers or netlists."""

    mapping: Callable[[int, int], None] = lambda finished, of: None
    simulating: Callable[[int, int], None] = lambda finished, of: None
    gates: Callable[[int, int], None] = lambda finished, of: None


def explore(
    operator: Operator,
    geometries: Sequence[Geometry],
    designs: Sequence[CoreConfig | ClusterConfig],
    sparsities: Sequence[int | None],
    flow: Flow,
    *,
    period: float | None = None,
    seed: int = 1,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> list[Point]:
    """Measure layers with weights of each sparsity on each design.

    All that is measured is kept by content, so that an exploration continues where it was interrupted. A
    design added to it costs only its own measurements.

    Parameters
    ----------
    operator : Operator
    geometries : sequence of Geometry
    designs : sequence of CoreConfig or ClusterConfig
        Speed-ups are relative to the first.
    sparsities : sequence of int or None
        M of 1:M sparse weights; None for dense ones.
    flow : Flow
        Library that areas and energies are of.
    period : float, optional
        Clock period in ns, to estimate energies: those of an average cycle of the kernel on the operator's
        small layer, times the layer's cycles. Without it, there are none.
    seed : int
        Seed of the layers' random operands.
    workers : Workers, optional
        Run the simulations of RTL.
    progress : Progress, optional

    Raises
    ------
    UserError
        When a design can run no kernel of a layer, the library has no energies, or Yosys fails.
    SimulationError
        When a simulator fails.
    """
    if period is not None:
        check_energies(flow.library)
    progress = progress or Progress()
    layers = {design: cases(operator, geometries, design, sparsities, seed) for design in designs}
    areas = {design: gate_equivalents(design, flow, progress.mapping) for design in designs}
    total, finished = sum(map(len, layers.values())), 0

    def done() -> None:
        nonlocal finished
        finished += 1
        progress.simulating(finished, total)

    points: list[Point] = []
    for design, own in layers.items():
        measured = _measured(design, list(own.values()), workers, done)
        results = dict(zip(own, measured, strict=True))
        for geometry in geometries:
            for m in sparsities:
                able = {case: found for case, found in results.items() if _serves(case, geometry, m)}
                (_, kernel), result = min(able.items(), key=lambda item: item[1].cycles)
                points.append(
                    Point(
                        operator=operator.name,
                        geometry=str(geometry),
                        m=m,
                        design=_name(design),
                        kernel=kernel.name,
                        cycles=result.cycles,
                        macs=geometry.macs,
                        speedup=1.0,
                        ge=areas[design],
                        nj=None,
                        matches_golden=result.matches_golden,
                    )
                )
    if period is not None:
        points = _with_energies(points, operator, designs, flow, period, seed, progress)
    return compared(points)


def cases(
    operator: Operator,
    geometries: Iterable[Geometry],
    design: CoreConfig | ClusterConfig,
    sparsities: Sequence[int | None],
    seed: int,
) -> dict[tuple[Geometry, Kernel], Layer]:
    """Layers of the kernels that a design can run; ``UserError`` when it can run none of a geometry."""
    core = design.core if isinstance(design, ClusterConfig) else design
    kernels = [kernel for kernel in runnable(operator, core) if kernel.m is None or kernel.m in sparsities]
    found: dict[tuple[Geometry, Kernel], Layer] = {}
    predicted: dict[tuple[Geometry, Kernel], float] = {}
    for geometry in geometries:
        refused = []
        for kernel in kernels:
            try:
                layer = kernel.random_layer(geometry, seed)
                if isinstance(design, ClusterConfig):
                    predicted[geometry, kernel] = plan(layer, design).cycles
                else:
                    l1_size(layer)
            except UserError as error:
                refused.append(error)
            else:
                found[geometry, kernel] = layer
        if not any(kernel.m is None for own, kernel in found if own == geometry):
            raise refused[0]
    slow = set(predicted).difference(
        *(_fast(predicted, geometry, m) for geometry in geometries for m in sparsities)
    )
    return {case: layer for case, layer in found.items() if case not in slow}


def _fast(
    predicted: Mapping[tuple[Geometry, Kernel], float], geometry: Geometry, m: int | None
) -> set[tuple[Geometry, Kernel]]:
    """Cases that may be the fastest of a layer and sparsity, by their predicted cycles."""
    own = {case: cycles for case, cycles in predicted.items() if _serves(case, geometry, m)}
    return {case for case, cycles in own.items() if cycles <= MARGIN * min(own.values())}


def _measured(
    design: CoreConfig | ClusterConfig,
    layers: Sequence[Layer],
    workers: Workers | None,
    done: Callable[[], None],
) -> Sequence[Measurement]:
    if isinstance(design, ClusterConfig):
        return measure_on_cluster(design, layers, workers=workers, done=done)[0]
    return measure(design, layers, workers=workers, done=done)[0]


def _serves(case: tuple[Geometry, Kernel], geometry: Geometry, m: int | None) -> bool:
    """True for a kernel that computes this layer with weights of this sparsity."""
    return case[0] == geometry and case[1].m in (None, m)


def _name(design: CoreConfig | ClusterConfig) -> str:
    return f"{design.name} of {design.core.name}" if isinstance(design, ClusterConfig) else design.name


def _with_energies(
    points: Sequence[Point],
    operator: Operator,
    designs: Sequence[CoreConfig | ClusterConfig],
    flow: Flow,
    period: float,
    seed: int,
    progress: Progress,
) -> list[Point]:
    """The same points with energies, of each kernel by an average cycle of it."""
    cores = [design for design in designs if isinstance(design, CoreConfig)]
    energies: dict[str, dict[tuple[str, int | None], float]] = {}
    for number, core in enumerate(cores):
        used = {(point.kernel, point.m) for point in points if point.design == core.name}
        chosen = [
            kernel
            for kernel in runnable(operator, core)
            if any(kernel.name == name and kernel.m in (None, m) for name, m in used)
        ]
        gates = LayerEnergies(core, flow, period, progress.mapping)
        layers = [kernel.random_layer(operator.small, seed) for kernel in chosen]
        rows = gates.rows(layers)
        energies[core.name] = {(row["kernel"], row["m"]): row["pj_per_cycle"] for row in rows}
        progress.gates(number + 1, len(cores))
    found = []
    for point in points:
        own = energies.get(point.design, {})
        picojoules = own.get((point.kernel, point.m), own.get((point.kernel, None)))
        nj = None if picojoules is None else round(picojoules * point.cycles / 1000, 2)
        found.append(replace(point, nj=nj))
    return found


def compared(points: Sequence[Point]) -> list[Point]:
    """The points with speed-ups over the first design's dense weights, and with the costs they are best by.

    If nothing ran with dense weights, the first sparsity takes their place.
    """
    references = {point.geometry: point for point in reversed(points)}
    references |= {
        point.geometry: point
        for point in points
        if point.m is None and point.design == references[point.geometry].design
    }
    return [
        replace(
            point,
            speedup=round(references[point.geometry].cycles / point.cycles, 3),
            best=tuple(_best(point, points)),
        )
        for point in points
    ]


def _best(point: Point, points: Sequence[Point]) -> Iterable[str]:
    """Costs by which a point is on the Pareto front of its layer and sparsity."""
    rivals = [each for each in points if (each.geometry, each.m) == (point.geometry, point.m)]
    for cost in COSTS:
        own = getattr(point, cost)
        if own is not None and not any(_dominates(each, point, cost) for each in rivals):
            yield cost


def _dominates(rival: Point, point: Point, cost: str) -> bool:
    """True if the rival is no worse in cycles and cost, and better in one of them."""
    theirs, own = (rival.cycles, getattr(rival, cost)), (point.cycles, getattr(point, cost))
    return None not in theirs and theirs != own and all(a <= b for a, b in zip(theirs, own, strict=True))
