"""The aligner: instructions are what lies at their addresses, in order, whatever words and readiness do.

One half-word is watched, any; its word and the next have any contents, and all others are free.
"""

from amaranth.asserts import AnyConst
from amaranth.hdl import Assume, Cat, Module, Mux, Signal
from amaranth.lib.wiring import Component, In

from hw.config import config_named
from hw.core.aligner import Aligner
from hw.isa.compressed import UNCOMPRESSED
from verif.formal.harness import claim, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof


class AlignerHarness(Component):
    """The aligner between a stream of words and a pipeline that redirects and waits as it likes."""

    def __init__(self) -> None:
        wires = dict.fromkeys(("redirect", "word_valid", "word_fault", "ready"), In(1))
        super().__init__({**wires, "target": In(31), "word": In(32)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        unit = Aligner(config_named("rv32im+c"))
        inside = Inside(unit)
        m.submodules.unit = inside.fragment
        reset_once(m)
        names = ("redirect", "word_valid", "word_fault", "ready", "target", "word")
        m.d.comb += [getattr(unit, name).eq(getattr(self, name)) for name in names]

        # The program: the word that comes next, and the half-word at which ID's next instruction begins.
        place, expected = Signal(30), Signal(31)
        delivered = unit.valid & self.ready
        with m.If(self.redirect):
            m.d.sync += [place.eq(self.target[1:]), expected.eq(self.target)]
        with m.Else():
            with m.If(self.word_valid & unit.word_ready):
                m.d.sync += place.eq(place + 1)
            with m.If(delivered):
                m.d.sync += expected.eq(expected + Mux(unit.compressed | unit.fault, 1, 2))

        watched, words = Signal(31), [Signal(33, name=f"content{i}") for i in range(2)]
        m.d.comb += watched.eq(AnyConst(31))
        presented = Cat(self.word, self.word_fault)
        for offset, content in enumerate(words):
            m.d.comb += [
                content.eq(AnyConst(33)),
                Assume((place != (watched[1:] + offset)[:30]) | (presented == content)),
            ]
        here, behind = words
        first = Mux(watched[0], here[16:32], here[:16])
        second = Mux(watched[0], behind[:16], here[16:32])
        first_fault, second_fault = here[32], Mux(watched[0], behind[32], here[32])
        is_short = first[:2] != UNCOMPRESSED
        faults = first_fault | (~is_short & second_fault)

        kept, upper = inside.registers["kept"], inside.registers["upper"]
        seen = unit.valid & (expected == watched)
        claims = {
            "fault": ~seen | (unit.fault == faults),
            "the half that faults": ~(seen & faults) | (unit.compressed == first_fault),
            "length": ~(seen & ~faults) | (unit.compressed == is_short),
            "first half": ~(seen & ~faults) | (unit.instruction[:16] == first),
            "second half": ~(seen & ~faults & ~is_short) | (unit.instruction[16:] == second),
            "address": unit.pc == expected,
            "at most a word ahead": place == (expected[1:] + kept)[:30],
            "invariant: kept": ~kept | expected[0],
            "invariant: upper": ~kept | (expected[1:] != watched[1:]) | (upper == Cat(here[16:32], here[32])),
        }
        claim(m, claims)
        return m


PROOFS = (
    Proof(
        name="aligner.instructions",
        what="ID gets the instructions of 16 and 32 bits that lie at each redirect's target, and then one "
        "behind the other, across words too, each with the access fault of its first or its second half",
        method=Method.INDUCTION,
        depth=3,
        build=lambda: sources(AlignerHarness()),
        assumes="no hardware loops",
        cheap=True,
    ),
)
