"""Hardware loops: two levels whose back edges cost nothing."""

from amaranth.hdl import Module, Mux, Signal, unsigned
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.core.control_fields import LoopWrites


class LoopState(data.Struct):
    """One loop as its CSRs show it."""

    start: unsigned(32)
    end: unsigned(32)
    count: unsigned(32)


class HardwareLoops(Component):
    """Registers of both loops; set and counted down when an instruction leaves ID.

    With a body of three instructions or more, every instruction that changes these registers has left ID
    before the body's last instruction is fetched, so the fetch unit can decide on the back edge by them.
    A count is rolled back when its instruction does not retire (an access fault).

    Members
    -------
    writes, loop : In(LoopWrites), In(1)
        Registers that the instruction leaving ID sets, and of which loop.
    start, end, count : In(32)
        Their values.
    counts : In(2)
        The instruction leaving ID is the last of this loop's body, and its count is not 0.
    restores : In(2)
        It did not retire.
    second : In(1)
        The loop whose count changes, if one does: early, for it selects before the late ``counts`` is known.
    state : Out(2 x LoopState)
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "writes": In(LoopWrites),
                "loop": In(1),
                "start": In(32),
                "end": In(32),
                "count": In(32),
                "counts": In(2),
                "restores": In(2),
                "second": In(1),
                "state": Out(data.ArrayLayout(LoopState, 2)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        # The ends of nested loops lie apart, so one count changes at a time.
        counted = Signal(32)
        m.d.comb += counted.eq(
            Mux(self.second, self.state[1].count, self.state[0].count)
            + Mux(self.restores.any(), 1, 0xFFFF_FFFF)
        )
        for number in range(2):
            start = Signal(30, name=f"start{number}")
            end = Signal(30, name=f"end{number}")
            count = Signal(32, name=f"count{number}")
            chosen = self.loop == number
            with m.If(self.writes.start & chosen):
                m.d.sync += start.eq(self.start[2:])
            with m.If(self.writes.end & chosen):
                m.d.sync += end.eq(self.end[2:])
            with m.If(self.writes.count & chosen):
                m.d.sync += count.eq(self.count)
            with m.Elif(self.counts[number] | self.restores[number]):
                m.d.sync += count.eq(counted)
            m.d.comb += [
                self.state[number].start[2:].eq(start),
                self.state[number].end[2:].eq(end),
                self.state[number].count.eq(count),
            ]
        return m
