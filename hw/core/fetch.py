"""The fetch unit: requests ahead of ID, follows redirects and the back edges of hardware loops."""

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.bus import FetchSignature
from hw.config import CoreConfig
from hw.core.aligner import Aligner, LoopTag
from hw.core.decompressor import Decompressor
from hw.core.hwloop import LoopState

#: Requests in flight and words waiting for ID, together: one word per cycle at one cycle of latency.
DEPTH = 2


class Fetched(data.Struct):
    """An instruction on its way to ID."""

    word: 32
    fault: 1
    ends: 2  # it is the last one of this hardware loop's body


class FetchedAnyLength(data.Struct):
    """An instruction on its way to ID, of a core that has compressed ones.

    ``word`` is the expansion of a compressed one. A fault that is not compressed is that of the second half,
    whose address is then ``fetch.pc``.
    """

    word: 32
    fault: 1
    ends: 2
    compressed: 1


def fetched_shape(config: CoreConfig) -> type[Fetched | FetchedAnyLength]:
    """The shape of an instruction on its way to ID."""
    return FetchedAnyLength if config.has("c") else Fetched


class FetchUnit(Component):
    """One instruction per cycle while memory answers in one; a redirect is requested in its own cycle.

    Members
    -------
    boot_address : In(32)
        First address after reset.
    redirect_valid, redirect_target : In(1), In(32)
        Discard everything fetched and continue at the target.
    loops : In(2 x LoopState), with hardware loops
        Start, end and count of each loop, the inner one first.
    valid, fetched, ready : Out(1), Out(fetched_shape), In(1)
        Stream to ID.
    code : Out(32), with extension c and ``traced``
        The instruction as it lies in memory; a compressed one is in the lower half.
    busy : Out(1), with extension xcvelw
        A word is asked for, or on its way.
    pc : Out(32)
        Address of ``fetched``, or of what comes next if there is nothing yet.
    bus : Out(FetchSignature)
    """

    def __init__(self, config: CoreConfig, *, traced: bool = False) -> None:
        self._config = config
        self._has_loops = config.has("xcvhwlp")
        self._shows_code = config.has("c") and traced
        loops = {"loops": In(data.ArrayLayout(LoopState, 2))} if self._has_loops else {}
        super().__init__(
            {
                "boot_address": In(32),
                "redirect_valid": In(1),
                "redirect_target": In(32),
                **loops,
                "valid": Out(1),
                "fetched": Out(fetched_shape(config)),
                "ready": In(1),
                "pc": Out(32),
                **({"code": Out(32)} if self._shows_code else {}),
                **({"busy": Out(1)} if config.has("xcvelw") else {}),
                "bus": Out(FetchSignature()),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        bus = self.bus
        aligner = Aligner(self._config) if self._config.has("c") else None
        pc = Signal(30, name="pc") if aligner is None else aligner.pc[1:]
        # What is requested next; or in the cycle after a grant, ``fresh``, what was granted: the comparison
        # with the ends of loops then does not follow the late choice of a redirect's target.
        next_fetch = Signal(30)
        fresh = Signal()
        upcoming = Signal(30)
        started = Signal()
        held = Signal()  # the request of the last cycle was not granted and must stay
        stale = Signal()  # it belongs to a path that was left
        live = Signal(range(DEPTH + 1))  # requests granted for this path and not yet taken by ID
        filled = Signal(range(DEPTH + 1))  # how many of them have their word here
        dropped = Signal(range(DEPTH + 1))  # responses to come for a path that was left

        redirect = Signal()
        target = Signal(30)
        address = Signal(30)
        m.d.sync += started.eq(1)
        m.d.comb += [
            redirect.eq(self.redirect_valid | ~started),
            target.eq(Mux(started, self.redirect_target[2:], self.boot_address[2:])),
            address.eq(Mux(redirect & ~held, target, upcoming)),
            bus.req.eq(held | ((redirect | (live < DEPTH)) & (live - filled + dropped < DEPTH))),
            bus.addr.eq(Cat(0, 0, address)),
        ]
        if self._config.has("xcvelw"):
            m.d.comb += self.busy.eq(bus.req | (live - filled + dropped != 0))

        # Request side.
        granted = Signal()
        granted_live = Signal()
        tag, following = self._following(m, next_fetch)
        m.d.comb += [
            upcoming.eq(Mux(fresh, following, next_fetch)),
            granted.eq(bus.req & bus.gnt),
            granted_live.eq(granted & ~(held & (stale | redirect))),
        ]
        m.d.sync += [held.eq(bus.req & ~bus.gnt), fresh.eq(granted_live)]
        with m.If(redirect & (~held | bus.gnt)):
            m.d.sync += next_fetch.eq(target)
        with m.Elif(stale & bus.gnt):
            m.d.sync += next_fetch.eq(pc)
        with m.Else():
            m.d.sync += next_fetch.eq(upcoming)
        with m.If(granted | ~held):
            m.d.sync += stale.eq(0)
        with m.Elif(redirect):
            m.d.sync += stale.eq(1)

        # Response side: at most DEPTH words wait, the oldest goes to ID as it arrives.
        arrives = Signal()
        takes = Signal()
        words = [Signal(33, name=f"word{i}", reset_less=True) for i in range(DEPTH)]
        tags = self._tags(m, tag, fresh, live, takes)
        arriving = Cat(bus.rdata, bus.err)
        waits = filled != 0
        word = Mux(waits, words[0], arriving)
        m.d.comb += arrives.eq(bus.rvalid & (dropped == 0))
        if aligner is None:
            m.d.comb += [
                self.valid.eq(waits | arrives),
                takes.eq(self.valid & self.ready),
                Cat(self.fetched.word, self.fetched.fault).eq(word),
                self.fetched.ends.eq(tags[0].ends),
                self.pc.eq(Cat(0, 0, pc)),
            ]
        else:
            m.submodules.aligner = aligner
            m.d.comb += [
                aligner.redirect.eq(redirect),
                aligner.target.eq(Cat(started & self.redirect_target[1], target)),
                aligner.word_valid.eq(waits | arrives),
                Cat(aligner.word, aligner.word_fault).eq(word),
                takes.eq(aligner.word_valid & aligner.word_ready),
            ]
            if self._has_loops:
                m.d.comb += aligner.tag.eq(tags[0])
            self._deliver(m, aligner)
        with m.If(takes & waits):
            m.d.sync += words[0].eq(words[1])
        with m.If(arrives):
            for i, word in enumerate(words):
                with m.If(filled - (takes & waits) == i):
                    m.d.sync += word.eq(arriving)
        with m.If(redirect):
            m.d.sync += [
                live.eq(granted_live),
                filled.eq(0),
                dropped.eq(dropped + live - filled - bus.rvalid + (granted & ~granted_live)),
            ]
            if aligner is None:
                m.d.sync += pc.eq(target)
        with m.Else():
            m.d.sync += [
                live.eq(live + granted_live - takes),
                filled.eq(filled + arrives - takes),
                dropped.eq(dropped - (bus.rvalid & (dropped != 0)) + (granted & ~granted_live)),
            ]
            if aligner is None:
                with m.If(takes):
                    m.d.sync += pc.eq(self._after(tags[0], pc))
        return m

    def _deliver(self, m: Module, aligner: Aligner) -> None:
        """Instructions instead of words to ID, compressed ones expanded."""
        m.submodules.decompressor = decompressor = Decompressor()
        fetched = self.fetched
        m.d.comb += [
            decompressor.fetched.eq(aligner.instruction),
            aligner.ready.eq(self.ready),
            self.valid.eq(aligner.valid),
            fetched.word.eq(decompressor.instruction),
            fetched.fault.eq(aligner.fault),
            fetched.ends.eq(aligner.ends),
            fetched.compressed.eq(aligner.compressed),
            self.pc.eq(Cat(0, aligner.pc)),
        ]
        if self._has_loops:
            m.d.comb += [aligner.starts[number].eq(self.loops[number].start[2:]) for number in range(2)]
        if self._shows_code:
            m.d.comb += self.code.eq(aligner.instruction)

    def _following(self, m: Module, address: Signal) -> tuple[Value, Signal]:
        """Tag of the request for ``address``, and the address to fetch after it."""
        # Two signals, not one of LoopTag: a simulator would see a loop in one that depends on itself.
        ends, returns = Signal(2), Signal(2)
        sequential, following = Signal(30), Signal(30)
        m.d.comb += [sequential.eq(address + 1), following.eq(sequential)]
        if self._has_loops:
            for number in reversed(range(2)):  # the inner loop, 0, goes first
                loop = self.loops[number]
                m.d.comb += [
                    ends[number].eq(sequential == loop.end[2:]),
                    returns[number].eq(ends[number] & (loop.count > 1)),
                ]
                with m.If(returns[number]):
                    m.d.comb += following.eq(loop.start[2:])
        return Cat(ends, returns), following

    def _tags(self, m: Module, tag: Value, fresh: Signal, live: Signal, takes: Signal) -> list[data.View]:
        """Tags of the live requests, the oldest first; that of the newest one, if ``fresh``, is made now."""
        tags = [Signal(LoopTag, name=f"tag{i}") for i in range(DEPTH)]
        if not self._has_loops:
            return tags
        kept = [Signal(LoopTag, name=f"kept_tag{i}", reset_less=True) for i in range(DEPTH)]
        for i in range(DEPTH):
            m.d.comb += tags[i].eq(Mux(fresh & (live == i + 1), tag, kept[i]))
            m.d.sync += kept[i].eq(Mux(takes, tags[min(i + 1, DEPTH - 1)], tags[i]))
        return tags

    def _after(self, tag: Signal, pc: Signal) -> Value:
        """Address of the instruction that follows the one taken by ID."""
        after = pc + 1
        if self._has_loops:
            for number in reversed(range(2)):
                after = Mux(tag.returns[number], self.loops[number].start[2:], after)
        return after
