"""A compiled network: steps with their kernels and cuts, and the places of its activations."""

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from compiler.budget import Budget
from compiler.check import check_bytes
from compiler.golden import GoldenNetwork
from compiler.graph import Graph, Node, Tensor
from compiler.memory import far_activations
from compiler.place import Buffer, arena_size, check_places, place
from compiler.storage import Storage
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.supply import Supply
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

    def cycles(self, cluster: ClusterConfig, far: Set[str] = frozenset()) -> float:
        """Predicted cycles; ``far`` are the operands in L3, by the members of the C layer, and ``output``."""
        supply = Supply(config=cluster, far=far)
        return self.layer.kernel.walk.cycles(self.layer, self.plan, cluster, supply)

    @property
    def activations(self) -> dict[str, Tensor]:
        """Its tensors by the members of the C layer, and ``output``."""
        inputs = zip(self.layer.activations, self.node.inputs, strict=True)
        return {**dict(inputs), "output": self.node.output}


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """A graph, lowered for a cluster.

    Parameters
    ----------
    graph : Graph
    cluster : ClusterConfig
    budget : Budget
    steps : tuple of Step
        Of the nodes that compute; those that ``storage`` calls still have none.
    storage : Storage
        The bytes in which each tensor lies.
    """

    graph: Graph
    cluster: ClusterConfig
    budget: Budget
    steps: tuple[Step, ...]
    storage: Storage

    @property
    def name(self) -> str:
        """C name of the network: ``model_`` and the name of its file."""
        return PREFIX + re.sub(r"[^0-9A-Za-z]", "_", self.graph.name)

    @cached_property
    def activations(self) -> dict[Tensor, Buffer]:
        """Buffers of the tensors that have bytes of their own, with the steps that they live for."""
        owners = self.storage.owners
        lives = {self.graph.input: [0, 0]}
        for number, step in enumerate(self.steps):
            for tensor in (owners[step.node.output], *map(owners.__getitem__, step.node.inputs)):
                if tensor.data is None:
                    lives.setdefault(tensor, [number, number])[1] = number
        lives[owners[self.graph.output]][1] = len(self.steps)
        return {
            tensor: Buffer(name=self.symbol(tensor), size=tensor.size, first=first, last=last)
            for tensor, (first, last) in lives.items()
        }

    @property
    def buffers(self) -> tuple[Buffer, ...]:
        """Buffers of all activations."""
        return tuple(self.activations.values())

    def symbol(self, tensor: Tensor) -> str:
        """C name of the bytes in which a tensor lies: unique, which the names of tensors need not be."""
        owner = self.storage.owners[tensor]
        if owner.data is not None:
            return f"{self.name}_constant_{list(self.graph.constants).index(owner)}"
        return f"{self.name}_activation_{self._numbers[owner]}"

    def place(self, tensor: Tensor) -> str:
        """C expression of a tensor's first byte."""
        start = self.storage.starts[tensor]
        return self.symbol(tensor) + (f" + {start}" if start else "")

    @cached_property
    def _numbers(self) -> dict[Tensor, int]:
        return {tensor: number for number, tensor in enumerate(self.graph.tensors)}

    @cached_property
    def arenas(self) -> dict[str, tuple[Buffer, ...]]:
        """Activations by the memory of their arena, ``l2`` or ``l3``."""
        savings = dict.fromkeys((buffer.name for buffer in self.buffers), 0.0)
        for step in self.steps:
            near = step.cycles(self.cluster)
            for member, tensor in step.activations.items():
                if (symbol := self.symbol(tensor)) in savings:  # others are constants, or views of one
                    savings[symbol] += step.cycles(self.cluster, {member}) - near
        far = far_activations(self.buffers, savings, self.l2_room)
        return {
            "l2": tuple(buffer for buffer in self.buffers if buffer.name not in far),
            "l3": tuple(buffer for buffer in self.buffers if buffer.name in far),
        }

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Offset in its arena, by the C name of the buffer."""
        found = {}
        for buffers in self.arenas.values():
            offsets = place(buffers)
            check_places(buffers, offsets, arena_size(buffers, offsets))
            found |= offsets
        self._check_bytes(found)
        return found

    def _check_bytes(self, offsets: Mapping[str, int]) -> None:
        """Check what steps read, as if the arena of L3 began where that of L2 ends."""
        near, far = (arena_size(buffers, offsets) for buffers in self.arenas.values())
        begins = {**offsets} | {buffer.name: near + offsets[buffer.name] for buffer in self.arenas["l3"]}
        tensors = {
            tensor: begins[self.symbol(owner)] + self.storage.starts[tensor]
            for tensor, owner in self.storage.owners.items()
            if owner.data is None
        }
        check_bytes(self.graph, [step.node for step in self.steps], tensors, near + far)

    @property
    def l2_room(self) -> int:
        """Bytes of L2 for activations and weights: the budget, or less beside many plans."""
        return self.budget.l2_room([step.plan for step in self.steps])

    @property
    def arena(self) -> int:
        """Bytes of the arena of activations in L2."""
        return arena_size(self.arenas["l2"], self.offsets)

    @property
    def far_arena(self) -> int:
        """Bytes of the arena in L3, for what L2 has no room for."""
        return arena_size(self.arenas["l3"], self.offsets)

    def is_far(self, tensor: Tensor) -> bool:
        """True if an activation lies in L3."""
        return self.symbol(tensor) in {buffer.name for buffer in self.arenas["l3"]}

    def offset(self, tensor: Tensor) -> int:
        """Offset of a tensor in its arena."""
        return self.offsets[self.symbol(tensor)] + self.storage.starts[tensor]

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
