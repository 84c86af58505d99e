"""The way an operator's layers are walked on a cluster: their cuts, and what the C walk is given."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar, Generic, TypeVar

from hw.cluster.config import ClusterConfig
from sw_kernels.cluster.cut import Plan
from sw_kernels.cluster.supply import Supply
from sw_kernels.cluster.transfer import Transfer
from sw_kernels.layer import Layer
from sw_kernels.packing.activations import HWC, ActivationLayout

AnyLayer = TypeVar("AnyLayer", bound=Layer)


class ClusterWalk(ABC, Generic[AnyLayer]):
    """An operator's walk.

    Its C side are the files ``walk*.c`` in the operator's folder, ``NAME_plan.h`` its struct. A walk beside
    the operator's first one has a ``form``: its files are ``FORMwalk*.c``, and perhaps
    ``NAME_FORMplan.h``.
    """

    #: Word in the names of its C files and functions, with an underscore behind it: ``banded_``.
    form: ClassVar[str] = ""
    #: The same in the name of its struct, if that is another one too.
    plan_form: ClassVar[str] = ""
    #: Layout of the activations outside L1.
    activations: ClassVar[ActivationLayout] = HWC

    @abstractmethod
    def plans(self, layer: AnyLayer, config: ClusterConfig) -> Iterator[Plan]:
        """Cuts of a layer, also such that do not fit."""

    def cycles(self, layer: AnyLayer, plan: Plan, config: ClusterConfig, supply: Supply) -> float:
        """Predicted cycles of a cut, from the start of the walk to its end."""
        return plan.cycles

    def fallbacks(self, layer: AnyLayer, config: ClusterConfig) -> Iterator[Iterator[Plan]]:
        """Cuts for a layer of which none of ``plans`` fits: sets of them, the fastest first."""
        return iter(())

    def transfers(self, layer: AnyLayer, plan: Plan) -> Iterator[Transfer] | None:
        """Transfers of the C walk, each at least once, to check a plan; None where none are listed."""
        return None

    def name(self, layer: AnyLayer, plan: Plan) -> str:
        """Name of the C function after ``cluster_``."""
        return f"{layer.kernel.operator}_{self.form}".rstrip("_")

    @abstractmethod
    def functions(self, layer: AnyLayer) -> Mapping[str, tuple[str, str]]:
        """Pointers to the kernel's functions: member of the C plan, C type, symbol."""

    def members(self, layer: AnyLayer, plan: Plan) -> dict[str, int | str]:
        """Other members of the C plan. ``plan.symbol`` names buffers in L1."""
        return {
            "strips": plan.strips,
            "input": plan.pair("input", plan.inputs, plan.input),
            "output": plan.pair("output", plan.outputs, plan.output),
        }

    def operands(self, layer: AnyLayer, plan: Plan) -> Mapping[str, bytes]:
        """Operands in L2 or L3 as the walk transfers them, by the names of the C layer's pointers."""
        return {
            name: layer.kernel.activations.stored(array).tobytes()
            for name, array in layer.activations.items()
        }

    def scalars(self, layer: AnyLayer, plan: Plan) -> Mapping[str, int]:
        """Scalar members of the C layer inside the plan."""
        return layer.scalars

    def tile_table(self, layer: AnyLayer, plan: Plan) -> list[str]:
        """C initializers of the table of tiles, which takes ``plan.tile_table`` bytes; none without one."""
        return []
