"""Paddings of rows and columns become those of the window that reads them."""

from dataclasses import replace

from compiler.graph import Conv, Depthwise, Graph, MaxPool, Node, Tensor
from compiler.movement import Pad

#: A padding of the smallest code changes no maximum.
LEAST = -128


def padded_windows(graph: Graph) -> Graph:
    """The graph in which windows pad by themselves where a padding before them is theirs."""
    pads = {node.output: node for node in graph.nodes if isinstance(node, Pad)}
    return replace(graph, nodes=tuple(_padded(node, pads) for node in graph.nodes))


def _padded(node: Node, pads: dict[Tensor, Pad]) -> Node:
    pad = pads.get(node.inputs[0]) if isinstance(node, Conv | Depthwise | MaxPool) else None
    if pad is None or not isinstance(node, Conv | Depthwise | MaxPool):
        return node
    source = pad.inputs[0]
    if len(source.shape) != 3 or pad.before[2] or pad.after[2]:
        return node
    if source.quantization != pad.output.quantization:
        return node
    added = (*pad.before[:2], *pad.after[:2])
    padding = tuple(own + more for own, more in zip(node.window.padding, added, strict=True))
    if isinstance(node, MaxPool):
        rows, columns = node.size_yx
        wide = max(padding[0], padding[2]) >= rows or max(padding[1], padding[3]) >= columns
        if pad.value != LEAST or wide:
            return node
    elif any(node.window.padding) and node.window.pad_value != pad.value:
        return node
    top, left, bottom, right = padding
    window = replace(node.window, padding=(top, left, bottom, right), pad_value=pad.value)
    return replace(node, inputs=(source,), window=window)
