"""The record of a compiled network in its folder, ``network.json``."""

import json
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from common.cache import key, plain
from common.errors import UserError
from compiler.emit import Emission
from compiler.graph import Tensor
from compiler.network import Choice, Network, Step
from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.packing.activations import ACTIVATION_LAYOUTS, HWC, ActivationLayout
from sw_kernels.weighted import WeightedLayer

#: Marks the file, and its form: a folder of another form is compiled again.
FORMAT = "xdecimate network 1"


@dataclass(frozen=True, kw_only=True)
class Port:
    """The input or the output of a network: shape without the batch, and what its codes mean."""

    shape: tuple[int, ...]
    scale: float
    zero: int
    symbol: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Activation:
    """Bytes in an arena: its memory, place, and the steps that write them first and read them last."""

    symbol: str
    memory: str
    offset: int
    bytes: int
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Constant:
    """Weights of a step: memory, and the file that holds them."""

    symbol: str
    memory: str
    bytes: int

    @property
    def file(self) -> str:
        """Path in the folder."""
        return f"weights/{self.symbol}.bin"


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """One layer.

    Parameters
    ----------
    name : str
        Of its node in the model.
    operator, kernel : str
    m : int or None
        Block size of a sparse kernel.
    geometry : str
    macs : int
        Multiply-accumulates of the dense layer.
    predicted_cycles : int
    strips, tiles : int
        Of the cut.
    l1_bytes : int
        Of its buffers in L1.
    inputs : tuple of str
        C expressions of the activations that it reads, or of constants in their place.
    output : str
        C expression of the activation that it writes.
    output_memory : str
    output_offset : int
        Its memory, ``l2`` or ``l3``, and its place in that one's arena.
    output_shape : tuple of int
    output_layout : str
        Order of its elements in memory.
    tier : str
        Arithmetic of the requantization, where there is a choice: ``short`` by 16-bit multipliers, or exact.
    far : tuple of str
        Operands in L3, by the members of the C layer, ``output`` among them.
    constants : tuple of Constant
    choices : tuple of Choice
        All kernels that were looked at, the chosen one first.
    program : str
        Equal for steps that run the same kernel on the same shape, cut in the same way.
    """

    name: str
    operator: str
    kernel: str
    m: int | None
    geometry: str
    macs: int
    predicted_cycles: int
    strips: int
    tiles: int
    l1_bytes: int
    inputs: tuple[str, ...]
    output: str
    output_memory: str
    output_offset: int
    output_shape: tuple[int, ...]
    constants: tuple[Constant, ...]
    choices: tuple[Choice, ...]
    program: str
    output_layout: str = HWC.name
    tier: str = ""
    far: tuple[str, ...] = ()

    @property
    def _layout(self) -> ActivationLayout:
        return ACTIVATION_LAYOUTS[self.output_layout]

    @property
    def output_bytes(self) -> int:
        """Bytes of the output."""
        return self._layout.size(self.output_shape)

    def output_of(self, content: bytes) -> np.ndarray:
        """The output, int8 in its shape, from its bytes in memory."""
        return self._layout.values(np.frombuffer(content, np.int8), self.output_shape)

    def stored(self, output: np.ndarray) -> bytes:
        """The bytes in memory of an output."""
        return self._layout.stored(output).tobytes()

    @property
    def weight_bytes(self) -> int:
        """Bytes of the constants."""
        return sum(constant.bytes for constant in self.constants)

    @property
    def kernel_title(self) -> str:
        """Operator, kernel and block size, as messages name a kernel."""
        return f"{self.operator} {self.kernel}" + (f" m{self.m}" if self.m else "")


@dataclass(frozen=True, kw_only=True)
class NetworkRecord:
    """A compiled network.

    Parameters
    ----------
    name : str
        C name.
    model : str
        Name of the model.
    cluster : ClusterConfig
    input, output : Port
    arena_bytes, far_arena_bytes, l1_bytes : int
        Of the arenas of activations in L2 and in L3, and of the network's part of L1.
    activations : tuple of Activation
    l1 : dict of str to int
        Bytes of the buffers in L1, by C name.
    steps : tuple of StepRecord
    files : dict of str to str
        SHA-256 of the other files that compile wrote, by their paths.
    """

    name: str
    model: str
    cluster: ClusterConfig
    input: Port
    output: Port
    arena_bytes: int
    far_arena_bytes: int
    l1_bytes: int
    activations: tuple[Activation, ...]
    l1: Mapping[str, int]
    steps: tuple[StepRecord, ...]
    files: Mapping[str, str]

    @property
    def arenas(self) -> dict[str, int]:
        """Bytes of the arenas of activations that there are, by C name."""
        sizes = {self.arena_in("l2"): self.arena_bytes, self.arena_in("l3"): self.far_arena_bytes}
        return {symbol: size for symbol, size in sizes.items() if size}

    def arena_in(self, memory: str) -> str:
        """C name of the arena in ``l2`` or ``l3``."""
        return f"{self.name}_{'far_' if memory == 'l3' else ''}arena"

    @property
    def constants(self) -> tuple[Constant, ...]:
        """Weights of all steps."""
        return tuple(dict.fromkeys(constant for step in self.steps for constant in step.constants))

    @property
    def predicted_cycles(self) -> int:
        """Predicted cycles of all steps."""
        return sum(step.predicted_cycles for step in self.steps)

    def to_json(self) -> str:
        """The text of network.json."""
        steps = [_values_of(step) for step in self.steps]
        values = asdict(self) | {"cluster": self.cluster.as_dict(), "steps": steps}
        return json.dumps({"format": FORMAT, **values}, indent=1) + "\n"

    @staticmethod
    def from_json(text: str) -> "NetworkRecord":
        """The record that a text holds; ``UserError`` when it is damaged or of another form."""
        try:
            values = json.loads(text)
            form = values.pop("format")
            if form != FORMAT:
                raise UserError(f"its form is {form!r}, not {FORMAT!r}; compile the network again")
            return NetworkRecord(
                **values
                | {
                    "cluster": ClusterConfig.from_dict(values["cluster"]),
                    "input": _port(values["input"]),
                    "output": _port(values["output"]),
                    "activations": tuple(Activation(**item) for item in values["activations"]),
                    "steps": tuple(map(_step, values["steps"])),
                }
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"it is damaged ({error}); compile the network again") from error


