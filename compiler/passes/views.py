"""Movements around products of activations, as views that the product reads and writes through.

Attention splits a matrix of (tokens, heads * channels) into heads, and merges them again: transposes that
would copy every element. The kernel of the product reads rows that lie apart, and writes them so.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeGuard

import numpy as np

from compiler.graph import Graph, MatMul, Node, Tensor, View
from compiler.movement import Reshape, Strided
from compiler.passes.dead import without_dead


def with_views(graph: Graph) -> Graph:
    """The graph without the movements that its products of activations can do without."""
    if not any(isinstance(node, MatMul) for node in graph.nodes):
        return graph
    producers = {node.output: node for node in graph.nodes}
    nodes = [_reading(node, producers) if isinstance(node, MatMul) else node for node in graph.nodes]
    merged: dict[Tensor, Tensor] = {}
    for node in nodes:
        if isinstance(node, MatMul) and (tensor := _merged_heads(node, nodes, graph.output)):
            merged[node.output] = tensor
    made = set(merged.values())
    kept = [
        replace(node, output=merged[node.output], interleaved=True) if node.output in merged else node
        for node in nodes
        if node.output not in made
    ]
    return without_dead(replace(graph, nodes=tuple(kept)))


def _moved(node: Node | None) -> TypeGuard[Reshape | Strided]:
    """True if a node makes the same codes in another order."""
    return (
        isinstance(node, Reshape | Strided)
        and node.inputs[0].quantization == node.output.quantization
        and (node.lo, node.hi) == (-128, 127)
    )


def _source(tensor: Tensor, producers: Mapping[Tensor, Node]) -> tuple[Tensor, np.ndarray]:
    """The tensor before all movements, and for each element its place in that tensor's memory."""
    node = producers.get(tensor)
    if node is None or not _moved(node):
        return tensor, np.arange(tensor.size).reshape(tensor.shape)
    source, places = _source(node.inputs[0], producers)
    return source, node.moved(places)


def _view_of(places: np.ndarray) -> View | None:
    """The view that has its elements at these places, if there is one."""
    whole = View.whole(places.shape)
    first = places.reshape(-1)[0]
    strides = tuple(
        int(places.take(1, axis=axis).reshape(-1)[0] - first) if length > 1 else whole.strides[axis]
        for axis, length in enumerate(places.shape)
    )
    grid = np.ix_(*(np.arange(n) * step for n, step in zip(places.shape, strides, strict=True)))
    if min(strides) < 0 or not np.array_equal(places, first + sum(grid)):
        return None
    return View(offset=int(first), shape=places.shape, strides=strides)


def _reading(node: MatMul, producers: Mapping[Tensor, Node]) -> MatMul:
    """The product with its operands where they lie, as far as the kernel can read them there."""
    found = []
    for number, (tensor, view) in enumerate(zip(node.inputs, node.views, strict=True)):
        source, places = _source(tensor, producers)
        direct = _view_of(places.reshape(view.shape))
        # Rows of a have K innermost; b may have N innermost instead.
        fits = direct is not None and 1 in (direct.strides[1:] if number else direct.strides[2:])
        found.append((source, direct) if fits else (tensor, view))
    (first, a), (second, b) = found
    return replace(node, inputs=(first, second), a=a, b=b)


def _merged_heads(node: MatMul, nodes: list[Node], output: Tensor) -> Tensor | None:
    """The tensor that nothing but movements makes of a product, if it has all heads of a row together."""
    heads, rows, columns = node.views[0].shape[0], node.views[0].shape[1], node.views[1].shape[1]
    tensor, places = node.output, np.arange(node.output.size).reshape(node.output.shape)
    wanted = places.reshape(heads, rows, columns).transpose(1, 0, 2).reshape(-1)
    while tensor is not output:
        reader, *others = [reader for reader in nodes if tensor in reader.inputs] or [None]
        if others or not _moved(reader):
            return None
        tensor, places = reader.output, reader.moved(places)
        if np.array_equal(places.reshape(-1), wanted) and heads > 1:
            return tensor
    return None
