"""The DMA: its registers, its queue, and the engine."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib.fifo import SyncFIFO
from amaranth.lib.wiring import Component, In, Out, connect, flipped

from hw.cluster.arbiter import RoundRobin, select
from hw.cluster.config import ClusterConfig
from hw.cluster.dma_engine import DmaEngine, Transfer
from hw.cluster.ports import BusSignature, ControlSignature, WordSignature
from hw.cluster.registers import DMA, TRANSFERS, word_of

#: Registers that a claim lends to one core, and the fields of a transfer that they set.
_FIELDS = {
    "dma_source": "source",
    "dma_destination": "destination",
    "dma_size": "size",
    "dma_rows": "rows",
    "dma_source_stride": "source_stride",
    "dma_destination_stride": "destination_stride",
}


class Dma(Component):
    """One core at a time sets up a transfer: it claims the registers, writes them, and starts.

    Parameters
    ----------
    config : ClusterConfig

    Members
    -------
    ports : In(ControlSignature) each
        Registers of ``DMA`` in hw.cluster.registers, for each core.
    waits : Out(cores)
        The core sleeps in dma_claim, dma_start or dma_wait.
    done : Out(cores)
        A transfer that the core claimed has ended.
    busy : Out(1)
        A transfer waits or runs.
    l1 : Out(WordSignature) each
    bus : Out(BusSignature)
    """

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        super().__init__(
            {
                "ports": In(ControlSignature()).array(config.cores),
                "waits": Out(config.cores),
                "done": Out(config.cores),
                "busy": Out(1),
                "l1": Out(WordSignature(config.l1_address_bits)).array(config.bus_bytes // 4),
                "bus": Out(BusSignature(config.bus_bytes)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        cores = self._config.cores
        m.submodules.engine = engine = DmaEngine(self._config)
        m.submodules.queue = queue = SyncFIFO(width=Transfer.as_shape().size, depth=self._config.dma_queue)
        m.submodules.claims = claims = RoundRobin(cores)
        for i, word in enumerate(engine.l1):
            connect(m, word, flipped(self.l1[i]))
        connect(m, engine.bus, flipped(self.bus))

        owner = Signal(cores)  # one-hot, 0 when the registers are free
        staged = Signal(Transfer, reset_less=True)
        busy = Signal(TRANSFERS)
        failed = Signal(TRANSFERS)
        owners = [Signal(cores, name=f"owner{n}", reset_less=True) for n in range(TRANSFERS)]
        next_number = Signal(range(TRANSFERS))

        claim_at = word_of("dma_claim", DMA)
        start_at = word_of("dma_start", DMA)
        claiming = Signal(cores)
        starting = Signal(cores)
        writing = {name: Signal(cores, name=f"writes_{field}") for name, field in _FIELDS.items()}
        free = (owner == 0) & ~busy.bit_select(next_number, 1)
        m.d.comb += [claims.requests.eq(claiming), claims.ready.eq(free)]
        for i, port in enumerate(self.ports):
            legal = Signal(name=f"legal{i}")
            waits = Signal(name=f"waits{i}")
            with m.Switch(port.addr[2:10]):
                with m.Case(claim_at):
                    m.d.comb += [
                        legal.eq(~port.we),
                        claiming[i].eq(port.req & ~port.we),
                        waits.eq(~port.we & ~claims.grants[i]),
                        port.rdata.eq(next_number),
                    ]
                for name, lines in writing.items():
                    with m.Case(word_of(name, DMA)):
                        m.d.comb += [legal.eq(port.we & owner[i]), lines[i].eq(port.req & legal)]
                with m.Case(start_at):
                    m.d.comb += [
                        legal.eq(port.we & owner[i]),
                        waits.eq(legal & ~queue.w_rdy),
                        starting[i].eq(port.req & legal & queue.w_rdy),
                    ]
                with m.Case(word_of("dma_busy", DMA)):
                    m.d.comb += [legal.eq(~port.we), port.rdata.eq(busy)]
                for number in range(TRANSFERS):
                    with m.Case(word_of("dma_wait", DMA, number)):
                        m.d.comb += [
                            legal.eq(~port.we),
                            waits.eq(~port.we & busy[number]),
                            port.rdata.eq(failed[number]),
                        ]
            m.d.comb += [
                self.waits[i].eq(port.req & waits),
                port.gnt.eq(port.req & ~waits),
                port.err.eq(~legal),
            ]

        # Setting up: of the registers' lines at most one is active, the owner's.
        written = select(owner, [port.wdata for port in self.ports])
        with m.If(claims.grants.any()):
            m.d.sync += [
                owner.eq(claims.grants),
                staged.number.eq(next_number),
                staged.rows.eq(1),
                next_number.eq(next_number + 1),
            ]
        for name, field in _FIELDS.items():
            with m.If(writing[name].any()):
                m.d.sync += staged[field].eq(written)
        starts = starting.any()
        with m.If(starts):
            m.d.sync += owner.eq(0)
        m.d.comb += [
            queue.w_en.eq(starts),
            queue.w_data.eq(staged),
            engine.transfers.valid.eq(queue.r_rdy),
            engine.transfers.payload.eq(queue.r_data),
            queue.r_en.eq(engine.transfers.ready),
            self.busy.eq(busy.any()),
        ]

        # Numbers: busy from the claim to the end.
        outcome = engine.outcome
        ended = Mux(outcome.valid, 1 << outcome.number, 0)
        claimed = Mux(claims.grants.any(), 1 << next_number, 0)
        m.d.sync += [
            busy.eq((busy | claimed) & ~ended),
            failed.eq(Mux(outcome.valid, (failed & ~ended) | Mux(outcome.failed, ended, 0), failed)),
        ]
        with m.Switch(next_number):
            for number, claimer in enumerate(owners):
                with m.Case(number):
                    with m.If(claims.grants.any()):
                        m.d.sync += claimer.eq(claims.grants)
        with m.If(outcome.valid):
            with m.Switch(outcome.number):
                for number, claimer in enumerate(owners):
                    with m.Case(number):
                        m.d.comb += self.done.eq(claimer)
        return m
