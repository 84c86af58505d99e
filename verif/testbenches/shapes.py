"""Shapes of the cluster's parts in their benches: odd and small, so that everything meets everything."""

from hw.cluster.config import ClusterConfig
from hw.cluster.dma import Dma
from hw.cluster.event_unit import EventUnit
from hw.cluster.interconnect import Interconnect
from hw.generate import component_verilog
from verif.testbenches.instruction_path import InstructionPath

CORES, BANKS, WORDS, DMA_PORTS, TURN = 5, 8, 64, 2, 3
#: Names of the interconnect's modules, and where their words lie.
INTERCONNECTS = {
    "interconnect": ClusterConfig(banks=BANKS, l1_bytes=4 * WORDS),
    "interconnect_in_step": ClusterConfig(banks=BANKS, l1_bytes=4 * WORDS, hashed_banks=1, broadcast=1),
}
#: For the DMA's bench: two cores are enough to compete for it.
DMA_CONFIG = ClusterConfig(cores=2, l1_bytes=4096, dma_beats=8)
#: For the instruction path's: little of everything, so that blocks and lines are evicted all the time.
INSTRUCTION_CONFIG = ClusterConfig(cores=3, fetch_lines=4, instruction_bytes=1024, instruction_banks=2)


def instruction_path_verilog() -> str:
    """Module ``instruction_path``."""
    return component_verilog(InstructionPath(INSTRUCTION_CONFIG), "instruction_path")


def interconnect_verilog(name: str) -> str:
    """A module of ``INTERCONNECTS``."""
    config = INTERCONNECTS[name]
    shape = Interconnect(
        cores=CORES,
        banks=BANKS,
        words=WORDS,
        dma_ports=DMA_PORTS,
        max_consecutive_grants=TURN,
        hashed=bool(config.hashed_banks),
        broadcast=bool(config.broadcast),
    )
    return component_verilog(shape, name)


def event_unit_verilog() -> str:
    """Module ``event_unit``."""
    return component_verilog(EventUnit(CORES), "event_unit")


def dma_verilog() -> str:
    """Module ``dma``."""
    return component_verilog(Dma(DMA_CONFIG), "dma")
