"""Concatenations whose inputs are written where they belong, and paddings as such concatenations."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from compiler.graph import Graph, Node, Table, Tensor
from compiler.movement import Concat, Pad, Reshape, Strided
from reference.quantization import Quantization
from reference.table import entries_of, table
from sw_kernels.concat.geometry import PARTS
from sw_kernels.strided.axis import dense


def joined(graph: Graph) -> Graph:
    """The graph without paddings, and with concatenations that only join.

    The inputs of a concatenation have its scale. Those of one ``in_place`` are made by nodes that can write
    them into the output; a copy stands before one that cannot be.
    """
    join = _Join(graph)
    for node in graph.nodes:
        join.add(node)
    return replace(graph, nodes=tuple(join.nodes))


def requantized(inputs: Quantization, output: Quantization) -> np.ndarray:
    """Entries of the table from one scale to another."""
    return entries_of(lambda real: real, inputs, output)


def _identity(name: str, source: Tensor) -> Strided:
    """A copy of a tensor."""
    output = replace(source, name=name, data=None)
    return Strided(name=name, inputs=(source,), output=output, offset=0, strides=dense(source.shape))


class _Join:
    """Nodes as they are made."""

    def __init__(self, graph: Graph) -> None:
        self.nodes: list[Node] = []
        self._made: dict[Tensor, Node] = {}
        self._taken: set[Tensor] = set()

    def add(self, node: Node) -> None:
        """Append a node, and what it needs before it."""
        if isinstance(node, Pad):
            self._pad(node)
        elif isinstance(node, Concat):
            self._concat(node)
        else:
            self._append(node)

    def _append(self, node: Node) -> None:
        self.nodes.append(node)
        self._made[node.output] = node

    def _concat(self, node: Concat) -> None:
        inputs = [
            self._scaled(tensor, node.output.quantization, f"{node.name}/{number}")
            for number, tensor in enumerate(node.inputs)
        ]
        if not node.in_place:
            while len(inputs) > PARTS:
                inputs[:PARTS] = [self._first(node, inputs[:PARTS])]
        else:
            inputs = [self._written(tensor, f"{node.name}/{number}") for number, tensor in enumerate(inputs)]
        self._append(replace(node, inputs=tuple(inputs)))

    def _first(self, node: Concat, inputs: list[Tensor]) -> Tensor:
        """The first inputs, joined: a kernel joins a few."""
        shape = list(node.output.shape)
        shape[node.axis] = sum(tensor.shape[node.axis] for tensor in inputs)
        output = replace(node.output, name=f"{node.name}/first", shape=tuple(shape))
        self._append(replace(node, name=output.name, inputs=tuple(inputs), output=output))
        return output

    def _scaled(self, tensor: Tensor, quantization: Quantization, name: str) -> Tensor:
        """The tensor with another scale."""
        if tensor.quantization == quantization:
            return tensor
        entries = requantized(tensor.quantization, quantization)
        output = replace(tensor, name=name, quantization=quantization)
        if tensor.data is not None:
            return replace(output, data=table(tensor.data, entries))
        self._append(Table(name=name, inputs=(tensor,), output=output, entries=entries))
        return output

    def _written(self, tensor: Tensor, name: str) -> Tensor:
        """A tensor that a node writes wherever it is wanted: this one, or a copy."""
        chain = [tensor]
        while isinstance(node := self._made.get(chain[-1]), Reshape):
            chain.append(node.inputs[0])
        if chain[-1] in self._made and not self._taken.intersection(chain):
            self._taken.update(chain)
            return tensor
        copy = _identity(name, tensor)
        self._append(copy)
        self._taken.add(copy.output)
        return copy.output

    def _pad(self, node: Pad) -> None:
        """Concatenations with constants, one for each axis that is padded, the innermost first."""
        tensor = self._scaled(node.inputs[0], node.output.quantization, f"{node.name}/input")
        padded = [axis for axis, ends in enumerate(zip(node.before, node.after, strict=True)) if any(ends)]
        for axis in reversed(padded):
            parts = [*_margin(node, tensor, axis, node.before), tensor]
            parts += _margin(node, tensor, axis, node.after)
            shape = list(tensor.shape)
            shape[axis] = sum(part.shape[axis] for part in parts)
            name = f"{node.name}/{axis}"
            output = replace(node.output, name=name, shape=tuple(shape))
            if axis == padded[0]:
                output = node.output
            self._concat(Concat(name=name, inputs=tuple(parts), output=output, axis=axis))
            tensor = output
        if not padded:
            self._append(Reshape(name=node.name, inputs=(tensor,), output=node.output))


def _margin(node: Pad, inside: Tensor, axis: int, counts: tuple[int, ...]) -> Iterator[Tensor]:
    """The constant on one side of an axis, if there is one."""
    if counts[axis]:
        shape = (*inside.shape[:axis], counts[axis], *inside.shape[axis + 1 :])
        values = np.full(shape, node.value, np.int8)
        yield replace(node.output, name=f"{node.name}/value", shape=shape, data=values)
