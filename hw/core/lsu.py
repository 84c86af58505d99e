"""The load/store unit: address and request in EX, data in WB."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

from hw.bus import DataSignature
from hw.config import CoreConfig


class MemoryAccess(data.Struct):
    """Description of the access that WB waits for."""

    store: 1
    size: 2
    load_signed: 1
    crosses: 1
    second: 1
    address: 32


class LoadStoreUnit(Component):
    """One access at a time, so that an access fault is precise; one per cycle when memory grants.

    A word or half that crosses a word boundary takes two accesses. The request waits for the response to the
    access before it: nothing younger has touched memory when that one turns out to be a fault.

    Members
    -------
    request_valid : In(1)
        A load or store is in EX.
    base, offset : In(32)
        Operands of the address adder.
    post_increment : In(1)
        The address is ``base`` alone.
    store : In(1)
        The access is a write.
    size : In(2)
        log2 of its bytes.
    load_signed : In(1)
        A byte or half is sign-extended.
    store_data : In(32)
        Data of a write, in the low bytes.
    request_done : Out(1)
        The (last) request is granted: the instruction can leave EX at this clock edge.
    pointer : Out(32)
        base + offset.
    wb_ready : Out(1)
        WB is empty or its response is here, without a fault: EX may advance.
    wb_pending : Out(1)
        An access waits for its response.
    wb_done : Out(1)
        The instruction in WB ends with this response.
    wb_fault : Out(1)
        It ends with an access fault.
    wb_last : Out(1)
        The access in WB is the only or the second one of its instruction, which has left EX.
    wb_access : Out(MemoryAccess)
        The access that waits for its response.
    wb_byte : Out(8)
        The byte at the address, for extension units.
    load_data : Out(32)
        Extended load data.
    whole_word : In(1), with an extension unit that loads words
        The access is of the word that the address is in.
    hold_we, hold_wdata, hold_rdata : In(1), In(32), Out(32), with an extension unit that borrows it
        The register for the lower half of a crossing access, lent between such accesses.
    bus : Out(DataSignature)
    """

    def __init__(self, config: CoreConfig) -> None:
        self._lends = any(unit.borrows_crossing_register for unit in config.units)
        hold = {"hold_we": In(1), "hold_wdata": In(32), "hold_rdata": Out(32)} if self._lends else {}
        self._loads_words = any(unit.loads_words for unit in config.units)
        if self._loads_words:
            hold |= {"whole_word": In(1)}
        super().__init__(
            {
                "request_valid": In(1),
                "base": In(32),
                "offset": In(32),
                "post_increment": In(1),
                "store": In(1),
                "size": In(2),
                "load_signed": In(1),
                "store_data": In(32),
                "request_done": Out(1),
                "pointer": Out(32),
                "wb_ready": Out(1),
                "wb_pending": Out(1),
                "wb_done": Out(1),
                "wb_fault": Out(1),
                "wb_last": Out(1),
                "wb_access": Out(MemoryAccess),
                "wb_byte": Out(8),
                "load_data": Out(32),
                "bus": Out(DataSignature()),
                **hold,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        access = self.wb_access
        second = Signal()  # EX makes the upper half of a crossing access
        self._request(m, second)

        # WB: one access, from its grant to its response.
        response = Signal()
        m.d.comb += [
            response.eq(self.wb_pending & self.bus.rvalid),
            self.wb_fault.eq(response & self.bus.err),
            self.wb_ready.eq(~self.wb_pending | (self.bus.rvalid & ~self.bus.err)),
            self.wb_last.eq(~access.crosses | access.second),
            self.wb_done.eq(response & ~self.bus.err & self.wb_last),
        ]
        with m.If(self.bus.req & self.bus.gnt):
            m.d.sync += self.wb_pending.eq(1)
        with m.Elif(response):
            m.d.sync += self.wb_pending.eq(0)

        # The lower half of a crossing access waits for the upper one.
        lower = Signal(32, reset_less=True)
        with m.If(response & access.crosses & ~access.second):
            m.d.sync += lower.eq(self.bus.rdata)
        if self._lends:
            m.d.comb += self.hold_rdata.eq(lower)
            with m.If(self.hold_we):
                m.d.sync += lower.eq(self.hold_wdata)
        window = Mux(access.second, Cat(lower, self.bus.rdata), Cat(self.bus.rdata, self.bus.rdata))
        aligned = Signal(32)
        m.d.comb += [
            aligned.eq((window >> (access.address[:2] << 3))[:32]),
            self.wb_byte.eq(aligned[:8]),
        ]
        with m.Switch(access.size):
            with m.Case(0):
                sign = access.load_signed & aligned[7]
                m.d.comb += self.load_data.eq(Cat(aligned[:8], sign.replicate(24)))
            with m.Case(1):
                sign = access.load_signed & aligned[15]
                m.d.comb += self.load_data.eq(Cat(aligned[:16], sign.replicate(16)))
            with m.Default():
                m.d.comb += self.load_data.eq(aligned)
        return m

    def _request(self, m: Module, second: Signal) -> None:
        bus = self.bus
        address = Signal(32)
        crosses = Signal()
        lanes = Signal(8)  # bytes of this word, and of the next one
        byte_address = Mux(self.post_increment, self.base, self.pointer)
        if self._loads_words:
            low = byte_address[:2] & ~self.whole_word.replicate(2)
            byte_address = Cat(low, byte_address[2:])
        m.d.comb += [
            self.pointer.eq(self.base + self.offset),
            address.eq(byte_address),
            lanes.eq(Mux(self.size == 0, 0b1, Mux(self.size == 1, 0b11, 0b1111)) << address[:2]),
            crosses.eq(lanes[4:].any()),
            bus.req.eq(self.request_valid & self.wb_ready),
            bus.addr.eq(Cat(0, 0, address[2:] + second)),
            bus.we.eq(self.store),
            bus.be.eq(Mux(second, lanes[4:], lanes[:4])),
            bus.wdata.eq(self.store_data.rotate_left(0)),
            self.request_done.eq(bus.gnt & bus.req & (~crosses | second)),
        ]
        with m.Switch(address[:2]):
            for byte in range(1, 4):
                with m.Case(byte):
                    m.d.comb += bus.wdata.eq(self.store_data.rotate_left(8 * byte))
        with m.If(bus.req & bus.gnt):
            m.d.sync += [
                second.eq(crosses & ~second),
                self.wb_access.store.eq(self.store),
                self.wb_access.size.eq(self.size),
                self.wb_access.load_signed.eq(self.load_signed),
                self.wb_access.crosses.eq(crosses),
                self.wb_access.second.eq(second),
                self.wb_access.address.eq(address),
            ]
        with m.Elif(self.wb_fault):
            m.d.sync += second.eq(0)
