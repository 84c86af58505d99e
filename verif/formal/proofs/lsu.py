"""The load/store unit: which bytes a store writes, and what a load makes of the bytes that it reads.

The specification is by bytes: byte n of an access lies at its address + n, in whichever word that is.
"""

from amaranth.hdl import Assume, Cat, Module, Mux, Signal
from amaranth.lib import data
from amaranth.lib.wiring import Component, In

from hw.config import CoreConfig
from hw.core.lsu import LoadStoreUnit, MemoryAccess
from verif.formal.core_harness import CONFIGS
from verif.formal.harness import answer, answers, claim, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Method, Proof

_GIVEN = {
    "base": 32,
    "offset": 32,
    "post_increment": 1,
    "store": 1,
    "size": 2,
    "load_signed": 1,
    "store_data": 32,
}


class LoadStoreHarness(Component):
    """The unit between a free host and a free memory.

    The host keeps an access as it is until its last request is granted, or gives it up when the access in WB
    faults; the extension unit does not write to the register it borrows in the middle of a crossing access.
    """

    def __init__(self, config: CoreConfig) -> None:
        self._config = config
        #: A unit loads words: the lower two bits of an address may be ignored.
        self._words = any(unit.loads_words for unit in config.units)
        self._given = _GIVEN | ({"whole_word": 1} if self._words else {})
        given = {name: In(width) for name, width in self._given.items()}
        super().__init__(
            {"request_valid": In(1), **given, **answers(), "hold_we": In(1), "hold_wdata": In(32)}
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        unit = LoadStoreUnit(self._config)
        inside = Inside(unit)
        m.submodules.unit = inside.fragment
        reset_once(m)
        bus = unit.bus
        given = Cat(*(getattr(self, name) for name in self._given))
        m.d.comb += [
            *(getattr(unit, name).eq(getattr(self, name)) for name in self._given),
        ]
        answer(m, self, bus)
        m.d.comb += [
            unit.request_valid.eq(self.request_valid),
            unit.hold_we.eq(self.hold_we),
            unit.hold_wdata.eq(self.hold_wdata),
        ]
        before, goes_on, gives_up = Signal(len(given)), Signal(), Signal()
        m.d.sync += [
            before.eq(given),
            goes_on.eq(self.request_valid & ~unit.request_done & ~unit.wb_fault),
            gives_up.eq(unit.wb_fault),
        ]
        m.d.comb += [
            Assume(~goes_on | (self.request_valid & (given == before))),
            Assume(~gives_up | ~self.request_valid),
            Assume(self.size != 3),
        ]

        # The access in EX, by bytes.
        address, bytes_, crosses, upper = Signal(32), Signal(3), Signal(), Signal()
        granted = Signal()
        mask = Mux(self.whole_word, ~3, ~0) if self._words else ~0
        m.d.comb += [
            address.eq(Mux(self.post_increment, self.base, self.base + self.offset) & mask),
            bytes_.eq(1 << self.size),
            crosses.eq(address[:2] + bytes_ > 4),
            granted.eq(bus.req & bus.gnt),
        ]
        with m.If(granted):
            m.d.sync += upper.eq(crosses & ~upper)
        with m.Elif(unit.wb_fault):
            m.d.sync += upper.eq(0)
        claims = {
            "address": ~bus.req | (bus.addr == Cat(0, 0, (address[2:] + upper)[:30])),
            "requests when asked": ~bus.req | self.request_valid,
            "direction": ~bus.req | (bus.we == self.store),
            "ends with its last request": unit.request_done == (granted & (upper == crosses)),
            "pointer": unit.pointer == (self.base + self.offset)[:32],
        }
        for lane in range(4):
            number = (4 * upper + lane - address[:2])[:4].as_signed()  # of the byte in the access
            chosen = (number >= 0) & (number < bytes_)
            stored = self.store_data.word_select(number[:2], 8)
            claims[f"byte enable {lane}"] = ~bus.req | (bus.be[lane] == chosen)
            claims[f"byte {lane}"] = ~(bus.req & bus.we & chosen) | (bus.wdata.word_select(lane, 8) == stored)

        # The access in WB.
        waits, is_store, is_signed, is_half = Signal(), Signal(), Signal(), Signal()
        at, count, second = Signal(2), Signal(3), Signal()
        low = Signal(32)
        with m.If(unit.bus.rvalid & waits):
            m.d.sync += [waits.eq(0), low.eq(self.rdata)]
        with m.If(granted):
            m.d.sync += [
                waits.eq(1),
                is_store.eq(self.store),
                is_signed.eq(self.load_signed),
                is_half.eq(crosses & ~upper),
                second.eq(upper),
                at.eq(address[:2]),
                count.eq(bytes_),
            ]
        m.d.comb += Assume(~self.hold_we | ~(upper | (waits & second)))
        seen = Mux(second, Cat(low, self.rdata), self.rdata) >> (at << 3)
        sign = is_signed & Mux(count == 1, seen[7], seen[15])
        expected = Mux(
            count == 4,
            seen[:32],
            Mux(count == 1, Cat(seen[:8], sign.replicate(24)), Cat(seen[:16], sign.replicate(16))),
        )
        done = waits & self.rvalid & ~self.err & ~is_half
        access = data.View(MemoryAccess, inside["wb_access"])
        claims |= {
            "pending": unit.wb_pending == waits,
            "ends with its last response": unit.wb_done == done,
            "fault": unit.wb_fault == (waits & self.rvalid & self.err),
            "load data": ~done | is_store | (unit.load_data == expected),
            "invariant: second": inside["second"] == upper,
            "invariant: lower half": ~((upper & ~waits) | (waits & second)) | (inside["lower"] == low),
            "invariant: continues": ~upper | (goes_on & crosses) | gives_up,
            "invariant: access": ~waits
            | (
                (access.store == is_store)
                & (access.load_signed == is_signed)
                & (access.crosses == (is_half | second))
                & (access.second == second)
                & (access.address[:2] == at)
                & (count == 1 << access.size)
                & (access.size != 3)
            ),
            "invariant: fits": ~waits | is_half | second | (at + count <= 4),
            "invariant: halves": ~waits | ~(is_half & second),
            "invariant: lower half first": ~waits | (is_half == upper),
        }
        claim(m, claims)
        return m


PROOFS = tuple(
    Proof(
        name=f"lsu.bytes{end}",
        what="stores write the bytes of their operand to the bytes of their address and no others, loads "
        "give the bytes there, extended; aligned, crossing a word or rounded down to one, whatever stalls or "
        "faults",
        method=Method.INDUCTION,
        depth=6,
        build=lambda config=config: sources(LoadStoreHarness(config)),
        cheap=True,
    )
    for config, end in CONFIGS.items()
)
