"""The instruction cache that all cores share."""

from collections.abc import Callable

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out, connect, flipped
from amaranth.utils import exact_log2

from hw.cluster.arbiter import RoundRobin, select
from hw.cluster.config import ClusterConfig
from hw.cluster.ports import LINE_BYTES, BusSignature, LineSignature
from hw.cluster.sram import Sram

#: Lines of a block, which is fetched as a whole.
BLOCK_LINES = 4


class CacheBank(Component):
    """Direct-mapped blocks of one bank; a line a cycle while they are there, blocked while one is fetched.

    A core that requests the line granted to another gets it too, as cores that run the same loop do.

    A request to look ahead is served when no core requests, and has no answer: the bank fetches the block if
    it is missing.

    A grant is followed by the tag's comparison in the next cycle, which is also that of a hit's answer. A
    miss fetches the block from its start and is answered when its own line has come.

    Parameters
    ----------
    cores, blocks, width : int
        Cores, blocks (a power of two), bytes of the bus.
    address_bits : int
        Of a line's number without the bank's bits.
    address : callable
        The byte address of a block of this bank, from its number.

    Members
    -------
    requests, grants : In(cores), Out(cores)
        Who asks; who is granted in this cycle.
    addr : In(cores x address_bits)
    block : Out(address_bits - 2)
        The block that is granted in this cycle.
    ahead, ahead_block, ahead_granted : In(1), In(address_bits - 2), Out(1)
        Request to look ahead; it may change until it is granted.
    valid, data, err : Out(cores), Out(128), Out(1)
        Answer to those that were granted together.
    bus : Out(BusSignature)
        Reads only.
    """

    def __init__(
        self, *, cores: int, blocks: int, width: int, address_bits: int, address: Callable[[Value], Value]
    ) -> None:
        self._blocks, self._width, self._address = blocks, width, address
        super().__init__(
            {
                "requests": In(cores),
                "grants": Out(cores),
                "addr": In(data.ArrayLayout(address_bits, cores)),
                "block": Out(address_bits - exact_log2(BLOCK_LINES)),
                "ahead": In(1),
                "ahead_block": In(address_bits - exact_log2(BLOCK_LINES)),
                "ahead_granted": Out(1),
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
        line_bits = exact_log2(BLOCK_LINES)
        index_bits = exact_log2(self._blocks)
        beats_per_line = LINE_BYTES // self._width
        beats = BLOCK_LINES * beats_per_line
        tag_from = line_bits + index_bits
        m.submodules.arbiter = arbiter = RoundRobin(cores)
        m.submodules.line_sram = lines = Sram(width=8 * LINE_BYTES, depth=self._blocks * BLOCK_LINES)
        m.submodules.tag_sram = tags = Sram(width=address_bits - tag_from, depth=self._blocks)
        line_read, tag_read = lines.reads[0], tags.reads[0]
        present = Signal(self._blocks)

        # Grant, then compare.
        asked = Signal(address_bits, reset_less=True)
        asker = Signal(cores)  # those that were granted last
        looked = Signal()  # memories show what was asked for
        there = Signal(reset_less=True)
        hit = Signal()
        fetching = Signal()
        addresses = [self.addr[i] for i in range(cores)]
        granted = Signal(address_bits)
        looks = Signal()
        m.d.comb += [
            granted.eq(select(arbiter.grants, addresses)),
            self.block.eq(granted[line_bits:]),
            self.ahead_granted.eq(self.ahead & arbiter.ready & ~self.requests.any()),
            looks.eq(arbiter.grants.any() | self.ahead_granted),
            self.grants.eq(
                Mux(
                    arbiter.grants.any(),
                    self.requests & Cat(address == granted for address in addresses),
                    0,
                )
            ),
            arbiter.requests.eq(self.requests),
            hit.eq(looked & there & (tag_read.data == asked[tag_from:])),
            arbiter.ready.eq(~fetching & (~looked | hit)),
            line_read.addr.eq(granted),
            line_read.en.eq(looks),
            tag_read.addr.eq(granted[line_bits:]),
            tag_read.en.eq(looks),
        ]
        with m.If(self.ahead_granted):
            m.d.comb += granted.eq(self.ahead_block << line_bits)
        m.d.sync += looked.eq(looks)
        with m.If(looks):
            m.d.sync += [
                asked.eq(granted),
                asker.eq(self.grants),
                there.eq(present.bit_select(granted[line_bits:tag_from], 1)),
            ]

        # A miss: beats of the block one after the other; a line is written with its last beat.
        to_ask, come = Signal(range(beats + 1)), Signal(range(beats))
        line = Signal(8 * LINE_BYTES, reset_less=True)
        failed, line_failed = Signal(), Signal()
        whole = Signal(8 * LINE_BYTES)
        line_comes, answers = Signal(), Signal()
        number = come >> exact_log2(beats_per_line)
        m.d.comb += [
            self.bus.req.eq(fetching & (to_ask != 0)),
            self.bus.addr.eq(
                self._address(asked[line_bits:]) + ((beats - to_ask) << exact_log2(self._width))
            ),
            self.bus.be.eq(~0),
            whole.eq(Cat(line, self.bus.rdata)[8 * self._width :]),
            line_comes.eq(self.bus.rvalid & ((come + 1) % beats_per_line == 0)),
            answers.eq(line_comes & (number == asked[:line_bits])),
        ]
        with m.If(looked & ~hit):
            m.d.sync += [fetching.eq(1), to_ask.eq(beats), come.eq(0), failed.eq(0), line_failed.eq(0)]
            m.d.sync += present.bit_select(asked[line_bits:tag_from], 1).eq(0)
        with m.If(self.bus.req & self.bus.gnt):
            m.d.sync += to_ask.eq(to_ask - 1)
        with m.If(self.bus.rvalid):
            m.d.sync += [
                come.eq(come + 1),
                line.eq(whole),
                failed.eq(failed | self.bus.err),
                line_failed.eq(~line_comes & (line_failed | self.bus.err)),
            ]
            with m.If(come == beats - 1):
                m.d.sync += fetching.eq(0)
                with m.If(~failed & ~self.bus.err):
                    m.d.sync += present.bit_select(asked[line_bits:tag_from], 1).eq(1)
        m.d.comb += [
            lines.write_addr.eq(Cat(number[:line_bits], asked[line_bits:tag_from])),
            lines.write_data.eq(whole),
            lines.write_en.eq(line_comes),
            tags.write_addr.eq(asked[line_bits:]),
            tags.write_data.eq(asked[tag_from:]),
            tags.write_en.eq(fetching),
            self.err.eq(answers & (line_failed | self.bus.err)),
            self.data.eq(Mux(answers, whole, line_read.data)),
            self.valid.eq(Mux(hit | answers, asker, 0)),
        ]
        return m


class InstructionCache(Component):
    """Blocks dealt out to banks; each bank serves one core a cycle, in turn.

    When a bank grants a line of another block than before, the next bank looks for the block that follows.

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
        line_bits, bank_bits = exact_log2(BLOCK_LINES), exact_log2(config.instruction_banks)
        line_bytes_bits = exact_log2(LINE_BYTES)
        address_bits = len(self.cores[0].addr) - bank_bits
        banks = []
        for number, bus in enumerate(self.buses):

            def address(block: Value, number: int = number) -> Value:
                return Cat(Const(0, line_bytes_bits + line_bits), Const(number, bank_bits), block)

            m.submodules[f"bank{number}"] = bank = CacheBank(
                cores=config.cores,
                blocks=config.instruction_bytes // LINE_BYTES // BLOCK_LINES // config.instruction_banks,
                width=config.bus_bytes,
                address_bits=address_bits,
                address=address,
            )
            banks.append(bank)
            connect(m, bank.bus, flipped(bus))
            for i, core in enumerate(self.cores):
                bank_of = core.addr[line_bits : line_bits + bank_bits]
                m.d.comb += [
                    bank.requests[i].eq(core.req & (bank_of == number)),
                    bank.addr[i].eq(Cat(core.addr[:line_bits], core.addr[line_bits + bank_bits :])),
                ]
        for number, bank in enumerate(banks):
            following = banks[(number + 1) % len(banks)]
            block, known = Signal.like(bank.block), Signal(name=f"known{number}")
            with m.If(following.ahead_granted):
                m.d.sync += following.ahead.eq(0)
            with m.If(bank.grants.any() & ~(known & (bank.block == block))):
                m.d.sync += [
                    known.eq(1),
                    block.eq(bank.block),
                    following.ahead.eq(1),
                    following.ahead_block.eq(bank.block + (following is banks[0])),
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
