"""The check that every step reads what it should, wherever tensors and their parts were placed."""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from compiler.graph import Graph, Node, Tensor
from compiler.movement import Movement


def check_bytes(graph: Graph, steps: Sequence[Node], offsets: Mapping[Tensor, int], arena: int) -> None:
    """Raise ``AssertionError`` when a step, or the output, would read bytes that are not its tensor's.

    Every element that a step writes gets a number. They are written to an arena in the order of the steps,
    and each tensor that is read must have the numbers that NumPy's movements give it. How places were found
    does not matter.

    Parameters
    ----------
    graph : Graph
    steps : sequence of Node
        What computes, in order.
    offsets : mapping
        Place in the arena of every tensor that is no constant.
    arena : int
        Bytes.
    """
    memory = np.zeros(arena, np.int64)
    numbers: dict[Tensor, np.ndarray] = {}
    computes, constants, last = set(steps), set(graph.constants), 0

    def write(tensor: Tensor) -> None:
        nonlocal last
        count = prod(tensor.shape)
        numbers[tensor] = np.arange(last + 1, last + 1 + count).reshape(tensor.shape)
        last += count
        begin = offsets[tensor]
        assert 0 <= begin <= arena - tensor.size, f"{tensor.name} leaves the arena of {arena} bytes"
        memory[begin : begin + tensor.size] = tensor.stored(numbers[tensor])

    def read(tensor: Tensor, reader: str) -> None:
        begin = offsets[tensor]
        found = memory[begin : begin + tensor.size]
        same = found.size == tensor.size and np.array_equal(tensor.values(found), numbers[tensor])
        assert same, f"{reader} reads other bytes than those of {tensor.name}"

    reads = {tensor: node for node in graph.nodes for tensor in node.inputs}
    write(graph.input)
    for node in graph.nodes:
        activations = [tensor for tensor in node.inputs if tensor not in constants]
        if node in computes:
            for tensor in activations:
                read(tensor, node.name)
            write(node.output)
        elif activations:
            assert isinstance(node, Movement), node
            numbers[node.output] = node.moved(*(numbers[tensor] for tensor in node.inputs))
        else:  # another shape of a constant
            constants.add(node.output)
        for tensor in activations:
            if reads[tensor] is node and tensor is not graph.output:
                numbers.pop(tensor, None)
    read(graph.output, "the network's output")
