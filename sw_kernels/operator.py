"""An operator: what layers of one kind compute, whatever the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sw_kernels.cluster.walk import ClusterWalk
    from sw_kernels.geometry import Geometry, WeightedGeometry
    from sw_kernels.layer import Layer


@dataclass(frozen=True, kw_only=True, eq=False)
class Operator:
    """A kind of layer.

    Parameters
    ----------
    name : str
        Name on the command line and in front of C symbols: ``conv``.
    folder : Path
        Folder of its C sources. ``NAME_layer.h`` declares ``struct NAME_layer`` and the type of the kernels,
        ``NAME_kernel``; ``NAME_plan.h`` declares ``struct NAME_plan`` and ``cluster_NAME``, which
        ``walk.c`` defines; more walks of the same struct are in other files ``walk*.c``. A walk of another
        form has a struct and files of its own, as ``ClusterWalk`` says.
    geometry : type
        Its subclass of ``Geometry``.
    layer : type
        Its subclass of ``Layer``.
    walk : ClusterWalk
        Division of a layer that does not fit into L1, for a cluster, where the kernel has none of its own.
    typical : Geometry
        A layer of medium size, for a first measurement.
    small : Geometry
        A layer that a gate-level simulation runs within a minute.
    odd : Geometry
        A small layer with the hard cases of kernels: borders, odd numbers, a reduction that fills no block.
    probe : callable or None
        Makes a geometry from the numbers of output channels and of weights per channel, without other work,
        for a measurement of the inner loop; None for an operator without weights.
    """

    name: str
    folder: Path
    geometry: type[Geometry]
    layer: type[Layer]
    walk: ClusterWalk
    typical: Geometry
    small: Geometry
    odd: Geometry
    probe: Callable[[int, int], WeightedGeometry] | None = None

    def __str__(self) -> str:
        return self.name
