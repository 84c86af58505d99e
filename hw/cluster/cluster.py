"""The cluster: its parts, and the wiring between them."""

from amaranth.hdl import Cat, ClockSignal, Instance, Module, ResetSignal, Shape
from amaranth.lib.wiring import Component, In, Out, PureInterface, connect, flipped
from amaranth.utils import exact_log2

from hw.cluster.bus_bridge import BusBridge
from hw.cluster.config import ClusterConfig
from hw.cluster.dma import Dma
from hw.cluster.event_unit import EventUnit
from hw.cluster.instruction_cache import InstructionCache
from hw.cluster.interconnect import Interconnect
from hw.cluster.ports import BankSignature, BusSignature
from hw.cluster.processing_element import ElementSignature
from hw.core.csr_file import INTERRUPTS

#: Module that the cluster instantiates for each of its cores; hw.generate puts it beside the cluster.
ELEMENT = "processing_element"


class Cluster(Component):
    """Cores that share L1, instruction cache, event unit, DMA and one bus.

    The memories of L1 are outside, one port for each bank. The processing elements are instances of one
    module, ``ELEMENT``.

    Parameters
    ----------
    config : ClusterConfig

    Members
    -------
    boot_address : In(32)
        First address that every core fetches after reset, a multiple of 4; constant.
    first_hart : In(32)
        mhartid of core 0; constant.
    irq_external, irq_software, irq_timer : In(cores)
        Level-sensitive interrupt lines, a bit for each core.
    bank_req : Out(banks)
        Access to each memory of L1, bank 0 in the lowest bit. Word n of L1 is word n // banks of bank
        n % banks.
    bank_addr : Out(banks * bits)
        Word within each bank, bank 0 in the lowest bits.
    bank_we : Out(banks)
        Each access is a write.
    bank_be : Out(4 * banks)
        Bytes that it writes.
    bank_wdata : Out(32 * banks)
        What it writes.
    bank_rdata : In(32 * banks)
        What each bank read last, from the cycle after the access to its next read.
    bus : Out(BusSignature)
        To L2 and all that lies beyond.
    retire : Out(cores)
        An instruction leaves EX of each core at this clock edge.
    sleep : Out(cores)
        Each core waits, in wfi or for the event unit or the DMA: its clock may stop.
    execute_pc : Out(32 * cores)
        Address of the instruction in EX of each core, core 0 in the lowest bits.
    dma_busy : Out(1)
        A transfer waits or runs.
    """

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        self._bank_signature = BankSignature(config.l1_address_bits - exact_log2(config.banks))
        super().__init__(
            {
                "boot_address": In(32),
                "first_hart": In(32),
                **{f"irq_{name}": In(config.cores) for name in INTERRUPTS},
                **{
                    f"bank_{name}": member.flow(config.banks * Shape.cast(member.shape).width)
                    for name, member in self._bank_signature.members.items()
                },
                "bus": Out(BusSignature(config.bus_bytes)),
                "retire": Out(config.cores),
                "sleep": Out(config.cores),
                "execute_pc": Out(32 * config.cores),
                "dma_busy": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config
        m.submodules.interconnect = interconnect = Interconnect(
            cores=config.cores,
            banks=config.banks,
            words=config.l1_bytes // 4,
            dma_ports=config.bus_bytes // 4,
            max_consecutive_grants=config.max_consecutive_grants,
            hashed=bool(config.hashed_banks),
            broadcast=bool(config.broadcast),
        )
        m.submodules.instruction_cache = cache = InstructionCache(config)
        m.submodules.event_unit = events = EventUnit(config.cores)
        m.submodules.dma = dma = Dma(config)
        bridge_ports = config.cores + config.instruction_banks + 1
        m.submodules.bus_bridge = bridge = BusBridge(ports=bridge_ports, width=config.bus_bytes)

        for i in range(config.cores):
            element = ElementSignature(config).create(path=(f"element{i}",))
            m.submodules[f"element{i}"] = _instance(config, element)
            connect(m, element.l1, interconnect.cores[i])
            connect(m, element.lines, cache.cores[i])
            connect(m, element.events, events.ports[i])
            connect(m, element.dma, dma.ports[i])
            connect(m, element.outside, bridge.ports[i])
            m.d.comb += [
                element.hart_id.eq(self.first_hart + i),
                element.boot_address.eq(self.boot_address),
                element.at_barrier.eq(events.at_barrier[i]),
                element.at_event.eq(events.at_event[i]),
                element.at_dma.eq(dma.waits[i]),
                self.retire[i].eq(element.retire),
                self.sleep[i].eq(element.sleep),
                self.execute_pc.word_select(i, 32).eq(element.execute_pc),
            ]
            for name in INTERRUPTS:
                m.d.comb += getattr(element.irq, name).eq(getattr(self, f"irq_{name}")[i])
        for name, member in self._bank_signature.members.items():
            joined, each = getattr(self, f"bank_{name}"), [getattr(bank, name) for bank in interconnect.banks]
            m.d.comb += joined.eq(Cat(each)) if member.flow == Out else Cat(each).eq(joined)
        for i, port in enumerate(dma.l1):
            connect(m, port, interconnect.dma[i])
        for bus, port in zip((*cache.buses, dma.bus), bridge.ports[config.cores :], strict=True):
            connect(m, bus, port)
        connect(m, bridge.bus, flipped(self.bus))
        m.d.comb += [events.dma_done.eq(dma.done), self.dma_busy.eq(dma.busy)]
        return m


def _instance(config: ClusterConfig, element: PureInterface) -> Instance:
    """An instance of ``ELEMENT``, its ports named as hw.generate names them."""
    ports = {
        ("i_" if member.flow == In else "o_") + "_".join(map(str, path)): value
        for path, member, value in ElementSignature(config).flatten(element)
    }
    return Instance(ELEMENT, i_clk=ClockSignal(), i_rst=ResetSignal(), **ports)
