"""A round-robin arbiter, and the multiplexer that goes with its one-hot grants."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib.wiring import Component, In, Out


def lowest(bits: Value) -> Value:
    """The lowest set bit alone."""
    return (bits & (~bits + 1))[: len(bits)]


def select(grants: Value, values: Sequence[Value]) -> Value:
    """The value whose bit of ``grants`` is set, 0 when none is."""
    return reduce(or_, (Mux(grants[i], value, 0) for i, value in enumerate(values)))


class RoundRobin(Component):
    """Grants one of ``count`` requests in the same cycle, in turn.

    The requester after the one served last goes next. With ``max_consecutive_grants`` above 1 the one served
    last goes first, as long as it asks in every cycle and for that many grants at most. So a request that
    stays is served after at most ``max_consecutive_grants * (count - 1)`` others.

    Members
    -------
    requests : In(count)
    ready : In(1)
        The resource takes a request in this cycle; without it nothing is granted and no turn passes.
    grants : Out(count)
        One bit at most.
    """

    def __init__(self, count: int, *, max_consecutive_grants: int = 1) -> None:
        self._count = count
        self._most = max_consecutive_grants
        super().__init__({"requests": In(count), "ready": In(1), "grants": Out(count)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        later = Signal(self._count)  # the requesters after the one that was served last
        first = Signal(self._count)
        preferred = self.requests & later
        m.d.comb += [
            first.eq(lowest(Mux(preferred.any(), preferred, self.requests))),
            self.grants.eq(Mux(self.ready, first, 0)),
        ]
        if self._most > 1:
            last = Signal(self._count)
            left = Signal(range(self._most))  # further grants in a row
            m.d.comb += last.eq(~later & Cat(later[1:], 1))
            again = (self.requests & last).any() & (left != 0)
            with m.If(again):
                m.d.comb += first.eq(last)
            with m.If(self.ready):
                m.d.sync += left.eq(Mux(again, left - 1, Mux(self.requests.any(), self._most - 1, 0)))
        with m.If(self.grants.any()):
            m.d.sync += later.eq(~(self.grants | (self.grants - 1)))
        return m
