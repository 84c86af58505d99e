"""A compiled network: steps with their kernels and cuts, and the places of its activations."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from compiler.golden import GoldenNetwork
from compiler.graph import Graph, Node, Tensor
from compiler.place import Buffer, arena_size, check_places, place
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.kernel import Kernel
from sw_kernels.layer import Layer

#: C identifiers begin with it, so that no model's name is a keyword or a function of the runtime.
PREFIX = "model_"


@dataclass(frozen=True, kw_only=True)
class Way:
    """A kernel that could compute a node.

    Parameters
    ----------
    kernel : Kernel
    bind : callable
        Makes the layer from its inputs, in the order of the node's and in any shape. Raises ``UserError``
        when the kernel cannot compute the layer.
    """

    kernel: Kernel
    bind: Callable[..., Layer]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A kernel that could compute a step.

    Parameters
    ----------
    kernel : str
    cycles : float or None
        Predicted; None when it cannot be used.
    reason : str
        Why it cannot; empty when it can.
    """

    kernel: str
    cycles: float | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """One layer of the network.

    Parameters
    ----------
    node : Node
    way : Way
    layer : Layer
        The layer with inputs of 0.
    plan : Plan
    choices : tuple of Choice
        All kernels that were looked at, the chosen one first.
    """

    node: Node
    way: Way
    layer: Layer
    plan: Plan
    choices: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """A graph, lowered for a cluster.

    Parameters
    ----------
    graph : Graph
    cluster : ClusterConfig
    steps : tuple of Step
        Of the nodes that compute; a ``Reshape`` has none.
    storage : dict
        The tensor in whose bytes each tensor lies: itself, unless it is another shape of one before.
    """

    graph: Graph
    cluster: ClusterConfig
    steps: tuple[Step, ...]
    storage: dict[Tensor, Tensor]

    @property
    def name(self) -> str:
        """C name of the network: ``model_`` and the name of its file."""
        return PREFIX + re.sub(r"[^0-9A-Za-z]", "_", self.graph.name)

    @cached_property
    def activations(self) -> dict[Tensor, Buffer]:
        """Buffers of the tensors that have bytes of their own, with the steps that they live for."""
        lives = {self.storage[self.graph.input]: [0, 0]}
        for number, step in enumerate(self.steps):
            lives[self.storage[step.node.output]] = [number, number]
            for tensor in step.node.inputs:
                if tensor.data is None:
                    lives[self.storage[tensor]][1] = number
        lives[self.storage[self.graph.output]][1] = len(self.steps)
        return {
            tensor: Buffer(name=self.symbol(tensor), size=tensor.size, first=first, last=last)
            for tensor, (first, last) in lives.items()
        }

    @property
    def buffers(self) -> tuple[Buffer, ...]:
        """Buffers of all activations."""
        return tuple(self.activations.values())

    def symbol(self, tensor: Tensor) -> str:
        """C name of a tensor's bytes: unique, which the names of tensors need not be."""
        stored = self.storage[tensor]
        if stored.data is not None:
            return f"{self.name}_constant_{list(self.graph.constants).index(stored)}"
        return f"{self.name}_activation_{self._numbers[stored]}"

    @cached_property
    def _numbers(self) -> dict[Tensor, int]:
        return {tensor: number for number, tensor in enumerate(self.graph.tensors)}

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Offset in the arena of activations, by the name of the buffer."""
        offsets = place(self.buffers)
        check_places(self.buffers, offsets, arena_size(self.buffers, offsets))
        return offsets

    @property
    def arena(self) -> int:
        """Bytes of the arena of activations."""
        return arena_size(self.buffers, self.offsets)

    def offset(self, tensor: Tensor) -> int:
        """Offset of a tensor in the arena."""
        return self.offsets[self.symbol(tensor)]

    @cached_property
    def golden_network(self) -> GoldenNetwork:
        """The golden models of its steps."""
        steps = [(step.node, step.way.bind) for step in self.steps]
        return GoldenNetwork(graph=self.graph, storage=self.storage, steps=steps)

    @property
    def output_step(self) -> int:
        """Number of the step that makes the network's output."""
        return self.golden_network.output_step

    def golden(self, inputs: np.ndarray) -> list[np.ndarray]:
        """Outputs of all steps by NumPy; see ``GoldenNetwork.outputs``."""
        return self.golden_network.outputs(inputs)
