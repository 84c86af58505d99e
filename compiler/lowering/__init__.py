"""Nodes as layers of kernels, one file for each family of operators."""

from collections.abc import Callable, Sequence

from compiler.graph import Linear, Node
from compiler.lowering.weighted import lowered_linear
from compiler.network import Bind

#: Ways to compute a node, by its type.
LOWERINGS: dict[type, Callable[..., Sequence[Bind]]] = {
    Linear: lowered_linear,
}


def lowered(node: Node) -> Sequence[Bind]:
    """All ways to compute a node: each makes its layer from inputs."""
    return LOWERINGS[type(node)](node)
