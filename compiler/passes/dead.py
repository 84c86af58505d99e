"""Movements that nothing reads are left out."""

from dataclasses import replace

from compiler.graph import Graph, Node
from compiler.movement import Movement


def without_dead(graph: Graph) -> Graph:
    """The graph without movements whose output no node reads."""
    read = {graph.output}
    kept: list[Node] = []
    for node in reversed(graph.nodes):
        if not isinstance(node, Movement) or node.output in read:
            kept.append(node)
            read.update(node.inputs)
    return replace(graph, nodes=tuple(reversed(kept)))
