"""The bytes in which tensors lie: their own, or a range of those of another tensor."""

from dataclasses import dataclass, field

import numpy as np

from compiler.graph import Graph, Node, Tensor
from compiler.movement import Concat, Reshape, Strided


@dataclass(frozen=True, kw_only=True, eq=False)
class Storage:
    """Places of all tensors of a graph.

    Parameters
    ----------
    owners : dict
        The tensor in whose bytes each tensor lies: itself, unless it is a part or another shape of one.
    starts : dict
        The byte of its owner that each tensor begins with.
    still : set of Node
        Nodes that need no step, because their outputs are where they belong already.
    """

    owners: dict[Tensor, Tensor] = field(default_factory=dict)
    starts: dict[Tensor, int] = field(default_factory=dict)
    still: set[Node] = field(default_factory=set)

    @staticmethod
    def of(graph: Graph) -> "Storage":
        """The storage of a graph after its passes.

        The inputs of a concatenation ``in_place`` lie in its output, and views of consecutive bytes in what
        they look at.
        """
        storage = Storage()
        for node in reversed(graph.nodes):
            storage._place_inputs(node)
        for tensor in (graph.input, *graph.constants):
            storage._lie(tensor, tensor, 0)
        for node in graph.nodes:
            storage._place_output(node)
        return storage

    def overlap(self, one: Tensor, other: Tensor) -> bool:
        """True if two tensors share bytes."""
        ends = [self.starts[tensor] + tensor.size for tensor in (one, other)]
        begins = [self.starts[tensor] for tensor in (other, one)]
        apart = any(end <= begin for end, begin in zip(ends, begins, strict=True))
        return self.owners[one] is self.owners[other] and not apart

    def _lie(self, tensor: Tensor, owner: Tensor, start: int) -> None:
        self.owners[tensor] = owner
        self.starts[tensor] = start

    def _place_inputs(self, node: Node) -> None:
        """Backwards: what a node only joins or names is made where its output lies."""
        output = node.output
        owner, start = self.owners.get(output, output), self.starts.get(output, 0)
        if isinstance(node, Concat) and node.in_place:
            for tensor, place in zip(node.inputs, node.starts, strict=True):
                self._lie(tensor, owner, start + place)
        elif isinstance(node, Reshape) and output in self.owners:
            self._lie(node.inputs[0], owner, start)

    def _place_output(self, node: Node) -> None:
        """Forwards: a view of consecutive bytes lies in what it looks at, unless it lies elsewhere."""
        output = node.output
        placed = output in self.owners
        if isinstance(node, Concat) and node.in_place:
            self.still.add(node)
        elif isinstance(node, Reshape):
            source = node.inputs[0]
            self._lie(output, self.owners[source], self.starts[source])
            self.still.add(node)
        elif isinstance(node, Strided) and node.in_place and not placed and node.inputs[0].data is None:
            source = node.inputs[0]
            self._lie(output, self.owners[source], self.starts[source] + node.offset)
            self.still.add(node)
        if output not in self.owners:
            self._lie(output, output, 0)


class Memory:
    """The bytes of all owners, for models that compute a network without a cluster."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._bytes: dict[Tensor, np.ndarray] = {}

    def _range(self, tensor: Tensor) -> np.ndarray:
        owner, start = self._storage.owners[tensor], self._storage.starts[tensor]
        if owner not in self._bytes:
            empty = np.zeros(owner.size, np.int8)
            self._bytes[owner] = empty if owner.data is None else owner.stored(owner.data)
        return self._bytes[owner][start : start + tensor.size]

    def read(self, tensor: Tensor) -> np.ndarray:
        """A copy of a tensor's values, in its shape."""
        return tensor.values(self._range(tensor)).copy()

    def write(self, tensor: Tensor, values: np.ndarray) -> None:
        """Give a tensor its values, in its shape."""
        self._range(tensor)[:] = tensor.stored(values)
