"""A core's own fetch buffer in front of the shared instruction cache."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib.wiring import Component, In, Out
from amaranth.utils import exact_log2

from hw.bus import FetchSignature
from hw.cluster.ports import LINE_BYTES, LineSignature
from hw.cluster.sram import Sram

_WORDS = LINE_BYTES // 4
_OFFSET_BITS = exact_log2(_WORDS)


class FetchBuffer(Component):
    """Direct-mapped lines; a hit is answered in the next cycle, at full rate.

    While the core hits, the line after the one it executes is fetched ahead. A miss waits for the cache: 3
    cycles when the shared cache has the line and its bank is free. Nothing is ever invalidated: code must not
    change while it runs. Lines with an access fault are answered and not kept.

    Parameters
    ----------
    lines : int
        A power of two.

    Members
    -------
    core : In(FetchSignature)
    cache : Out(LineSignature)
    missing : Out(1)
        The core waits for a line.
    """

    def __init__(self, lines: int) -> None:
        self._lines = lines
        super().__init__({"core": In(FetchSignature()), "cache": Out(LineSignature()), "missing": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        index_bits = exact_log2(self._lines)
        core, cache = self.core, self.cache
        line_bits = len(cache.addr)
        m.submodules.line_sram = lines = Sram(width=8 * LINE_BYTES, depth=self._lines)
        m.submodules.tag_sram = tags = Sram(
            width=line_bits - index_bits, depth=self._lines, readers=2, registered=False
        )
        line_read, tag_read, tag_ahead = lines.reads[0], *tags.reads
        valid = Signal(self._lines)

        def holds(line, tag) -> Signal:
            return valid.bit_select(line[:index_bits], 1) & (tag.data == line[index_bits:])

        # Lookup of what the core asks for, and of the line after the one it asked for last.
        wanted = core.addr[2 + _OFFSET_BITS :]
        missing = self.missing
        asked = Signal(line_bits)
        ahead = Signal(line_bits)
        hit = Signal()
        granted = Signal()
        arrives = Signal()
        m.d.comb += [
            tag_read.addr.eq(wanted),
            hit.eq(holds(wanted, tag_read)),
            core.gnt.eq(~missing & ~arrives),  # a line that comes now is found from the next cycle on
            granted.eq(core.req & core.gnt),
            line_read.addr.eq(wanted),
            line_read.en.eq(granted),
            ahead.eq(asked + 1),
            tag_ahead.addr.eq(ahead),
        ]
        offset = Signal(_OFFSET_BITS, reset_less=True)
        answers = Signal()
        looks_ahead = Signal()  # the line after `asked` has not been looked for
        with m.If(granted):
            m.d.sync += [offset.eq(core.addr[2:]), asked.eq(wanted), looks_ahead.eq(1)]
        m.d.sync += answers.eq(granted & hit)

        # One request to the cache at a time; one that is made stays.
        requested = Signal()  # and not granted yet
        filling = Signal()  # granted, the answer to come
        fill = Signal(line_bits, reset_less=True)
        idle = Signal()
        serves = Signal()
        m.d.comb += [
            idle.eq(~requested & ~filling),
            cache.req.eq(requested | (idle & missing)),
            cache.addr.eq(Mux(requested, fill, asked)),
            arrives.eq(cache.valid),
            serves.eq(missing & arrives & (fill == asked)),
        ]
        with m.If(granted & ~hit):
            m.d.sync += missing.eq(1)
        with m.Elif(serves):
            m.d.sync += missing.eq(0)
        with m.If(cache.req):
            m.d.sync += [requested.eq(~cache.gnt), filling.eq(cache.gnt), fill.eq(cache.addr)]
        with m.Elif(idle & looks_ahead):
            m.d.sync += [requested.eq(~holds(ahead, tag_ahead)), fill.eq(ahead), looks_ahead.eq(granted)]
        with m.If(arrives):
            m.d.sync += filling.eq(0)

        m.d.comb += [
            lines.write_en.eq(arrives & ~cache.err),
            lines.write_addr.eq(fill),
            lines.write_data.eq(cache.data),
            tags.write_en.eq(lines.write_en),
            tags.write_addr.eq(fill),
            tags.write_data.eq(fill[index_bits:]),
        ]
        with m.If(lines.write_en):
            m.d.sync += valid.bit_select(fill[:index_bits], 1).eq(1)

        line = Signal(8 * LINE_BYTES)
        m.d.comb += [
            line.eq(line_read.data),
            core.rvalid.eq(answers | serves),
            core.err.eq(serves & cache.err),
        ]
        with m.If(serves):
            m.d.comb += line.eq(cache.data)
        m.d.comb += core.rdata.eq(line.word_select(offset, 32))
        return m
