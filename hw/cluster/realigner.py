"""A row of bytes from any alignment to any other, a bus word (beat) a cycle."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream
from amaranth.lib.wiring import Component, In, Out
from amaranth.utils import exact_log2

SIZE_BITS = 20


def beats_of(offset, size, width: int):
    """Number of aligned beats that ``size`` bytes from ``offset`` within a beat lie in."""
    return (offset + size + (width - 1)) >> exact_log2(width)


class Row(data.StructLayout):
    """Offsets of a row's first byte within a beat, at both ends, and its bytes (not 0)."""

    def __init__(self, width: int) -> None:
        offset = exact_log2(width)
        super().__init__({"source": offset, "destination": offset, "size": SIZE_BITS})


class Beat(data.StructLayout):
    """A beat to write: its bytes, which of them, and whether it is its row's last."""

    def __init__(self, width: int) -> None:
        super().__init__({"data": 8 * width, "be": width, "last": 1})


class Realigner(Component):
    """Joins two source beats to each destination beat.

    One beat a cycle; where the source lies further into its beat than the destination, a row costs one cycle
    more.

    Members
    -------
    row : In(stream of Row)
        Taken with the row's last beat.
    source : In(stream of 8 * width)
        The row's beats as they lie in memory.
    beats : Out(stream of Beat)
    """

    def __init__(self, width: int) -> None:
        self._width = width
        super().__init__(
            {
                "row": In(stream.Signature(Row(width))),
                "source": In(stream.Signature(8 * width)),
                "beats": Out(stream.Signature(Beat(width))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        width = self._width
        row = self.row.payload
        previous = Signal(8 * width, reset_less=True)
        fetched = Signal(SIZE_BITS)  # source beats of this row that are taken
        written = Signal(SIZE_BITS)

        shift = Signal(exact_log2(width))
        leads = Signal()  # a beat must be there before the first one can be written
        m.d.comb += [
            shift.eq(row.source - row.destination),
            leads.eq((row.source > row.destination) & (fetched == 0)),
        ]
        # A row's last written beat may need nothing more from its source.
        needs = Signal()
        may_go = Signal()
        first, last = Signal(), Signal()
        end = Signal(exact_log2(width))
        m.d.comb += [
            needs.eq(fetched != beats_of(row.source, row.size, width)),
            may_go.eq(self.row.valid & (self.source.valid | ~needs)),
            first.eq(written == 0),
            last.eq(written + 1 == beats_of(row.destination, row.size, width)),
            end.eq(row.destination + row.size - 1),
        ]
        window = Cat(previous, self.source.payload)
        rotated = Signal(2 * 8 * width)
        m.d.comb += rotated.eq(window >> (shift << 3))
        ones = (1 << width) - 1
        head = Mux(first, (ones << row.destination)[:width], ones)
        tail = Mux(last, ones >> ~end, ones)
        advance = Signal()
        m.d.comb += [
            self.beats.valid.eq(may_go & ~leads),
            self.beats.payload.data.eq(Mux(shift == 0, self.source.payload, rotated[: 8 * width])),
            self.beats.payload.be.eq(head & tail),
            self.beats.payload.last.eq(last),
            advance.eq(self.beats.valid & self.beats.ready),
            self.row.ready.eq(advance & last),
            self.source.ready.eq(self.row.valid & needs & (leads | self.beats.ready)),
        ]
        with m.If(self.source.valid & self.source.ready):
            m.d.sync += [previous.eq(self.source.payload), fetched.eq(fetched + 1)]
        with m.If(advance):
            m.d.sync += written.eq(written + 1)
            with m.If(last):
                m.d.sync += [written.eq(0), fetched.eq(0)]
        return m
