"""Graphs without nodes that nothing reads, and with clips in the nodes before them."""

from collections import Counter
from dataclasses import replace

import numpy as np

from compiler.graph import Add, AveragePool, Conv, Depthwise, Graph, Linear, Mul, Node, Table, Tensor
from reference.table import CODES

#: Nodes whose kernels clip to any range.
_CLIPS = (Add, AveragePool, Conv, Depthwise, Linear, Mul)


def simplified(graph: Graph) -> Graph:
    """A graph that computes the same output with fewer nodes."""
    return _clipped(_used(graph))


def _used(graph: Graph) -> Graph:
    """The nodes that the output depends on."""
    wanted: set[Tensor] = {graph.output}
    kept: list[Node] = []
    for node in reversed(graph.nodes):
        if node.output in wanted:
            kept.append(node)
            wanted.update(node.inputs)
    return replace(graph, nodes=tuple(reversed(kept)))


def _clipped(graph: Graph) -> Graph:
    """Tables that only clip are fused into the nodes whose outputs they alone read."""
    readers = Counter(tensor for node in graph.nodes for tensor in node.inputs)
    readers[graph.output] += 1
    places = {node.output: place for place, node in enumerate(graph.nodes)}
    nodes: list[Node | None] = list(graph.nodes)
    for place, table in enumerate(graph.nodes):
        if not isinstance(table, Table) or readers[table.inputs[0]] > 1:
            continue
        before = places.get(table.inputs[0])
        maker = None if before is None else nodes[before]
        bounds = _clip(table)
        if before is None or bounds is None or not isinstance(maker, _CLIPS):
            continue
        source, output = table.inputs[0].quantization, table.output.quantization
        if source != output or table.inputs[0].shape != table.output.shape:
            continue
        lo, hi = (min(max(bound, maker.lo), maker.hi) for bound in bounds)
        nodes[before] = None
        nodes[place] = replace(maker, output=table.output, lo=lo, hi=hi)
        places[table.output] = place
    return replace(graph, nodes=tuple(node for node in nodes if node is not None))


def _clip(table: Table) -> tuple[int, int] | None:
    """The range that the table clips to; None if it does something else."""
    lo, hi = int(table.entries.min()), int(table.entries.max())
    return (lo, hi) if np.array_equal(table.entries, np.clip(CODES, lo, hi)) else None
