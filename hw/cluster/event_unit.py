"""The event unit: events, and hardware barriers, for every core."""

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib.wiring import Component, In, Out

from hw.cluster.ports import ControlSignature
from hw.cluster.registers import BARRIERS, EVENT_BITS, EVENT_UNIT, Event, word_of


class EventUnit(Component):
    """Events and barriers: a blocking read is granted when its condition holds; no list of waiters is kept.

    A core is at a barrier while its request for it stands. As soon as the whole team's requests stand, all
    are granted in the same cycle, so no core can arrive for the next round before this one is over.

    Parameters
    ----------
    cores : int

    Members
    -------
    ports : In(ControlSignature) each
        Registers of ``EVENT_UNIT`` in hw.cluster.registers.
    dma_done : In(cores)
        Raises ``Event.DMA`` in these cores.
    at_barrier, at_event : Out(cores)
        The core sleeps there.
    """

    def __init__(self, cores: int) -> None:
        self._cores = cores
        super().__init__(
            {
                "ports": In(ControlSignature()).array(cores),
                "dma_done": In(cores),
                "at_barrier": Out(cores),
                "at_event": Out(cores),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        cores = range(self._cores)
        teams = [Signal(self._cores, name=f"team{n}", init=(1 << self._cores) - 1) for n in range(BARRIERS)]
        present = [Signal(self._cores, name=f"present{n}") for n in range(BARRIERS)]
        complete = Signal(BARRIERS)
        m.d.comb += complete.eq(
            Cat((there & team) == team for there, team in zip(present, teams, strict=True))
        )
        masks = [Signal(EVENT_BITS, name=f"mask{i}") for i in cores]
        pendings = [Signal(EVENT_BITS, name=f"pending{i}") for i in cores]
        raises = [Signal(32, name=f"raises{i}") for i in cores]

        for i, port in enumerate(self.ports):
            mask, pending = masks[i], pendings[i]
            writes = Signal(name=f"writes{i}")
            cleared = Signal(EVENT_BITS, name=f"cleared{i}")
            readable = Signal(name=f"readable{i}")
            writable = Signal(name=f"writable{i}")
            m.d.comb += writes.eq(port.req & port.we)
            with m.Switch(port.addr[2:10]):
                with m.Case(word_of("event_mask", EVENT_UNIT)):
                    m.d.comb += [port.rdata.eq(mask), readable.eq(1), writable.eq(1)]
                    with m.If(writes):
                        m.d.sync += mask.eq(port.wdata)
                with m.Case(word_of("event_pending", EVENT_UNIT)):
                    m.d.comb += [port.rdata.eq(pending), readable.eq(1), writable.eq(1)]
                    m.d.comb += cleared.eq(Mux(writes, port.wdata, 0))
                with m.Case(word_of("event_wait", EVENT_UNIT)):
                    come = pending & mask
                    m.d.comb += [port.rdata.eq(come), readable.eq(1)]
                    m.d.comb += self.at_event[i].eq(port.req & ~port.we & ~come.any())
                    m.d.comb += cleared.eq(Mux(port.req & ~port.we, come, 0))
                with m.Case(word_of("event_raise", EVENT_UNIT)):
                    m.d.comb += [raises[i].eq(Mux(writes, port.wdata, 0)), writable.eq(1)]
                with m.Case(word_of("cores", EVENT_UNIT)):
                    m.d.comb += [port.rdata.eq(self._cores), readable.eq(1)]
                for n in range(BARRIERS):
                    with m.Case(word_of("barrier_team", EVENT_UNIT, n)):
                        m.d.comb += [port.rdata.eq(teams[n]), readable.eq(1), writable.eq(1)]
                    with m.Case(word_of("barrier_wait", EVENT_UNIT, n)):
                        m.d.comb += [present[n][i].eq(port.req & ~port.we), readable.eq(teams[n][i])]
                        m.d.comb += self.at_barrier[i].eq(port.req & ~port.we & teams[n][i] & ~complete[n])
            m.d.comb += [
                port.err.eq(~Mux(port.we, writable, readable)),
                port.gnt.eq(port.req & ~self.at_barrier[i] & ~self.at_event[i]),
            ]
            raised = [Mux(word[i], word[16 : 16 + EVENT_BITS], 0) for word in raises]
            dma = Mux(self.dma_done[i], Event.DMA.value, 0)
            m.d.sync += pending.eq((pending & ~cleared) | reduce(or_, raised) | dma)

        # Of two cores that set one team in the same cycle the higher one wins.
        for n, team in enumerate(teams):
            for port in self.ports:
                with m.If(port.req & port.we & (port.addr[2:10] == word_of("barrier_team", EVENT_UNIT, n))):
                    m.d.sync += team.eq(port.wdata)
        return m
