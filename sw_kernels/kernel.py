"""A kernel: one way to compute an operator, and the facts that others need of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import UserError
from hw.config import CONFIGS, CoreConfig
from sw_kernels.operator import Operator
from sw_kernels.packing.activations import HWC, ActivationLayout
from sw_kernels.packing.layout import IndexLayout

if TYPE_CHECKING:
    from sw_kernels.cluster.walk import ClusterWalk
    from sw_kernels.geometry import Geometry
    from sw_kernels.layer import Layer

#: Macros that select a kernel's arithmetic, and their values, in the order of the C symbol.
Arithmetic = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Loop:
    """One pass of an inner loop.

    A core issues one instruction and makes one 32-bit access to L1 a cycle, so that both counts are limits.

    Parameters
    ----------
    filters, positions : int
        Output channels and output positions that the loop serves at once.
    rounds : int
        Times that a pass takes four non-zero weights of each filter.
    instructions, accesses : int
        Executed instructions, and 32-bit accesses to L1 among them.
    """

    filters: int
    positions: int
    rounds: int = 1
    instructions: int
    accesses: int

    @property
    def outputs(self) -> int:
        """Accumulators that the loop serves."""
        return self.filters * self.positions

    @property
    def macs(self) -> int:
        """Executed multiply-accumulates."""
        return 4 * self.rounds * self.outputs

    @property
    def cycles_per_weight(self) -> float:
        """Cycles for a stored weight without a stall, at all the positions of the loop."""
        return self.instructions / (4 * self.rounds * self.filters)

    @property
    def intensity(self) -> float:
        """MACs for each 32-bit access: the most that a core's port lets it do in a cycle."""
        return self.macs / self.accesses

    @property
    def issue_limit(self) -> float:
        """MACs for each instruction: the most that a core does in a cycle."""
        return self.macs / self.instructions


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """One kernel, for one block size where it is sparse.

    Parameters
    ----------
    operator : Operator
        What it computes.
    name : str
        Name of its C source, and of its function after the operator's: ``dense_4x2``, ``sparse_xdecimate``.
    folder : Path or None
        Folder of its C source; the operator's when None.
    m : int or None
        Block size; None when dense.
    layout : IndexLayout or None
        Layout of its indices; None when it is dense and reads the weights of a channel without gaps.
    activations : ActivationLayout
        Layout of its input, and of its output unless ``outputs`` is another.
    outputs : ActivationLayout or None
        Layout of its output; the input's when None.
    needs : frozenset of str
        Extensions that it needs of the core. The CORE-V extensions have C models and are not among them.
    quantizes : bool
        It requantizes in the short form, with xdecq, where the layer has it.
    depthwise : bool
        It computes the convolutions of one channel a group, and no others.
    whole : bool
        It computes windows that cover the image, and no others.
    own_walk : ClusterWalk or None
        Division of its layers for a cluster; the operator's when None.
    max_blocks : int or None
        Most blocks of a channel; None when there is no limit.
    buffers : int
        Scratch memory of a core, in patches.
    compressed : bool
        Its source is compiled to compressed instructions if the core has them. ``make compressed`` measures
        the cycles that they cost.
    loop : Loop or None
        Its inner loop; None where it has no dot product.
    cycles_per_weight : float
        Inner-loop cycles for a stored weight, at all the positions that the kernel serves at once. Ranks the
        cuts for a cluster.
    cycles_per_output : float
        Cycles for an output beside the inner loop; without weights, for each input that it is made from.
    cycles_per_item : float
        Cycles for a row beside its elements, where rows are computed one by one.
    conflicts : float
        Cycles that a cycle of the kernel loses to bank conflicts on as many cores as banks. ``make
        prediction`` fits it.
    """

    operator: Operator
    name: str
    folder: Path | None = None
    m: int | None = None
    layout: IndexLayout | None = None
    activations: ActivationLayout = HWC
    outputs: ActivationLayout | None = None
    needs: frozenset[str] = frozenset()
    quantizes: bool = False
    depthwise: bool = False
    whole: bool = False
    own_walk: ClusterWalk | None = None
    max_blocks: int | None = None
    buffers: int = 0
    compressed: bool = False
    loop: Loop | None = None
    cycles_per_weight: float = 0.0
    cycles_per_output: float = 0.0
    cycles_per_item: float = 0.0
    conflicts: float = 0.0

    @property
    def odd(self) -> Geometry:
        """A small layer with the hard cases of the kernel."""
        odd: Any = self.operator.odd
        if self.whole:
            return replace(odd, FX=odd.IX, FY=odd.IY, SX=1, PX=0, PR=0, PB=0)
        return replace(odd, K=odd.C, G=odd.C) if self.depthwise else odd

    @property
    def source(self) -> Path:
        """The C file."""
        return (self.folder or self.operator.folder) / f"{self.name}.c"

    @property
    def makes(self) -> ActivationLayout:
        """Layout of its output."""
        return self.outputs or self.activations

    @property
    def walk(self) -> ClusterWalk:
        """Division of its layers for a cluster."""
        return self.own_walk or self.operator.walk

    @property
    def walk_sources(self) -> list[Path]:
        """C files of its walk."""
        return sorted(self.operator.folder.glob(f"{self.walk.form}walk*.c"))

    @property
    def plan(self) -> str:
        """Name of the walk's C struct, and of the header that declares it."""
        return f"{self.operator}_{self.walk.plan_form}plan"

    @property
    def positions(self) -> int:
        """Outputs of a channel that it computes at once."""
        return self.loop.positions if self.loop else 1

    def slowdown(self, cores: int, banks: int) -> float:
        """Factor by which bank conflicts slow it down while that many cores run it."""
        return 1 + self.conflicts * (cores - 1) / banks

    def weight_cycles(self, cores: int, banks: int) -> float:
        """Predicted inner-loop cycles for a stored weight, at all the positions of the loop."""
        loop = self.loop.cycles_per_weight if self.loop else self.cycles_per_weight
        return loop * self.slowdown(cores, banks)

    def defines(self, arithmetic: Arithmetic) -> dict[str, str]:
        """Macros that its source is compiled with."""
        return dict(arithmetic) | ({"M": str(self.m)} if self.m else {})

    def symbol(self, arithmetic: Arithmetic, part: str = "") -> str:
        """Name of the C function, or of a step of it, as include/layer.h composes it."""
        block = f"m{self.m}" if self.m else ""
        return "_".join(filter(None, (self.operator.name, self.name, part, block, *arithmetic.values())))

    def runs_on(self, config: CoreConfig) -> bool:
        """True if a core has what the kernel needs."""
        return all(map(config.has, self.needs))

    def core(self, config: CoreConfig) -> CoreConfig:
        """This configuration, or else the smallest named one that has what the kernel needs."""
        return next(found for found in (config, *CONFIGS.values()) if self.runs_on(found))

    def compiled_for(self, config: CoreConfig) -> CoreConfig:
        """The configuration that its source is compiled for: this one, but for compressed instructions."""
        return config if self.compressed else replace(config, extensions=config.extensions - {"c"})

    def check_core(self, config: CoreConfig) -> None:
        """Raise ``UserError`` unless a core has what the kernel needs."""
        if missing := sorted(name for name in self.needs if not config.has(name)):
            raise UserError(
                f"{self} needs a core with {' and '.join(missing)}, which configuration {config.name} lacks; "
                "choose another configuration or another kernel"
            )

    def random_layer(self, geometry: Geometry, seed: int) -> Layer:
        """A layer of this kernel with random operands; the same seed gives the same operands."""
        return self.operator.layer.random(geometry, self, seed)

    def __str__(self) -> str:
        return f"{self.operator} {self.name}" + (f" m{self.m}" if self.m else "")
