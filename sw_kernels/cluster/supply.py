"""Rates at which the DMA moves a layer's operands, by the memory where they lie."""

from collections.abc import Set
from dataclasses import dataclass

from hw.cluster.config import ClusterConfig
from hw.cluster.outer_memory import L2, L3

#: Cycles of a layer's first barriers, cold caches and last transfer, which are no part of its steps.
LAYER_CYCLES = 700


@dataclass(frozen=True, kw_only=True)
class Supply:
    """The memories of a layer's operands and output.

    Parameters
    ----------
    bus_bytes : int
        Width of the cluster's port.
    far : set of str
        Operands in L3, by the members of the C layer's struct, ``output`` among them; the others are in L2.
    """

    bus_bytes: int
    far: Set[str] = frozenset()

    @staticmethod
    def near(config: ClusterConfig) -> "Supply":
        """Everything in L2."""
        return Supply(bus_bytes=config.bus_bytes)

    def cycles(self, operand: str, size: float) -> float:
        """Cycles of a transfer, without the latency that it begins with."""
        return size / self.bus_bytes * (L3 if operand in self.far else L2).interval
