"""Rates at which the DMA moves a layer's operands, by the memory where they lie."""

from collections.abc import Set
from dataclasses import dataclass

from hw.cluster.config import ClusterConfig
from hw.cluster.outer_memory import L2, L3

#: Cycles of a layer's first barriers, cold caches and last transfer, which are no part of its steps.
LAYER_CYCLES = 700
#: Cycles from a request of the DMA to the next one in its place, beside the latency of the memory.
TURN_CYCLES = 3


@dataclass(frozen=True, kw_only=True)
class Supply:
    """The memories of a layer's operands and output.

    Parameters
    ----------
    config : ClusterConfig
    far : set of str
        Operands in L3, by the members of the C layer's struct, ``output`` among them; the others are in L2.
    """

    config: ClusterConfig
    far: Set[str] = frozenset()

    def cycles(self, operand: str, size: float) -> float:
        """Cycles of a transfer, without the latency that it begins with.

        The DMA waits for answers of at most ``dma_beats`` requests at once, which a long latency makes slower
        than the memory is.
        """
        memory = L3 if operand in self.far else L2
        beat = max(memory.interval, (memory.latency + TURN_CYCLES) / self.config.dma_beats)
        return size / self.config.bus_bytes * beat
