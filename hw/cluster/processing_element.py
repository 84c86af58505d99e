"""A processing element: a core with its fetch buffer, its counters, and the ways that its data can go."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib.wiring import Component, In, Out, Signature, connect, flipped
from amaranth.utils import exact_log2

from hw.cluster.config import ClusterConfig
from hw.cluster.counters import Counters
from hw.cluster.fetch_buffer import FetchBuffer
from hw.cluster.ports import BusSignature, ControlSignature, LineSignature, WordSignature
from hw.cluster.registers import COUNTER_NAMES, COUNTERS, DMA, EVENT_UNIT
from hw.config import MEMORY_MAP
from hw.core.core import Core
from hw.core.csr_file import INTERRUPTS

#: Bits of an address within the region of the cluster's registers, and within a block of them.
_REGION_BITS = exact_log2(MEMORY_MAP.cluster.size)
_BLOCK_BITS = 10
_L1_BITS = exact_log2(MEMORY_MAP.cluster.base - MEMORY_MAP.l1.base)


def _block(address: int) -> int:
    return (address - MEMORY_MAP.cluster.base) >> _BLOCK_BITS


class ElementSignature(Signature):
    """Ports of a processing element, from its own point of view.

    Members
    -------
    hart_id, boot_address, irq : In
        As the core's.
    l1 : Out(WordSignature)
    events, dma : Out(ControlSignature)
    outside : Out(BusSignature)
    lines : Out(LineSignature)
    at_barrier, at_event, at_dma : In(1)
        The request to the event unit or the DMA is being held back.
    retire, sleep, execute_pc : Out(1), Out(1), Out(32)
        As the core's; ``sleep`` also while a blocking read waits.
    """

    def __init__(self, config: ClusterConfig) -> None:
        super().__init__(
            {
                "hart_id": In(32),
                "boot_address": In(32),
                "irq": In(Signature({name: Out(1) for name in INTERRUPTS})),
                "l1": Out(WordSignature(config.l1_address_bits)),
                "events": Out(ControlSignature()),
                "dma": Out(ControlSignature()),
                "outside": Out(BusSignature(config.bus_bytes)),
                "lines": Out(LineSignature()),
                "at_barrier": In(1),
                "at_event": In(1),
                "at_dma": In(1),
                "retire": Out(1),
                "sleep": Out(1),
                "execute_pc": Out(32),
            }
        )


class ProcessingElement(Component):
    """The core has one data access under way at a time, so the answer can only be to the last request.

    Parameters
    ----------
    config : ClusterConfig

    Members
    -------
    Those of ``ElementSignature``.
    """

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        super().__init__(ElementSignature(config))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config
        m.submodules.core = core = Core(config.core)
        m.submodules.fetch_buffer = buffer = FetchBuffer(config.fetch_lines)
        m.submodules.counters = counters = Counters()
        connect(m, core.instr, buffer.core)
        connect(m, buffer.cache, flipped(self.lines))
        connect(m, flipped(self.irq), core.irq)
        request = core.data

        # Where the request goes.
        to_l1, to_control, to_outside = Signal(), Signal(), Signal()
        word = request.be == 0b1111
        in_l1 = request.addr[_L1_BITS:] == MEMORY_MAP.l1.base >> _L1_BITS
        in_control = request.addr[_REGION_BITS:] == MEMORY_MAP.cluster.base >> _REGION_BITS
        block = request.addr[_BLOCK_BITS:_REGION_BITS]
        m.d.comb += [
            to_l1.eq(in_l1 & (request.addr[:_L1_BITS] < config.l1_bytes)),
            to_control.eq(in_control & word),
            to_outside.eq(~in_l1 & ~in_control),
            self.l1.req.eq(request.req & to_l1),
            self.l1.addr.eq(request.addr[2:]),
            self.l1.we.eq(request.we),
            self.l1.be.eq(request.be),
            self.l1.wdata.eq(request.wdata),
        ]
        for port, base in ((self.events, EVENT_UNIT), (self.dma, DMA)):
            m.d.comb += [
                port.req.eq(request.req & to_control & (block == _block(base))),
                port.addr.eq(request.addr),
                port.we.eq(request.we),
                port.wdata.eq(request.wdata),
            ]
        lanes = config.bus_bytes // 4
        lane = Signal(range(lanes))
        lane_bits = exact_log2(lanes)
        m.d.comb += [
            lane.eq(request.addr[2 : 2 + lane_bits]),
            self.outside.req.eq(request.req & to_outside),
            self.outside.addr.eq(request.addr[2 + lane_bits :] << 2 + lane_bits),
            self.outside.we.eq(request.we),
            self.outside.be.eq(request.be << (lane << 2)),
            self.outside.wdata.eq(Cat(request.wdata for _ in range(lanes))),
        ]

        # Registers answer with the grant; an access without an answer is an access fault.
        counted = Signal(32)
        control_grant, control_err, control_data = Signal(), Signal(), Signal(32)
        m.d.comb += [
            counters.address.eq(request.addr[2:_BLOCK_BITS]),
            counted.eq(counters.value),
            control_grant.eq(1),
            control_err.eq(1),
        ]
        with m.If(to_control):
            with m.Switch(block):
                for port, base in ((self.events, EVENT_UNIT), (self.dma, DMA)):
                    with m.Case(_block(base)):
                        m.d.comb += [
                            control_grant.eq(port.gnt),
                            control_err.eq(port.err),
                            control_data.eq(port.rdata),
                        ]
                with m.Case(_block(COUNTERS)):
                    known = request.addr[2:_BLOCK_BITS] < len(COUNTER_NAMES)
                    m.d.comb += [control_data.eq(counted), control_err.eq(request.we | ~known)]
        m.d.comb += request.gnt.eq(
            request.req & Mux(to_l1, self.l1.gnt, Mux(to_outside, self.outside.gnt, control_grant))
        )

        # Answers.
        from_l1, from_outside, from_control = Signal(), Signal(), Signal()
        answer, fault = Signal(32, reset_less=True), Signal(reset_less=True)
        lane_asked = Signal(range(lanes), reset_less=True)
        granted = request.req & request.gnt
        m.d.sync += [
            from_l1.eq(granted & to_l1),
            from_control.eq(granted & ~to_l1 & ~to_outside),
        ]
        with m.If(granted):
            m.d.sync += [
                from_outside.eq(to_outside),
                lane_asked.eq(lane),
                answer.eq(control_data),
                fault.eq(control_err),
            ]
        with m.Elif(self.outside.rvalid):
            m.d.sync += from_outside.eq(0)
        m.d.comb += [
            request.rvalid.eq(from_l1 | from_control | self.outside.rvalid),
            request.err.eq((from_control & fault) | (self.outside.rvalid & self.outside.err)),
            request.rdata.eq(
                Mux(
                    from_l1,
                    self.l1.rdata,
                    Mux(from_control, answer, self.outside.rdata.word_select(lane_asked, 32)),
                )
            ),
        ]

        m.d.comb += [
            core.hart_id.eq(self.hart_id),
            core.boot_address.eq(self.boot_address),
            counters.instructions.eq(core.retire),
            counters.barrier.eq(self.at_barrier),
            counters.event.eq(self.at_event),
            counters.dma.eq(self.at_dma),
            counters.conflicts.eq(self.l1.req & ~self.l1.gnt),
            counters.memory.eq(
                (self.outside.req & ~self.outside.gnt) | (from_outside & ~self.outside.rvalid)
            ),
            counters.operand.eq(core.operand_wait),
            counters.fetch_starved.eq(core.fetch_starved & buffer.missing),
            self.retire.eq(core.retire),
            self.sleep.eq(core.sleep | self.at_barrier | self.at_event | self.at_dma),
            self.execute_pc.eq(core.execute_pc),
        ]
        return m
