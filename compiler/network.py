"""A compiled network: steps with their kernels and cuts, and the places of its activations."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from common.errors import UserError
from compiler.graph import Graph, Node, Tensor
from compiler.place import Buffer, arena_size, check_places, place
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.layer import Layer

#: Inputs of a layer, to the layer with them.
Bind = Callable[..., Layer]


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
    bind : callable
        Makes the layer with its inputs, in the order of ``node.inputs`` and in any shape.
    layer : Layer
        The layer with inputs of 0.
    plan : Plan
    choices : tuple of Choice
        All kernels that were looked at, the chosen one first.
    """

    node: Node
    bind: Bind
    layer: Layer
    plan: Plan
    choices: tuple[Choice, ...]

    def golden(self, *inputs: np.ndarray) -> np.ndarray:
        """The output, int8 in the node's output shape."""
        return self.bind(*inputs).golden().reshape(self.node.output.shape)


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
        """C name of the network."""
        return "".join(c if c.isalnum() else "_" for c in self.graph.name)

    @cached_property
    def buffers(self) -> tuple[Buffer, ...]:
        """Activations and the steps that they live for."""
        lives = {self.storage[self.graph.input]: [0, 0]}
        for number, step in enumerate(self.steps):
            lives[self.storage[step.node.output]] = [number, number]
            for tensor in step.node.inputs:
                lives[self.storage[tensor]][1] = number
        lives[self.storage[self.graph.output]][1] = len(self.steps)
        return tuple(
            Buffer(name=tensor.name, size=tensor.size, first=first, last=last)
            for tensor, (first, last) in lives.items()
        )

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Offset of each buffer in the arena of activations."""
        offsets = place(self.buffers)
        check_places(self.buffers, offsets, arena_size(self.buffers, offsets))
        return offsets

    @property
    def arena(self) -> int:
        """Bytes of the arena of activations."""
        return arena_size(self.buffers, self.offsets)

    def offset(self, tensor: Tensor) -> int:
        """Offset of a tensor in the arena."""
        return self.offsets[self.storage[tensor].name]

    def golden(self, inputs: np.ndarray) -> list[np.ndarray]:
        """Outputs of all steps by NumPy.

        Parameters
        ----------
        inputs : ndarray, ``graph.input.shape``, int8

        Raises
        ------
        UserError
            When the input has another shape or type.
        """
        wanted = self.graph.input
        if inputs.shape != wanted.shape or inputs.dtype != np.int8:
            raise UserError(
                f"the input of {self.graph.name} must be int8 of shape {wanted.shape} "
                f"(scale {wanted.scale:g}, zero point {wanted.zero}), "
                f"not {inputs.dtype} of shape {inputs.shape}"
            )
        values = {self.storage[wanted]: inputs}
        outputs = []
        for step in self.steps:
            outputs.append(step.golden(*(values[self.storage[tensor]] for tensor in step.node.inputs)))
            values[self.storage[step.node.output]] = outputs[-1]
        return outputs
