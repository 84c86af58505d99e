"""The DMA's engine: carries out transfers one after the other, reading ahead of what it writes."""

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib import data, stream
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import Component, In, Out, connect, flipped
from amaranth.utils import exact_log2

from hw.cluster.config import ClusterConfig
from hw.cluster.ports import BusSignature, WordSignature
from hw.cluster.realigner import SIZE_BITS, Realigner, beats_of
from hw.config import MEMORY_MAP

ROWS_BITS = 16
#: Everything that shares these upper bits with L1 is its side of a transfer.
_L1_BITS = exact_log2(MEMORY_MAP.cluster.base - MEMORY_MAP.l1.base)


class Transfer(data.Struct):
    """A transfer as the queue gives it to the engine."""

    number: 4
    source: 32
    destination: 32
    size: SIZE_BITS
    rows: ROWS_BITS
    source_stride: 32
    destination_stride: 32


class Outcome(data.Struct):
    """A transfer has ended."""

    valid: 1
    number: 4
    failed: 1


def _near(address: Value) -> Value:
    """1 for an address on the side of L1."""
    return address[_L1_BITS:] == MEMORY_MAP.l1.base >> _L1_BITS


class RowWalk(Component):
    """Beat addresses of all rows of one side of a transfer, one after the other.

    Members
    -------
    load, base, stride, size, rows : In
        Start a transfer; size and rows are not 0.
    valid, addr, offset : Out(1), Out(32), Out
        A beat is left; its address; the offset of the row's first byte within the row's first beat.
    next : In(1)
        Step on.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        super().__init__(
            {
                "load": In(1),
                "base": In(32),
                "stride": In(32),
                "size": In(SIZE_BITS),
                "rows": In(ROWS_BITS),
                "valid": Out(1),
                "addr": Out(32),
                "offset": Out(exact_log2(width)),
                "next": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        shift = exact_log2(self._width)
        row = Signal(32, reset_less=True)  # where the row starts
        beat = Signal(32 - shift, reset_less=True)
        beats = Signal(SIZE_BITS, reset_less=True)  # left in the row
        rows = Signal(ROWS_BITS)  # left, this one too
        entered = Signal(32)
        enters = Signal()
        m.d.comb += [
            self.valid.eq(rows != 0),
            self.addr.eq(beat << shift),
            self.offset.eq(row),
            entered.eq(Mux(self.load, self.base, row + self.stride)),
            enters.eq(self.load | (self.next & (beats == 1))),
        ]
        with m.If(self.next):
            m.d.sync += [beat.eq(beat + 1), beats.eq(beats - 1)]
        with m.If(enters):
            m.d.sync += [
                row.eq(entered),
                beat.eq(entered[shift:]),
                beats.eq(beats_of(entered[:shift], self.size, self._width)),
                rows.eq(Mux(self.load, self.rows, rows - 1)),
            ]
        return m


class NearPort(Component):
    """A beat of L1 as words, each granted for itself.

    Members
    -------
    valid, addr, we, be, data, accepted : In(1), In(32), In(1), In(width), In(8 * width), Out(1)
        The beat; stable until accepted, which is when its last word is granted.
    read : Out(8 * width)
        In the cycle after a read was accepted.
    words : Out(WordSignature) each
    """

    def __init__(self, width: int, address_bits: int) -> None:
        self._width = width
        super().__init__(
            {
                "valid": In(1),
                "addr": In(32),
                "we": In(1),
                "be": In(width),
                "data": In(8 * width),
                "accepted": Out(1),
                "read": Out(8 * width),
                "words": Out(WordSignature(address_bits)).array(width // 4),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        count = len(self.words)
        done = Signal(count)  # words granted earlier
        ready = Signal(count)
        m.d.comb += self.accepted.eq(self.valid & ready.all())
        for i, word in enumerate(self.words):
            fresh = Signal(name=f"fresh{i}")
            kept = Signal(32, name=f"kept{i}", reset_less=True)
            be = self.be[4 * i : 4 * i + 4]
            wanted = Mux(self.we, be.any(), 1)
            m.d.comb += [
                word.req.eq(self.valid & wanted & ~done[i]),
                word.addr.eq((self.addr >> 2) | i),
                word.we.eq(self.we),
                word.be.eq(be),
                word.wdata.eq(self.data[32 * i : 32 * i + 32]),
                ready[i].eq(done[i] | ~wanted | word.gnt),
                self.read[32 * i : 32 * i + 32].eq(Mux(fresh, word.rdata, kept)),
            ]
            m.d.sync += [
                fresh.eq(word.req & word.gnt),
                done[i].eq(~self.accepted & (done[i] | (word.req & word.gnt))),
            ]
            with m.If(fresh):
                m.d.sync += kept.eq(word.rdata)
        return m


class DmaEngine(Component):
    """Moves rows between L1 and what lies outside the cluster, a bus word a cycle at best.

    A transfer begins when the one before has ended, so a later one sees what an earlier one wrote. It fails
    when not exactly one of its sides is in L1, when it leaves L1, or when a response from outside is a fault;
    whatever it could move it has moved. Without bytes (size or rows 0) it ends at once, well.

    Parameters
    ----------
    config : ClusterConfig
        ``bus_bytes``, ``dma_beats``, ``l1_bytes``.

    Members
    -------
    transfers : In(stream of Transfer)
    outcome : Out(Outcome)
    l1 : Out(WordSignature) each
    bus : Out(BusSignature)
    """

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        width = config.bus_bytes
        super().__init__(
            {
                "transfers": In(stream.Signature(Transfer)),
                "outcome": Out(Outcome),
                "l1": Out(WordSignature(config.l1_address_bits)).array(width // 4),
                "bus": Out(BusSignature(width)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        width, depth = self._config.bus_bytes, self._config.dma_beats
        m.submodules.reads = reads = RowWalk(width)
        m.submodules.writes = writes = RowWalk(width)
        m.submodules.beats = fifo = SyncFIFO(width=8 * width, depth=depth)
        m.submodules.realigner = realigner = Realigner(width)
        m.submodules.near = near = NearPort(width, self._config.l1_address_bits)
        for i, word in enumerate(near.words):
            connect(m, word, flipped(self.l1[i]))

        # The transfer under way.
        current = Signal(Transfer, reset_less=True)
        inward = Signal()  # into L1
        running = Signal()
        failed = Signal()
        coming = self.transfers.payload
        empty = (coming.size == 0) | (coming.rows == 0)
        sides_differ = _near(coming.source) ^ _near(coming.destination)
        starts = Signal()
        m.d.comb += [
            self.transfers.ready.eq(~running),
            starts.eq(self.transfers.valid & ~running & ~empty & sides_differ),
        ]
        with m.If(self.transfers.valid & ~running):
            m.d.sync += [
                running.eq(1),
                current.eq(coming),
                inward.eq(_near(coming.destination)),
                failed.eq(~empty & ~sides_differ),
            ]
        for walk, side in ((reads, "source"), (writes, "destination")):
            m.d.comb += [
                walk.load.eq(starts),
                walk.base.eq(coming[side]),
                walk.stride.eq(Mux(starts, coming[f"{side}_stride"], current[f"{side}_stride"])),
                walk.size.eq(Mux(starts, coming.size, current.size)),
                walk.rows.eq(coming.rows),
            ]
        source_row = Signal(exact_log2(width), reset_less=True)
        with m.If(starts):
            m.d.sync += source_row.eq(coming.source)
        with m.Elif(realigner.row.ready & realigner.row.valid):
            m.d.sync += source_row.eq(source_row + current.source_stride)

        # Reads: as many in flight as there is room for.
        credit = Signal(range(depth + 1), init=depth)
        may_read = reads.valid & (credit != 0)
        reads_near = reads.valid & ~inward
        near_reads = Signal()
        near_answers = Signal()
        m.d.comb += near_reads.eq(near.accepted & ~near.we)
        m.d.sync += near_answers.eq(near_reads)
        m.d.sync += credit.eq(credit - (reads.next & reads.valid) + (fifo.r_en & fifo.r_rdy))
        read_legal = _near(reads.addr) & (reads.addr[:_L1_BITS] < self._config.l1_bytes)
        skipped_read = Signal()  # a beat beyond L1: whatever it reads is as good
        m.d.comb += skipped_read.eq(may_read & reads_near & ~read_legal)
        m.d.comb += reads.next.eq(
            Mux(inward, may_read & self.bus.gnt & ~self.bus.we, near_reads | skipped_read)
        )
        skipped_answers = Signal()
        m.d.sync += skipped_answers.eq(skipped_read)
        from_bus = self.bus.rvalid & inward
        m.d.comb += [
            fifo.w_en.eq(Mux(inward, self.bus.rvalid, near_answers | skipped_answers)),
            fifo.w_data.eq(Mux(inward, self.bus.rdata, near.read)),
        ]

        # From source to destination beats.
        m.d.comb += [
            realigner.row.valid.eq(running & writes.valid),
            realigner.row.payload.source.eq(source_row),
            realigner.row.payload.destination.eq(writes.offset),
            realigner.row.payload.size.eq(current.size),
            realigner.source.valid.eq(fifo.r_rdy),
            realigner.source.payload.eq(fifo.r_data),
            fifo.r_en.eq(realigner.source.ready),
        ]

        # Writes: one beat is held until it is taken.
        full = Signal()
        unanswered = Signal(range(depth + 1))
        bus_writes = self.bus.req & self.bus.gnt & self.bus.we
        held = Signal(data.StructLayout({"addr": 32, "data": 8 * width, "be": width}), reset_less=True)
        write_legal = _near(held.addr) & (held.addr[:_L1_BITS] < self._config.l1_bytes)
        skipped_write = full & inward & ~write_legal
        taken = Signal()
        m.d.comb += [
            taken.eq(Mux(inward, (near.accepted & near.we) | skipped_write, bus_writes)),
            realigner.beats.ready.eq(~full | taken),
            writes.next.eq(realigner.beats.valid & realigner.beats.ready),
        ]
        with m.If(writes.next):
            m.d.sync += [
                full.eq(1),
                held.addr.eq(writes.addr),
                held.data.eq(realigner.beats.payload.data),
                held.be.eq(realigner.beats.payload.be),
            ]
        with m.Elif(taken):
            m.d.sync += full.eq(0)

        # Each direction has one side to itself, so nothing competes for a port.
        m.d.comb += [
            near.valid.eq(Mux(inward, full & write_legal, may_read & read_legal)),
            near.addr.eq(Mux(inward, held.addr, reads.addr)),
            near.we.eq(inward),
            near.be.eq(held.be),
            near.data.eq(held.data),
            self.bus.req.eq(Mux(inward, may_read, full & (unanswered != depth))),
            self.bus.addr.eq(Mux(inward, reads.addr, held.addr)),
            self.bus.we.eq(~inward),
            self.bus.be.eq(held.be),
            self.bus.wdata.eq(held.data),
        ]

        # The end: everything is written and answered.
        bus_answers = self.bus.rvalid & ~from_bus
        m.d.sync += unanswered.eq(unanswered + bus_writes - bus_answers)
        bad = (self.bus.rvalid & self.bus.err) | skipped_read | skipped_write
        with m.If(running & bad):
            m.d.sync += failed.eq(1)
        idle = ~reads.valid & ~writes.valid & ~full & (unanswered == 0)
        m.d.comb += [
            self.outcome.valid.eq(running & idle),
            self.outcome.number.eq(current.number),
            self.outcome.failed.eq(failed),
        ]
        with m.If(running & idle):
            m.d.sync += running.eq(0)
        return m