def _values_of(step: StepRecord) -> dict[str, Any]:
    """Members of a step, without those that say nothing."""
    present = {
        "output_layout": step.output_layout != HWC.name,
        "tier": step.tier != "",
        "far": step.far != (),
    }
    return {name: value for name, value in asdict(step).items() if present.get(name, True)}


def _port(values: dict[str, Any]) -> Port:
    members: dict[str, Any] = values | {"shape": tuple(values["shape"])}
    return Port(**members)


def _step(values: dict[str, Any]) -> StepRecord:
    return StepRecord(
        **values
        | {
            "inputs": tuple(values["inputs"]),
            "output_shape": tuple(values["output_shape"]),
            "constants": tuple(Constant(**item) for item in values["constants"]),
            "choices": tuple(Choice(**item) for item in values["choices"]),
            "far": tuple(values.get("far", ())),
        }
    )


def network_record(emission: Emission, files: Mapping[str, str]) -> NetworkRecord:
    """The record of a network, with the hashes of its files."""
    network = emission.network
    return NetworkRecord(
        name=network.name,
        model=network.graph.name,
        cluster=network.cluster,
        input=_port_of(network, network.graph.input),
        output=_port_of(network, network.graph.output),
        arena_bytes=network.arena,
        far_arena_bytes=network.far_arena,
        l1_bytes=emission.l1_bytes,
        activations=tuple(
            Activation(
                symbol=buffer.name,
                memory=memory,
                offset=network.offsets[buffer.name],
                bytes=buffer.size,
                first=buffer.first,
                last=buffer.last,
            )
            for memory, buffers in network.arenas.items()
            for buffer in buffers
        ),
        l1={
            plan.symbol(name): size for plan in emission.plans for name, size in plan.buffers.items() if size
        },
        steps=tuple(
            _step_of(emission, step, plan, far)
            for step, plan, far in zip(network.steps, emission.plans, emission.far, strict=True)
        ),
        files=files,
    )


def _port_of(network: Network, tensor: Tensor) -> Port:
    return Port(
        shape=tensor.shape,
        scale=tensor.scale,
        zero=tensor.zero,
        symbol=network.place(tensor),
        bytes=tensor.size,
    )


def _step_of(emission: Emission, step: Step, plan: Plan, far: Set[str]) -> StepRecord:
    layer, network = step.layer, emission.network
    names = [network.symbol(tensor) for tensor in step.node.inputs]
    names += [plan.symbol(f"const_{name}") for name in layer.kernel.walk.operands(layer, plan)]
    constants = tuple(
        Constant(symbol=name, memory=emission.memories[name], bytes=len(emission.constants[name]))
        for name in names
        if name in emission.constants
    )
    walk = layer.kernel.walk
    program = (
        plain([layer.symbol, walk.name(layer, plan), str(layer.geometry), network.cluster.as_dict()]),
        plain({name: str(value) for name, value in walk.members(layer, step.plan).items()}),
        plain(sorted(far)),
    )
    return StepRecord(
        name=step.node.name,
        operator=layer.kernel.operator.name,
        kernel=layer.kernel.name,
        m=layer.kernel.m,
        geometry=str(layer.geometry),
        macs=layer.geometry.macs,
        predicted_cycles=round(step.cycles(network.cluster, far)),
        strips=step.plan.strips,
        tiles=len(step.plan.tiles),
        l1_bytes=sum(plan.buffers.values()),
        inputs=tuple(network.place(tensor) for tensor in step.node.inputs),
        output=network.place(step.node.output),
        output_memory="l3" if network.is_far(step.node.output) else "l2",
        output_offset=network.offset(step.node.output),
        output_shape=step.node.output.shape,
        constants=constants,
        choices=step.choices,
        program=key(program),
        output_layout=step.node.output.layout.name,
        tier=layer.tier if isinstance(layer, WeightedLayer) and layer.kernel.quantizes else "",
        far=tuple(sorted(far)),
    )
