"""The kernel of a step: the one whose best cut takes the fewest predicted cycles."""

import math
from collections.abc import Collection, Sequence, Set
from dataclasses import replace

import numpy as np

from common.errors import UserError
from compiler.graph import Node
from compiler.network import Choice, Step, Way
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import check_plan, plan
from sw_kernels.geometry import Geometry

#: Cuts of layers that were looked at, by what they depend on: kernel function, geometry, cluster, and the
#: operands in L3.
Cuts = dict[tuple[str, Geometry, ClusterConfig, Set[str]], Plan]


def chosen(
    node: Node,
    ways: Sequence[Way],
    cluster: ClusterConfig,
    cuts: Cuts,
    preferred: Collection[str] = (),
    l1_bytes: int | None = None,
    far: Set[str] = frozenset(),
) -> Step:
    """The step of a node by the cheapest of several ways, or of the preferred kernels where one can be used.

    ``cuts`` is kept from node to node: networks repeat their layers. ``l1_bytes`` is what may be used of L1,
    by default all. ``far`` are the operands in L3, by the members of the C layer, and ``output``.
    Raises ``UserError`` when none can be used, with the reason of the first.
    """
    zeros = [np.zeros(tensor.shape, np.int8) for tensor in node.inputs]
    usable: list[tuple[float, Step]] = []
    choices: list[Choice] = []
    for way in ways:
        try:
            way.kernel.check_core(cluster.core)
            layer = way.bind(*zeros)
            key = layer.symbol, layer.geometry, cluster, far
            if key not in cuts:
                cuts[key] = plan(layer, cluster, l1_bytes, far)
        except UserError as error:
            choices.append(Choice(kernel=str(way.kernel), cycles=None, reason=str(error)))
            continue
        step = Step(node=node, way=way, layer=layer, plan=cuts[key], choices=())
        cycles = step.cycles(cluster, far) if far else step.plan.cycles
        choices.append(Choice(kernel=str(way.kernel), cycles=cycles))
        usable.append((cycles, step))
    if not usable:
        raise UserError(choices[0].reason if choices else "no kernel computes it in this layout")
    candidates = [found for found in usable if found[1].way.kernel.name in preferred] or usable
    _, step = min(candidates, key=lambda found: found[0])
    check_plan(step.layer, step.plan)
    choices.sort(key=lambda choice: (choice.kernel != str(step.way.kernel), choice.cycles or math.inf))
    return replace(step, choices=tuple(choices))
