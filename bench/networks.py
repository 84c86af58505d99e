"""Known networks on a cluster: their variants, and a row of figures for each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.composed import predicted_cycles, run_composed
from bench.inference import Inference, LayerResult
from bench.network import run_folder
from common.errors import UserError
from compiler.compile import compile_graph
from compiler.emit import Emission
from compiler.folder.write import cached_folder
from compiler.importer.read import read_model
from compiler.models.file import write_model
from compiler.network import Network
from hw.cluster.config import ClusterConfig
from hw.cluster.registers import COUNTER_NAMES
from hw.config import BASELINE, XDECIMATE, XDECMAC, XDECMAC8, config_named
from hw.units.decimate.record import DECIMATE
from sw_kernels.weighted import WeightedLayer

#: Cores by the name of their instruction set, each without compressed instructions too.
ISAS = {
    name: config_named(name)
    for core in (BASELINE, XDECIMATE, XDECMAC, XDECMAC8)
    for name in (core.name, f"{core.name}-c")
}
#: Those of the paper.
PAPER_ISAS = (BASELINE.name, XDECIMATE.name)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A network with its weights, and the cores that it runs on.

    Parameters
    ----------
    network : str
        As in ``compiler.models.registry``.
    m : int or None
        Pruned to 1:M, or dense.
    isa : str
        ``baseline``, ``xdecimate``, ``xdecmac`` or ``xdecmac8``, or one of them with ``-c``.
    seed : int
        Of the weights and of the input.

    Raises
    ------
    UserError
        When there is no such instruction set.
    """

    network: str
    m: int | None
    isa: str
    seed: int = 1

    def __post_init__(self) -> None:
        if self.isa not in ISAS:
            raise UserError(f"the instruction set must be one of {', '.join(ISAS)}, not {self.isa!r}")

    @property
    def kernels(self) -> tuple[str, ...]:
        """Kernels to use wherever they can: in software the sparse ones, even if dense ones are faster."""
        in_software = self.m is not None and not ISAS[self.isa].has(DECIMATE.extension)
        return ("sparse_software",) if in_software else ()

    def compiled(self, cluster: ClusterConfig) -> Network:
        """The network for a cluster whose cores have the instruction set."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"{self.network}.onnx"
            write_model(self.network, file, m=self.m, seed=self.seed)
            graph = read_model(file)
        return compile_graph(graph, replace(cluster, core=ISAS[self.isa]), preferred=self.kernels)

    def inputs(self, network: Network) -> np.ndarray:
        """A random input."""
        shape = network.graph.input.shape
        return np.random.default_rng(self.seed).integers(-128, 128, shape).astype(np.int8)


def variants(
    networks: Iterable[str], block_sizes: Iterable[int | None], isas: Iterable[str], seed: int
) -> list[Variant]:
    """All combinations; dense networks, to which xDecimate means nothing, on the first cores of the paper."""
    kinds = list(isas)
    paper = [isa for isa in kinds if isa in PAPER_ISAS]
    return [
        Variant(network=network, m=m, isa=isa, seed=seed)
        for network in networks
        for m in block_sizes
        for isa in kinds
        if m or isa not in paper[1:]
    ]


@dataclass(frozen=True, kw_only=True)
class LayersRow:
    """Layers of one geometry and kernel, with operands in the same memories; figures are sums over them.

    Parameters
    ----------
    operator, kernel, geometry : str
    m : int or None
    far : tuple of str
        Operands in L3, by the members of the C layer, ``output`` among them.
    count : int
    macs, cycles, predicted_cycles : int
    """

    operator: str
    kernel: str
    m: int | None
    geometry: str
    far: tuple[str, ...]
    count: int
    macs: int
    cycles: int
    predicted_cycles: int


@dataclass(frozen=True, kw_only=True)
class NetworkRow:
    """Figures of a network; ``macs`` are dense-equivalent (those of the layers without zeros).

    Parameters
    ----------
    network, isa : str
    m : int or None
    seed : int
    composed : bool
        True if each distinct layer ran once, and the cycles are the sum over all layers.
    cycles, predicted_cycles, macs : int
    macs_per_cycle : float
    weight_bytes : int
        Weights and indices.
    constant_bytes : int
        With biases, requantization, tables and alignment, as they lie in memory.
    arena_bytes : int
        Activations.
    matches_golden : bool
    breakdown : dict of str to float
        Parts of the cores' cycles by cause, as in ``bench.cluster``.
    layers : list of LayersRow
    config : dict
        The whole configuration of the cluster.
    """

    network: str
    m: int | None
    isa: str
    seed: int
    composed: bool
    cycles: int
    predicted_cycles: int
    macs: int
    macs_per_cycle: float
    weight_bytes: int
    constant_bytes: int
    arena_bytes: int
    matches_golden: bool
    breakdown: dict[str, float]
    layers: list[LayersRow]
    config: dict[str, object]


def measured(
    variant: Variant,
    cluster: ClusterConfig,
    *,
    composed: bool = False,
    processes: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> NetworkRow:
    """A network on the RTL, compared with the golden models in every byte; kept by content.

    With ``composed`` each distinct layer runs once and stands for all that are like it. ``progress`` is
    called with the predicted cycles of the layers that have run, and of all that will. Raises ``UserError``
    when the network does not fit the cluster, ``SimulationError`` when the program fails.
    """
    network = variant.compiled(cluster)
    folder = cached_folder(network)
    done, total = 0, predicted_cycles(folder) if composed else folder.record.predicted_cycles

    def advance(cycles: int) -> None:
        nonlocal done
        done += cycles
        progress(done, total)

    progress(0, total)
    run = run_composed if composed else run_folder
    return row_of(variant, network, run(folder, variant.inputs(network), processes=processes, done=advance))


def row_of(variant: Variant, network: Network, result: Inference) -> NetworkRow:
    """The row of a measurement."""
    layers = [step.layer for step in network.steps]
    macs = sum(layer.geometry.macs for layer in layers)
    totals = {name: sum(layer.counters[name] for layer in result.layers) for name in COUNTER_NAMES}
    cycles = totals.pop("cycles")
    parts = {name: round(value / cycles, 4) for name, value in totals.items()}
    return NetworkRow(
        network=variant.network,
        m=variant.m,
        isa=variant.isa,
        seed=variant.seed,
        composed=result.composed,
        cycles=result.cycles,
        predicted_cycles=sum(layer.layer.predicted_cycles for layer in result.layers),
        macs=macs,
        macs_per_cycle=round(macs / result.cycles, 3),
        weight_bytes=sum(layer.weight_bytes for layer in layers if isinstance(layer, WeightedLayer)),
        constant_bytes=sum(map(len, Emission(network=network).constants.values())),
        arena_bytes=network.arena,
        matches_golden=result.matches_golden,
        breakdown=parts | {"other": round(1 - sum(parts.values()), 4)},
        layers=_grouped(result.layers),
        config=network.cluster.as_dict(),
    )


def _grouped(results: Iterable[LayerResult]) -> list[LayersRow]:
    groups: dict[tuple[str, str, int | None, str, tuple[str, ...]], list[LayerResult]] = {}
    for result in results:
        layer = result.layer
        same = layer.operator, layer.kernel, layer.m, layer.geometry, layer.far
        groups.setdefault(same, []).append(result)
    return [
        LayersRow(
            operator=operator,
            kernel=kernel,
            m=m,
            geometry=geometry,
            far=far,
            count=len(own),
            macs=sum(result.layer.macs for result in own),
            cycles=sum(result.cycles for result in own),
            predicted_cycles=sum(result.layer.predicted_cycles for result in own),
        )
        for (operator, kernel, m, geometry, far), own in groups.items()
    ]
