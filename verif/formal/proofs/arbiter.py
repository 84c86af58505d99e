"""The round-robin arbiter: one grant at most, never without need, and a bound on every wait."""

from amaranth.hdl import Assert, Assume, Const, Module, Mux, ResetSignal, Signal
from amaranth.lib.wiring import Component, In

from hw.cluster.arbiter import RoundRobin
from verif.formal.harness import reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof


class ArbiterHarness(Component):
    """The arbiter with free requests, and one requester, any, watched.

    The wait is bounded by a rank: ``turn`` grants for each requester between the one served last and the one
    watched, and what is left of the turn; 0 while it is the watched one's own turn. It falls with every grant
    to another while the watched one waits, and is ``turn * (count - 1)`` at most.
    """

    def __init__(self, *, count: int, turn: int) -> None:
        self._count, self._turn = count, turn
        super().__init__({"requests": In(count), "ready": In(1), "watched": In(range(count))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        count, turn = self._count, self._turn
        arbiter = RoundRobin(count, max_consecutive_grants=turn)
        inside = Inside(arbiter)
        m.submodules.arbiter = inside.fragment
        reset_once(m)
        later = inside["later"]
        left = inside["left"] if turn > 1 else Const(0)
        m.d.comb += [arbiter.requests.eq(self.requests), arbiter.ready.eq(self.ready)]

        # The one that is watched, and how far it is behind the one served last.
        who, last = Signal(range(count)), Signal(range(count))
        behind, rank = Signal(range(2 * count)), Signal(range(2 * turn * count))
        m.d.comb += [
            who.eq(self.watched),
            behind.eq(Mux(who > last, who - last - 1, who + count - last - 1)),
            rank.eq(Mux((who == last) & (left != 0), 0, turn * behind + left)),
        ]
        for index in range(count):
            with m.If(later == (((1 << count) - 1) << (index + 1)) & ((1 << count) - 1)):
                m.d.comb += last.eq(index)

        waits, passed = Signal(), Signal()  # passed: another was granted in the last cycle while it waited
        before, was = Signal.like(rank), Signal.like(who)
        m.d.comb += waits.eq((self.requests & (1 << who)).any() & ~(arbiter.grants & (1 << who)).any())
        m.d.sync += [
            passed.eq(waits & arbiter.grants.any() & ~ResetSignal()),
            before.eq(rank),
            was.eq(who),
        ]
        m.d.comb += Assume(ResetSignal() | ~passed | (who == was))
        grants = arbiter.grants
        kept = ~later  # the one served last and those before it
        with m.If(~ResetSignal()):
            m.d.comb += [
                Assert((grants & (grants - 1)[:count]) == 0, "one grant at most"),
                Assert((grants & ~self.requests) == 0, "only requests are granted"),
                Assert(grants.any() == (self.ready & self.requests.any()), "granted if it can be"),
                Assert(~passed | (rank < before), "every grant to another brings it nearer"),
                Assert(~waits | (rank <= turn * (count - 1)), "the wait is bounded"),
                # What makes it inductive: the one served last is one of them.
                Assert(kept.any() & ((kept & (kept + 1)[:count]) == 0), "invariant: thermometer"),
                Assert(left < turn, "invariant: rest of a turn"),
            ]
        return m


PROOFS = tuple(
    Proof(
        name=f"arbiter.{count}x{turn}",
        what=f"{count} requesters, turns of {turn}: one grant at most and only to a request, one in every "
        f"cycle in which it can be, and none waits for more than {turn * (count - 1)} grants to others",
        method=Method.INDUCTION,
        depth=3,
        build=lambda count=count, turn=turn: sources(ArbiterHarness(count=count, turn=turn)),
        cheap=cheap,
    )
    # A bank of L1 has eight cores and the DMA, one of the cache eight cores, the bus bridge thirteen ports.
    for count, turn, cheap in ((9, 4, True), (8, 1, True), (13, 1, False), (2, 4, False), (17, 4, False))
)
