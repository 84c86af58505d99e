"""The kernel of a step: the one whose best cut takes the fewest predicted cycles."""

from collections.abc import Sequence

import numpy as np

from common.errors import UserError
from compiler.graph import Node
from compiler.network import Bind, Choice
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.plan import plan
from sw_kernels.layer import Layer


def chosen(
    node: Node, binds: Sequence[Bind], cluster: ClusterConfig
) -> tuple[Bind, Layer, Plan, tuple[Choice, ...]]:
    """The cheapest of several ways to compute a node.

    Returns
    -------
    bind, layer, plan
        Of the chosen one; the layer has inputs of 0.
    choices
        All, the chosen one first.

    Raises
    ------
    UserError
        When none can be used, with the reason of the first.
    """
    zeros = [np.zeros(tensor.shape, np.int8) for tensor in node.inputs]
    usable: list[tuple[float, int, Bind, Layer, Plan]] = []
    choices: list[Choice] = []
    for number, bind in enumerate(binds):
        layer = bind(*zeros)
        try:
            layer.kernel.check_core(cluster.core)
            cut = plan(layer, cluster)
        except UserError as error:
            choices.append(Choice(kernel=str(layer.kernel), cycles=None, reason=str(error)))
            continue
        choices.append(Choice(kernel=str(layer.kernel), cycles=cut.cycles))
        usable.append((cut.cycles, number, bind, layer, cut))
    if not usable:
        raise UserError(choices[0].reason)
    _, number, bind, layer, cut = min(usable, key=lambda entry: entry[:2])
    choices.insert(0, choices.pop(number))
    return bind, layer, cut, tuple(choices)
