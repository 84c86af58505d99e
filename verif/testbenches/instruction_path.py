"""The instruction path as the cluster wires it, without its data."""
# pyright: reportAttributeAccessIssue=false
# Amaranth's components get their ports at run time.

from amaranth.hdl import Module
from amaranth.lib.wiring import Component, In, Out, connect, flipped

from hw.bus import FetchSignature
from hw.cluster.bus_bridge import BusBridge
from hw.cluster.config import ClusterConfig
from hw.cluster.fetch_buffer import FetchBuffer
from hw.cluster.instruction_cache import InstructionCache
from hw.cluster.ports import BusSignature


class InstructionPath(Component):
    """Each core's fetch buffer, the cache and the bus bridge.

    Parameters
    ----------
    config : ClusterConfig

    Members
    -------
    cores : In(FetchSignature) each
    bus : Out(BusSignature)
    """

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        super().__init__(
            {
                "cores": In(FetchSignature()).array(config.cores),
                "bus": Out(BusSignature(config.bus_bytes)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config
        m.submodules.cache = cache = InstructionCache(config)
        m.submodules.bus_bridge = bridge = BusBridge(ports=config.instruction_banks, width=config.bus_bytes)
        for i in range(config.cores):
            m.submodules[f"buffer{i}"] = buffer = FetchBuffer(config.fetch_lines)
            connect(m, flipped(self.cores[i]), buffer.core)
            connect(m, buffer.cache, cache.cores[i])
        for bus, port in zip(cache.buses, bridge.ports, strict=True):
            connect(m, bus, port)
        connect(m, bridge.bus, flipped(self.bus))
        return m
