"""Kernels chosen again, once it is known which operands lie in L3."""

from collections.abc import Callable, Set
from dataclasses import replace

from compiler.emit import Emission
from compiler.graph import Node
from compiler.network import Network, Step


def rechosen(network: Network, choose: Callable[[Node, Set[str]], Step]) -> Network:
    """The network with steps that suit the memories of their operands.

    Steps stay whose operands are all in L2. The network takes no more predicted cycles than before.

    Parameters
    ----------
    network : Network
        Chosen as if all operands lay in L2.
    choose : callable
        Chooses the step of a node, given its operands in L3 by the members of the C layer, and ``output``.
    """
    before = Emission(network=network)
    if not any(before.far):
        return network
    steps = zip(network.steps, before.far, strict=True)
    others = tuple(choose(step.node, far) if far else step for step, far in steps)
    after = Emission(network=replace(network, steps=others))
    return min(after, before, key=lambda emission: sum(emission.predicted)).network
