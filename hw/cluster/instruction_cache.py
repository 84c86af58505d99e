"""The instruction cache that all cores share."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import Component, In, Out, connect, flipped
from amaranth.utils import exact_log2

from hw.cluster.arbiter import RoundRobin, select
from hw.cluster.ports import LINE_BYTES, BusSignature, LineSignature
from hw.config import ClusterConfig


class CacheBank(Component):
    """Direct-mapped lines of one bank; a line a cycle while they are there, blocked while one is fetched.

    A grant is followed by the tag's comparison in the next cycle, which is also that of a hit's answer.

    Parameters
    ----------
    cores, lines, width : int
        Requesters, lines (a power of two), bytes of the bus.

    Members
    -------
    requests, grants : In(cores), Out(cores)
        Who asks; who is granted in this cycle.
    addr : In(cores x line number without the bank's bits)
    valid, data, err : Out(cores), Out(128), Out(1)
        Answer to one of them.
    bus : Out(BusSignature)
        Reads only.
    """

    def __init__(
        self, *, cores: int, lines: int, width: int, address_bits: int, bank: int, banks: int
    ) -> None:
        self._lines, self._width, self._bank, self._banks = lines, width, bank, banks
        super().__init__(
            {
                "requests": In(cores),
                "grants": Out(cores),
                "addr": In(data.ArrayLayout(address_bits, cores)),
                "valid": Out(cores),
                "data": Out(8 * LINE_BYTES),
                "err": Out(1),
                "bus": Out(BusSignature(width)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        cores = len(self.requests)
        address_bits = len(self.addr[0])
        index_bits = exact_log2(self._lines)
        beats = LINE_BYTES // self._width
        m.submodules.arbiter = arbiter = RoundRobin(cores)
        m.submodules.store = store = Memory(
            shape=address_bits - index_bits + 8 * LINE_BYTES, depth=self._lines, init=[]
        )
        read, write = store.read_port(), store.write_port()
        present = Signal(self._lines)

        # Grant, then compare.
        asked = Signal(address_bits, reset_less=True)
        asker = Signal(cores)  # one-hot; 0 when nobody waits for an answer
        looked = Signal()  # the store shows the line that was asked for
        there = Signal(reset_less=True)
        hit = Signal()
        fetching = Signal()
        addresses = [self.addr[i] for i in range(cores)]
        granted = Signal(address_bits)
        m.d.comb += [
            granted.eq(select(arbiter.grants, addresses)),
            arbiter.requests.eq(self.requests),
            hit.eq(looked & there & (read.data[8 * LINE_BYTES :] == asked[index_bits:])),
            arbiter.ready.eq(~fetching & (~looked | hit)),
            self.grants.eq(arbiter.grants),
            read.addr.eq(granted),
            read.en.eq(arbiter.grants.any()),
        ]
        m.d.sync += looked.eq(arbiter.grants.any())
        with m.If(arbiter.grants.any()):
            m.d.sync += [
                asked.eq(granted),
                asker.eq(arbiter.grants),
                there.eq(present.bit_select(granted[:index_bits], 1)),
            ]

        # A miss: beats of the line one after the other.
        to_ask = Signal(range(beats + 1))
        to_come = Signal(range(beats + 1))
        line = Signal(8 * LINE_BYTES, reset_less=True)
        failed = Signal()
        whole = Signal(8 * LINE_BYTES)
        complete = Signal()
        m.d.comb += [
            self.bus.req.eq(fetching & (to_ask != 0)),
            self.bus.addr.eq(self._address(asked) + ((beats - to_ask) << exact_log2(self._width))),
            self.bus.be.eq(~0),
            whole.eq(Cat(line, self.bus.rdata)[8 * self._width :]),
            complete.eq(fetching & self.bus.rvalid & (to_come == 1)),
        ]
        with m.If(looked & ~hit):
            m.d.sync += [fetching.eq(1), to_ask.eq(beats), to_come.eq(beats), failed.eq(0)]
        with m.If(self.bus.req & self.bus.gnt):
            m.d.sync += to_ask.eq(to_ask - 1)
        with m.If(self.bus.rvalid):
            m.d.sync += [to_come.eq(to_come - 1), line.eq(whole), failed.eq(failed | self.bus.err)]
        with m.If(complete):
            m.d.sync += fetching.eq(0)
        m.d.comb += [
            write.addr.eq(asked),
            write.data.eq(Cat(whole, asked[index_bits:])),
            write.en.eq(complete & ~self.err),
            self.err.eq(complete & (failed | self.bus.err)),
            self.data.eq(Mux(complete, whole, read.data)),
            self.valid.eq(Mux(hit | complete, asker, 0)),
        ]
        with m.If(write.en):
            m.d.sync += present.bit_select(asked[:index_bits], 1).eq(1)
        return m

    def _address(self, line: Value) -> Value:
        """Byte address of a line of this bank."""
        return Cat(Const(0, exact_log2(LINE_BYTES)), Const(self._bank, exact_log2(self._banks)), line)


class InstructionCache(Component):
    """Lines dealt out to banks; each bank serves one core a cycle, in turn.

    Parameters
    ----------
    config : ClusterConfig
        ``cores``, ``instruction_bytes``, ``instruction_banks``, ``bus_bytes``.

    Members
    -------
    cores : In(LineSignature) each
    buses : Out(BusSignature) each
        One for each bank.
    """

    def __init__(self, config: ClusterConfig) -> None:
        self._config = config
        super().__init__(
            {
                "cores": In(LineSignature()).array(config.cores),
                "buses": Out(BusSignature(config.bus_bytes)).array(config.instruction_banks),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config
        bank_bits = exact_log2(config.instruction_banks)
        address_bits = len(self.cores[0].addr) - bank_bits
        banks = []
        for number, bus in enumerate(self.buses):
            m.submodules[f"bank{number}"] = bank = CacheBank(
                cores=config.cores,
                lines=config.instruction_bytes // LINE_BYTES // config.instruction_banks,
                width=config.bus_bytes,
                address_bits=address_bits,
                bank=number,
                banks=config.instruction_banks,
            )
            banks.append(bank)
            connect(m, bank.bus, flipped(bus))
            for i, core in enumerate(self.cores):
                m.d.comb += [
                    bank.requests[i].eq(core.req & (core.addr[:bank_bits] == number)),
                    bank.addr[i].eq(core.addr[bank_bits:]),
                ]
        for i, core in enumerate(self.cores):
            answers = Cat(bank.valid[i] for bank in banks)
            m.d.comb += [
                core.gnt.eq(Cat(bank.grants[i] for bank in banks).any()),
                core.valid.eq(answers.any()),
                core.data.eq(select(answers, [bank.data for bank in banks])),
                core.err.eq((answers & Cat(bank.err for bank in banks)).any()),
            ]
        return m
