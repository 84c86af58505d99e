"""Chains of movement become one view."""

from dataclasses import replace
from math import prod

import numpy as np

from compiler.graph import Graph, Node, Tensor
from compiler.movement import Reshape, Strided
from reference.strided import strided
from sw_kernels.strided.axis import Axis, dense, merged
from sw_kernels.strided.geometry import AXES

#: A view of memory: offset, and elements and stride of each axis.
Axes = list[tuple[int, int]]


def collapsed(graph: Graph) -> Graph:
    """The graph in which no view reads another view's output, wherever one view equals both."""
    made: dict[Tensor, Node] = {}
    nodes: list[Node] = []
    for node in graph.nodes:
        found = [node]
        if isinstance(node, Strided):
            source = _beneath(node.inputs[0], made)
            inner = made.get(source)
            view = composed(inner, node) if isinstance(inner, Strided) else None
            if view is not None and isinstance(inner, Strided):
                found = _nodes(node, inner.inputs[0], *view)
            elif source is not node.inputs[0]:
                found = [replace(node, inputs=(source,))]
        made |= {new.output: new for new in found}
        nodes += found
    return replace(graph, nodes=tuple(nodes))


def _beneath(tensor: Tensor, made: dict[Tensor, Node]) -> Tensor:
    """The tensor with the same bytes that is no other shape of one before."""
    while isinstance(node := made.get(tensor), Reshape):
        tensor = node.inputs[0]
    return tensor


def _nodes(node: Strided, source: Tensor, offset: int, axes: Axes) -> list[Node]:
    """The view, and its shape where it has more axes than the node's output."""
    shape = tuple(count for count, _ in axes)
    strides = tuple(stride for _, stride in axes)
    if shape == node.output.shape:
        return [replace(node, inputs=(source,), offset=offset, strides=strides)]
    tensor = replace(node.output, shape=shape)
    view = Strided(name=node.name, inputs=(source,), output=tensor, offset=offset, strides=strides)
    return [view, Reshape(name=node.name, inputs=(tensor,), output=node.output)]


def composed(inner: Strided, outer: Strided) -> tuple[int, Axes] | None:
    """One view that equals an outer view of an inner one's elements; None if there is none."""
    shape = inner.output.shape
    axes: Axes = []
    for count, stride in zip(outer.output.shape, outer.strides, strict=True):
        found = _along(count, stride, shape, inner.strides)
        if found is None:
            return None
        axes += found
    counts, strides = (tuple(parts) for parts in zip(*axes, strict=True))
    if len(merged([Axis(*parts) for parts in zip(counts, strides, dense(counts), strict=True)])) > AXES:
        return None
    elements = np.arange(inner.inputs[0].size)
    seen = strided(elements, inner.offset, shape, inner.strides)
    wanted = strided(seen, outer.offset, outer.output.shape, outer.strides)
    offset = int(wanted.flat[0])
    reach = [(count - 1) * stride for count, stride in axes]
    if offset + sum(step for step in reach if step < 0) < 0:
        return None
    if offset + sum(step for step in reach if step > 0) >= elements.size:
        return None
    # Steps that carry from one axis of the inner view to another are no view: all elements are compared.
    same = np.array_equal(strided(elements, offset, counts, strides).ravel(), wanted.ravel())
    return (offset, axes) if same else None


def _along(count: int, stride: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Axes | None:
    """Axes of the input's memory for steps of ``stride`` over an inner view's elements."""
    if count == 1 or stride == 0:
        return [(count, 0)]
    axes: Axes = []
    size, step = abs(stride), 1 if stride > 0 else -1
    for axis in reversed(range(len(shape))):
        inner, length = prod(shape[axis + 1 :]), shape[axis]
        if length == 1 or inner * length <= size:
            continue
        if size % inner:
            return None
        jump = size // inner
        inside = -(-length // jump)
        if count <= inside or axis == 0:
            return [(count, step * jump * strides[axis]), *axes]
        if length % jump or count % inside:
            return None
        axes.insert(0, (inside, step * jump * strides[axis]))
        count, size = count // inside, inner * length
        if count == 1:
            return axes
    return None
