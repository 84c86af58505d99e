"""Counters of a core's cycles, by cause."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib.wiring import Component, In, Out

from hw.cluster.registers import COUNTER_NAMES, COUNTERS, word_of

COUNTER_BITS = 32


class Counters(Component):
    """One 32-bit counter for each cause; a cycle is counted under one cause at most, and wraps.

    Members
    -------
    Causes, In(1) each; of several the first in this order counts:
        ``instructions``: one retires; ``barrier``, ``event``, ``dma``: asleep there; ``conflicts``: L1 does
        not grant; ``memory``: an access outside L1 is not answered; ``operand``, ``fetch_starved``: in the
        cycle before, ID waited for an operand, or for a line of the fetch buffer.
    address, value : In(8), Out(32)
        Word within the block ``COUNTERS``, and its counter.
    """

    def __init__(self) -> None:
        asleep = ("barrier", "event", "dma")
        causes = ("instructions", *asleep, "conflicts", "memory", "operand", "fetch_starved")
        super().__init__({**{name: In(1) for name in causes}, "address": In(8), "value": Out(COUNTER_BITS)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        operand, fetch_starved = Signal(), Signal()
        m.d.sync += [operand.eq(self.operand), fetch_starved.eq(self.fetch_starved)]
        # A wait of ID is a bubble of EX one cycle later.
        causes = {
            "instructions": self.instructions,
            "barrier": self.barrier,
            "event": self.event,
            "dma": self.dma,
            "conflicts": self.conflicts,
            "memory": self.memory,
            "load_use": operand,
            "fetch": fetch_starved,
        }
        taken = 0
        counters = {"cycles": Signal(COUNTER_BITS, name="cycles")}
        m.d.sync += counters["cycles"].eq(counters["cycles"] + 1)
        for name, cause in causes.items():
            counters[name] = Signal(COUNTER_BITS, name=f"count_{name}")
            m.d.sync += counters[name].eq(counters[name] + Mux(taken, 0, cause))
            taken = taken | cause
        with m.Switch(self.address):
            for name in COUNTER_NAMES:
                with m.Case(word_of(f"count_{name}", COUNTERS)):
                    m.d.comb += self.value.eq(counters[name])
        return m
