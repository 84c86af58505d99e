"""The kernel of a step: the one whose best cut takes the fewest predicted cycles."""

import math
from collections.abc import Collection, Sequence

import numpy as np

from common.errors import UserError
from compiler.graph import Node
from compiler.network import Choice, Step, Way
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import check_plan, plan
from sw_kernels.geometry import Geometry
from sw_kernels.layer import Layer

#: Cuts of layers that were looked at, by what a walk cuts by: kernel function, geometry and cluster.
Cuts = dict[tuple[str, Geometry, ClusterConfig], Plan]


def chosen(
    node: Node,
    ways: Sequence[Way],
    cluster: ClusterConfig,
    cuts: Cuts,
    preferred: Collection[str] = (),
    l1_bytes: int | None = None,
) -> Step:
    """The step of a node by the cheapest of several ways, or of the preferred kernels where one can be used.

    ``cuts`` is kept from node to node: networks repeat their layers. ``l1_bytes`` is what may be used of L1,
    by default all.
    Raises ``UserError`` when none can be used, with the reason of the first.
    """
    zeros = [np.zeros(tensor.shape, np.int8) for tensor in node.inputs]
    usable: list[tuple[Way, Layer, Plan]] = []
    choices: list[Choice] = []
    for way in ways:
        try:
            way.kernel.check_core(cluster.core)
            layer = way.bind(*zeros)
            key = layer.symbol, layer.geometry, cluster
            if key not in cuts:
                cuts[key] = plan(layer, cluster, l1_bytes)
        except UserError as error:
            choices.append(Choice(kernel=str(way.kernel), cycles=None, reason=str(error)))
            continue
        choices.append(Choice(kernel=str(way.kernel), cycles=cuts[key].cycles))
        usable.append((way, layer, cuts[key]))
    if not usable:
        raise UserError(choices[0].reason)
    candidates = [found for found in usable if found[0].kernel.name in preferred] or usable
    way, layer, cut = min(candidates, key=lambda found: found[2].cycles)
    check_plan(layer, cut)
    choices.sort(key=lambda choice: (choice.kernel != str(way.kernel), choice.cycles or math.inf))
    return Step(node=node, way=way, layer=layer, plan=cut, choices=tuple(choices))
