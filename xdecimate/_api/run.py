"""Layers on the RTL, or by the golden model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from bench.cluster import measure_on_cluster
from bench.measure import measure
from common.errors import UserError
from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig
from sw_kernels.cluster.plan import Plan
from xdecimate._api.configuration import cluster_config, core_config
from xdecimate._api.layer import Weighted


class LayerModel(StrEnum):
    """The models that a layer can run on."""

    RTL = "rtl"
    GOLDEN = "golden"


@dataclass(frozen=True, kw_only=True)
class Result:
    """Result of a layer.

    Parameters
    ----------
    output : ndarray, int8
        Shape (OY, OX, K) of a convolution, (T, K) of a fully connected layer: what the RTL left in memory.
    kernel : str
        Name of the kernel.
    macs : int
        Multiply-accumulates of the dense layer.
    cycles : int or None
        Clock cycles: on one core of the kernel alone with all operands in L1, on a cluster with every
        transfer between L1 and L2 or L3. None of the golden model, as all that follows.
    instructions : int or None
        Retired instructions, on a cluster of all cores.
    matches_golden : bool or None
        Whether ``output`` is NumPy's, byte for byte.
    breakdown : dict of str to float, or None
        On a cluster, parts of the cores' cycles by cause, which add up to 1: ``instructions``, ``load_use``,
        ``conflicts``, ``memory``, ``fetch``, ``barrier``, ``event``, ``dma`` and ``other``.
    plan : Plan or None
        On a cluster, the strips and tiles that the layer was cut into.
    """

    output: np.ndarray = field(repr=False)
    kernel: str
    macs: int
    cycles: int | None = None
    instructions: int | None = None
    matches_golden: bool | None = None
    breakdown: Mapping[str, float] | None = None
    plan: Plan | None = field(default=None, repr=False)

    @property
    def macs_per_cycle(self) -> float | None:
        """Dense-equivalent multiply-accumulates per cycle; None for the golden model."""
        return None if self.cycles is None else self.macs / self.cycles


def run(
    layer: Weighted,
    inputs: np.ndarray,
    *,
    config: str | CoreConfig | None = None,
    cluster: int | str | ClusterConfig | None = None,
    model: str = "rtl",
) -> Result:
    """Run a layer: compile its kernel, simulate the RTL, and compare every byte of the output with NumPy.

    Results are kept by their content. The simulator of a configuration is built in the first call, which
    takes half a minute for a core.

    Parameters
    ----------
    layer : Conv or Linear
        What to compute.
    inputs : ndarray, shape (IY, IX, C) for a convolution, (T, C) for a fully connected layer, int8
        Activations.
    config : str or CoreConfig, optional
        Configuration of the core, as for ``core_config``; ``xdecimate`` by default.
    cluster : int, str or ClusterConfig, optional
        A cluster instead of one core, as for ``cluster_config``.
    model : str
        ``rtl``, the generated hardware in Verilator, or ``golden``, NumPy alone.

    Returns
    -------
    Result

    Raises
    ------
    UserError
        When the inputs do not fit the weights, the layer does not fit memory, the core cannot run the kernel,
        or there is no such configuration or model.
    SimulationError
        When the simulator fails.

    Examples
    --------
    >>> import numpy as np
    >>> import xdecimate as xd
    >>> layer = xd.Linear(np.eye(4, 16, dtype=np.int8), scale=1.0)
    >>> result = xd.run(layer, np.arange(16, dtype=np.int8).reshape(1, 16))
    >>> result.output
    array([[0, 1, 2, 3]], dtype=int8)
    >>> result.kernel, result.matches_golden
    ('linear sparse_xdecimate m16', True)
    """
    if not isinstance(layer, Weighted):
        raise UserError(f"layer must be a Conv or a Linear, not a {type(layer).__name__}")
    if model not in list(LayerModel):
        raise UserError(f"model must be one of {', '.join(LayerModel)}, not {model!r}")
    core = None if config is None else core_config(config)
    chosen = None if cluster is None else cluster_config(cluster, core)
    bound = layer.bound(inputs, chosen.core if chosen else core or core_config())
    about = {"kernel": str(bound.kernel), "macs": bound.geometry.macs}
    if model == LayerModel.GOLDEN:
        return Result(output=bound.golden(), **about)
    if chosen is None:
        [measured], _ = measure(core or core_config(), [bound])
        parts = {}
    else:
        [measured], _ = measure_on_cluster(chosen, [bound])
        parts = {"breakdown": measured.breakdown, "plan": measured.plan}
    return Result(
        output=measured.output,
        cycles=measured.cycles,
        instructions=measured.instructions,
        matches_golden=measured.matches_golden,
        **about,
        **parts,
    )
