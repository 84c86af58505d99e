"""The fetch unit: the words that ID gets are those of their addresses, one after the other.

One address of memory is watched, any; the memory answers it with one word, any, and all others freely. The
configuration is the one without hardware loops, whose back edges co-simulation and random programs look at.
"""

from amaranth.asserts import AnyConst
from amaranth.hdl import Assume, Cat, Const, Module, Mux, Signal
from amaranth.lib.wiring import Component, In

from hw.config import RV32IM, CoreConfig, config_named
from hw.core.fetch import FetchUnit
from verif.formal.harness import answer, answers, claim, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof


class FetchHarness(Component):
    """The unit between a free pipeline and a memory that answers in order, whenever it likes."""

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        super().__init__({"redirect_valid": In(1), "redirect_target": In(32), "ready": In(1), **answers()})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        unit = FetchUnit(self._config)
        inside = Inside(unit)
        m.submodules.unit = inside.fragment
        reset_once(m)
        bus = unit.bus
        boot, watched, content = Signal(32), Signal(30), Signal(33)
        m.d.comb += [boot.eq(AnyConst(32)), watched.eq(AnyConst(30)), content.eq(AnyConst(33))]
        m.d.comb += [
            unit.boot_address.eq(boot),
            unit.redirect_valid.eq(self.redirect_valid),
            unit.redirect_target.eq(self.redirect_target),
            unit.ready.eq(self.ready),
        ]
        answer(m, self, bus)

        # The memory: addresses granted and not yet answered, oldest first.
        oldest, next_one = Signal(30), Signal(30)
        owed, left, granted = Signal(2), Signal(2), Signal()
        m.d.comb += [granted.eq(bus.req & bus.gnt), left.eq(owed - bus.rvalid)]
        m.d.comb += [
            Assume(~self.rvalid | (owed != 0)),
            Assume(~self.rvalid | (oldest != watched) | (Cat(self.rdata, self.err) == content)),
        ]
        m.d.sync += owed.eq(left + granted)
        with m.If(self.rvalid):
            m.d.sync += oldest.eq(next_one)
        with m.If(granted & (left == 0)):
            m.d.sync += oldest.eq(bus.addr[2:])
        with m.If(granted & (left == 1)):
            m.d.sync += next_one.eq(bus.addr[2:])

        # What ID gets, or the aligner in front of it, which keeps the half of a word that is not used yet.
        if self._config.has("c"):
            valid, takes = inside["word_valid"], inside["takes"]
            delivered = Cat(inside["word"], inside["word_fault"])
            kept, pc = inside.registers["aligner.kept"], inside.registers["aligner.pc"]
            place = (pc[1:] + kept)[:30]
        else:
            valid, takes = unit.valid, unit.valid & self.ready
            delivered, kept = Cat(unit.fetched.word, unit.fetched.fault), Const(0, 1)
            place = inside.registers["pc"]
            pc = Cat(0, place)

        # The program: where the next word lies.
        expected, begun = Signal(30), Signal()
        m.d.sync += begun.eq(1)
        with m.If(~begun):
            m.d.sync += expected.eq(boot[2:])
        with m.Elif(self.redirect_valid):
            m.d.sync += expected.eq(self.redirect_target[2:])
        with m.Elif(takes):
            m.d.sync += expected.eq(expected + 1)

        asked, address = Signal(), Signal(32)  # a request that was not granted
        m.d.sync += [asked.eq(bus.req & ~bus.gnt), address.eq(bus.addr)]
        next_fetch = inside["next_fetch"]
        live, filled, dropped = inside["live"], inside["filled"], inside["dropped"]
        held, stale, fresh = inside["held"], inside["stale"], inside["fresh"]
        on_the_way, following = live - filled, (expected + 1)[:30]
        claims = {
            "the word of its address": ~(valid & (expected == watched)) | (delivered == content),
            "address": ~begun | (unit.pc == Cat(0, pc)),
            "a request stays until it is granted": ~asked | (bus.req & (bus.addr == address)),
            "addresses are aligned": bus.addr[:2] == 0,
            "invariant: begun": inside["started"] == begun,
            "invariant: before": begun | ((live == 0) & (dropped == 0) & ~held & ~stale),
            "place": ~begun | (place == expected),
            "invariant: half": ~kept | pc[0],
            "invariant: owed": owed == on_the_way + dropped,
            "invariant: two": (live <= 2) & (filled <= live) & (on_the_way + dropped <= 2),
            "invariant: next": ~begun | stale | (next_fetch == (expected + live - fresh)[:30]),
            "invariant: fresh": ~fresh | (~held & (live != 0)),
            "invariant: held": (held == asked) & (~held | (next_fetch == address[2:])),
            "invariant: room": ~held | ((stale | (live < 2)) & (on_the_way + dropped < 2)),
            "invariant: stale": ~stale | (held & (live == 0) & ~kept),
            "invariant: word 0": (filled == 0) | (expected != watched) | (inside["word0"] == content),
            "invariant: word 1": (filled < 2) | (following != watched) | (inside["word1"] == content),
        }
        for position in range(2):
            asked_for = Mux(dropped == position, oldest, next_one)
            for ahead in range(2 - position):
                entry = next_one if position + ahead else asked_for
                claims[f"invariant: response {position} {ahead}"] = ~(
                    (dropped == position) & (on_the_way > ahead)
                ) | (entry == (expected + filled + ahead)[:30])
        claim(m, claims)
        return m


PROOFS = tuple(
    Proof(
        name=f"fetch.words{end}",
        what="ID gets the words of memory at the boot address, at each redirect's target, and then one after "
        "the other, each with its own access fault; a request stays as it is until granted",
        method=Method.INDUCTION,
        depth=8,
        build=lambda config=config: sources(FetchHarness(config)),
        assumes="no hardware loops",
        cheap=True,
    )
    for config, end in ((RV32IM, ""), (config_named("rv32im+c"), ".c"))
)
