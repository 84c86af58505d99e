"""The bus bridge: everything that leaves the cluster shares one bus."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import Component, In, Out

from hw.cluster.arbiter import RoundRobin, select
from hw.cluster.ports import BusSignature

#: Requests that can be outstanding: what the DMA, a core each, and two beats for each cache bank may ask for.
OUTSTANDING = 64


class BusBridge(Component):
    """Round-robin in front of the bus; responses come in order and go back by a queue of who asked.

    Parameters
    ----------
    ports, width : int

    Members
    -------
    ports : In(BusSignature) each
    bus : Out(BusSignature)
    """

    def __init__(self, *, ports: int, width: int) -> None:
        super().__init__({"ports": In(BusSignature(width)).array(ports), "bus": Out(BusSignature(width))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        ports, bus = self.ports, self.bus
        m.submodules.arbiter = arbiter = RoundRobin(len(ports))
        m.submodules.askers = askers = SyncFIFO(width=len(ports), depth=OUTSTANDING)
        chosen = Signal(len(ports))
        held = Signal(
            len(ports)
        )  # chosen earlier and not granted yet: it keeps the bus, which must not change
        m.d.comb += [
            arbiter.requests.eq(Cat(port.req for port in ports)),
            arbiter.ready.eq(~held.any() & askers.w_rdy),
            chosen.eq(Mux(held.any(), held, arbiter.grants)),
            bus.req.eq(chosen.any()),
            bus.addr.eq(select(chosen, [port.addr for port in ports])),
            bus.we.eq((chosen & Cat(port.we for port in ports)).any()),
            bus.be.eq(select(chosen, [port.be for port in ports])),
            bus.wdata.eq(select(chosen, [port.wdata for port in ports])),
            askers.w_en.eq(bus.req & bus.gnt),
            askers.w_data.eq(chosen),
            askers.r_en.eq(bus.rvalid),
        ]
        m.d.sync += held.eq(Mux(bus.gnt, 0, chosen))
        for i, port in enumerate(ports):
            m.d.comb += [
                port.gnt.eq(chosen[i] & bus.gnt),
                port.rvalid.eq(bus.rvalid & askers.r_data[i]),
                port.rdata.eq(bus.rdata),
                port.err.eq(bus.err),
            ]
        return m
