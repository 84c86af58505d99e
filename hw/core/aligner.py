"""The aligner: instructions of 16 and 32 bits at any half-word, out of a stream of words."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.config import CoreConfig
from hw.isa.compressed import UNCOMPRESSED


class LoopTag(data.Struct):
    """Loop information of a word: it ends a body, and the fetch returns to the start of the body."""

    ends: 2
    returns: 2


class HalfWord(data.Struct):
    """Half a word, and whether its fetch met an access fault."""

    code: 16
    fault: 1


class Aligner(Component):
    """One instruction per cycle while a word comes per cycle.

    The upper half of a word waits in a register when the instruction in the lower half has gone, so a 32-bit
    instruction across two words takes no longer than another. A redirect to such an instruction costs one
    cycle more, in which its first word arrives. Without wait states, these are CV32E40P's cycles.

    Members
    -------
    redirect, target : In(1), In(31)
        Discard everything and continue at this half-word.
    word_valid, word, word_fault, tag : In(1), In(32), In(1), In(LoopTag)
        The next word, its access fault, and its loop information.
    word_ready : Out(1)
        The word is taken if there is one.
    starts : In(2 x 30), with hardware loops
        Addresses of the words at which loops start.
    valid, ready : Out(1), In(1)
        Stream of instructions.
    instruction : Out(32)
        The instruction; the upper half of a compressed one means nothing.
    compressed, fault : Out(1), Out(1)
        It has 16 bits; it could not be fetched. A fault of the second half is not compressed, any other is.
    ends : Out(2)
        It is the last one of this hardware loop's body. An instruction across the end of a body is not, and
        what runs after it is undefined.
    pc : Out(31)
        Half-word at which it begins, or the next one will. After a fault, the half that could not be fetched.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._has_loops = config.has("xcvhwlp")
        loops = {"tag": In(LoopTag), "starts": In(data.ArrayLayout(30, 2))} if self._has_loops else {}
        super().__init__(
            {
                "redirect": In(1),
                "target": In(31),
                "word_valid": In(1),
                "word": In(32),
                "word_fault": In(1),
                "word_ready": Out(1),
                **loops,
                "valid": Out(1),
                "ready": In(1),
                "instruction": Out(32),
                "compressed": Out(1),
                "fault": Out(1),
                "ends": Out(2),
                "pc": Out(31),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        pc = self.pc
        kept = Signal()  # the upper half of the word before, where the instruction begins, is in ``upper``
        upper = Signal(HalfWord, reset_less=True)
        first = Signal(HalfWord)
        lower_half, upper_half = self.word[:16], self.word[16:]
        is_short = Signal()
        splits = Signal()  # a redirect went to an instruction across two words, and the first is here
        straddles = Signal()
        m.d.comb += [
            first.code.eq(Mux(kept, upper.code, Mux(pc[0], upper_half, lower_half))),
            first.fault.eq(Mux(kept, upper.fault, self.word_fault)),
            # Whatever came with a fault, the instruction ends here.
            is_short.eq(first.fault | (first.code[:2] != UNCOMPRESSED)),
            splits.eq(~kept & pc[0] & ~is_short),
            straddles.eq(kept & ~is_short),
            self.valid.eq((kept & is_short) | (self.word_valid & ~splits)),
            # A word that is the faulting second half stays: it is what pc then names.
            self.word_ready.eq(splits | (self.ready & ~(kept & (is_short | self.word_fault)))),
            self.instruction.eq(Cat(first.code, Mux(kept, lower_half, upper_half))),
            self.compressed.eq(is_short),
            self.fault.eq(first.fault | (straddles & self.word_fault)),
        ]
        after = Signal(31)
        # Behind the fault of a second half, pc is the address of that half.
        m.d.comb += after.eq(pc + Mux(is_short | self.fault, 1, 2))
        if self._has_loops:
            self._follow_loops(m, kept, is_short, straddles, after)
        with m.If(self.redirect):
            m.d.sync += [pc.eq(self.target), kept.eq(0)]
        with m.Elif(self.valid & self.ready):
            m.d.sync += [pc.eq(after), kept.eq(after[0])]
        with m.Elif(splits & self.word_valid):
            m.d.sync += kept.eq(1)
        with m.If(self.word_valid & self.word_ready):
            m.d.sync += [upper.code.eq(upper_half), upper.fault.eq(self.word_fault)]
        return m

    def _follow_loops(
        self, m: Module, kept: Signal, is_short: Signal, straddles: Signal, after: Signal
    ) -> None:
        """Mark the instruction that ends where a marked word ends, and continue at the start of the body."""
        upper_tag = Signal(LoopTag, reset_less=True)
        returns = Signal(2)
        with m.If(self.word_valid & self.word_ready):
            m.d.sync += upper_tag.eq(self.tag)
        with m.If(kept & ~straddles):
            m.d.comb += [self.ends.eq(upper_tag.ends), returns.eq(upper_tag.returns)]
        with m.Elif(~kept & (self.pc[0] | ~is_short)):
            m.d.comb += [self.ends.eq(self.tag.ends), returns.eq(self.tag.returns)]
        for number in reversed(range(2)):  # the inner loop, 0, goes first
            with m.If(returns[number]):
                m.d.comb += after.eq(Cat(0, self.starts[number]))
