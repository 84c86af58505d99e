"""Random graphs of movements, and what NumPy makes of them."""

from random import Random

import numpy as np

from compiler.compile import compile_graph
from compiler.graph import Graph, Node, Table, Tensor
from compiler.movement import Concat, Movement, Pad, Reshape, Strided
from hw.cluster.config import ClusterConfig
from reference.quantization import Quantization
from reference.table import table
from sw_kernels.strided.axis import dense

#: The scale of all tensors.
SCALE = Quantization(0.1, -3)


class RandomMovements:
    """A graph that is made node by node, each reading what one before made."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.nodes: list[Node] = []
        shape = tuple(random.randrange(1, 6) for _ in range(random.randrange(1, 4)))
        self.tensors = [Tensor(name="input", shape=shape, quantization=SCALE)]

    def _append(self, kind: type[Node], inputs: tuple[Tensor, ...], shape: tuple[int, ...], **parts: object):
        output = Tensor(name=f"t{len(self.nodes)}", shape=shape, quantization=SCALE)
        members: dict = {"name": output.name, "inputs": inputs, "output": output, **parts}
        self.nodes.append(kind(**members))
        self.tensors.append(output)

    def grow(self) -> None:
        """Append a node of any kind, of any tensor."""
        source = self._random.choice(self.tensors[-4:])
        grow = self._random.choice(
            (self._transpose, self._slice, self._reshape, self._pad, self._concat, self._table, self._repeat)
        )
        if source.size < 3000:
            grow(source)

    def _transpose(self, source: Tensor) -> None:
        order = self._random.sample(range(len(source.shape)), len(source.shape))
        strides = dense(source.shape)
        shape = tuple(source.shape[axis] for axis in order)
        self._append(Strided, (source,), shape, offset=0, strides=tuple(strides[axis] for axis in order))

    def _slice(self, source: Tensor) -> None:
        offset, shape, strides = 0, [], []
        for length, stride in zip(source.shape, dense(source.shape), strict=True):
            begin, step = self._random.randrange(length), self._random.choice((1, 1, 1, 2, -1))
            reach = length - begin if step > 0 else begin + 1
            shape.append(self._random.randrange(-(-reach // abs(step))) + 1)
            strides.append(step * stride)
            offset += begin * stride
        self._append(Strided, (source,), tuple(shape), offset=offset, strides=tuple(strides))

    def _repeat(self, source: Tensor) -> None:
        axis = self._random.randrange(len(source.shape))
        shape, strides = list(source.shape), list(dense(source.shape))
        shape.insert(axis + 1, 2)
        strides.insert(axis + 1, 0)
        self._append(Strided, (source,), tuple(shape), offset=0, strides=tuple(strides))

    def _reshape(self, source: Tensor) -> None:
        size = self._random.choice([d for d in range(1, source.size + 1) if source.size % d == 0])
        self._append(Reshape, (source,), (size, source.size // size))

    def _pad(self, source: Tensor) -> None:
        before, after = (tuple(self._random.randrange(3) for _ in source.shape) for _ in range(2))
        shape = tuple(sum(ends) for ends in zip(before, source.shape, after, strict=True))
        self._append(Pad, (source,), shape, before=before, after=after, value=self._random.randrange(-9, 9))

    def _concat(self, source: Tensor) -> None:
        axis = self._random.randrange(len(source.shape))
        across = [*source.shape[:axis], *source.shape[axis + 1 :]]
        same = [
            tensor
            for tensor in self.tensors
            if len(tensor.shape) == len(source.shape)
            and [*tensor.shape[:axis], *tensor.shape[axis + 1 :]] == across
            and tensor.size < 1000
        ]
        data = np.full(source.shape, 7, np.int8)
        constant = Tensor(name="constant", shape=source.shape, quantization=SCALE, data=data)
        chosen = [self._random.choice([*same, source, constant]) for _ in range(self._random.randrange(1, 4))]
        inputs = (source, *chosen)
        shape = list(source.shape)
        shape[axis] = sum(tensor.shape[axis] for tensor in inputs)
        self._append(Concat, inputs, tuple(shape), axis=axis)

    def _table(self, source: Tensor) -> None:
        entries = np.arange(-128, 128).astype(np.int8)[::-1].copy()
        self._append(Table, (source,), source.shape, entries=entries)

    def graph(self) -> Graph:
        """The graph, whose last node computes."""
        self._table(self.tensors[-1])
        return Graph(name="moves", nodes=tuple(self.nodes), input=self.tensors[0], output=self.tensors[-1])


def random_movements(random: Random, nodes: int) -> Graph:
    """A graph of at most this number of random movements, and a table."""
    made = RandomMovements(random)
    for _ in range(nodes):
        made.grow()
    return made.graph()


def by_numpy(graph: Graph, inputs: np.ndarray) -> np.ndarray:
    """The output of such a graph."""
    values = {**graph.constants, graph.input: inputs}
    for node in graph.nodes:
        operands = [values[tensor] for tensor in node.inputs]
        if isinstance(node, Table):
            values[node.output] = table(operands[0], node.entries)
        else:
            assert isinstance(node, Movement), node
            values[node.output] = node.moved(*operands)
    return values[graph.output]


def check_random_movements(
    random: Random, rng: np.random.Generator, cluster: ClusterConfig, count: int
) -> None:
    """Compile graphs of random movements for a cluster, and compare their golden output with NumPy's own."""
    for _ in range(count):
        graph = random_movements(random, 8)
        inputs = rng.integers(-128, 128, graph.input.shape).astype(np.int8)
        network = compile_graph(graph, cluster)
        _ = network.offsets  # which checks every byte that a step reads
        found = network.golden_network.output(network.golden(inputs))
        assert np.array_equal(found, by_numpy(graph, inputs))
