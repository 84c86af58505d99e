"""Kernels chosen again, once it is known which operands lie in L3."""

from collections.abc import Callable, Set
from dataclasses import replace

from compiler.emit import Emission
from compiler.graph import Node
from compiler.network import Network, Step

#: Most times that steps are chosen again: weights of other kernels have other sizes, and may lie elsewhere.
ROUNDS = 4


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
    best = Emission(network=network)
    suited: list[frozenset[str]] = [frozenset()] * len(network.steps)
    for _ in range(ROUNDS):
        if best.far == suited:
            break
        suited = best.far
        steps = zip(network.steps, suited, strict=True)
        others = tuple(choose(step.node, far) if far else step for step, far in steps)
        candidate = Emission(network=replace(network, steps=others))
        if sum(candidate.predicted) > sum(best.predicted):
            break
        best = candidate
    return best.network
