"""The interconnect: every core and the DMA to every bank of L1 in one cycle."""

from collections.abc import Sequence
from functools import reduce
from operator import xor

from amaranth.hdl import Cat, Module, Signal, Value
from amaranth.lib.wiring import Component, In, Out, PureInterface
from amaranth.utils import exact_log2

from hw.cluster.arbiter import RoundRobin, select
from hw.cluster.ports import BankSignature, WordSignature

#: What a master drives.
_REQUEST = ("req", "addr", "we", "be", "wdata")


class Interconnect(Component):
    """Word-interleaved banks with a round-robin arbiter of the cores each.

    Word n is word n // banks of bank n % banks, or with ``hashed`` of the bank whose number is the exclusive
    or of all digits of n to the base ``banks``.

    The DMA goes first, for a beat of it waits for its last word, but never twice in a row while a core waits.
    So a core is granted in its own cycle unless another master has the bank, and then after at most
    ``max_consecutive_grants`` grants to each other core and as many to the DMA. Reads answer a cycle later.

    Parameters
    ----------
    cores, banks, words : int
        Ports; words of L1 in all.
    dma_ports : int
        Ports of the DMA, a power of two; port w asks only for words n with n % dma_ports == w. With
        ``hashed``, n // dma_ports is the same at all ports in every cycle.
    max_consecutive_grants : int
        Grants that a master may have in a row while others wait.
    hashed : bool
        The number of a word's bank is a hash.
    broadcast : bool
        A core that reads the word of a granted read of another core is granted with it.

    Members
    -------
    cores, dma : In(WordSignature) each
    banks : Out(BankSignature) each
    """

    def __init__(
        self,
        *,
        cores: int,
        banks: int,
        words: int,
        dma_ports: int,
        max_consecutive_grants: int,
        hashed: bool = False,
        broadcast: bool = False,
    ) -> None:
        self._max_consecutive_grants = max_consecutive_grants
        self._hashed, self._broadcast = hashed, broadcast
        self._bank_bits = exact_log2(banks)
        address_bits = (words - 1).bit_length()
        super().__init__(
            {
                "cores": In(WordSignature(address_bits)).array(cores),
                "dma": In(WordSignature(address_bits)).array(dma_ports),
                "banks": Out(BankSignature(address_bits - self._bank_bits)).array(banks),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        masters = [*self.cores, *self._lanes(m)]
        wanted = [self._bank_of(master.addr) for master in masters]
        granted = [[] for _ in masters]
        for number, bank in enumerate(self.banks):
            asking = [*range(len(self.cores)), len(self.cores) + number % len(self.dma)]
            ports = [masters[i] for i in asking]
            requests = Signal(len(ports), name=f"requests{number}")
            grants = Signal(len(ports), name=f"grants{number}")
            again = Signal(name=f"again{number}")  # the DMA was served last
            m.submodules[f"arbiter{number}"] = arbiter = RoundRobin(
                len(self.cores), max_consecutive_grants=self._max_consecutive_grants
            )
            m.d.comb += [
                requests.eq(Cat(masters[i].req & (wanted[i] == number) for i in asking)),
                arbiter.requests.eq(requests),
                arbiter.ready.eq(~requests[-1] | again),
                grants.eq(Cat(arbiter.grants, requests[-1] & ~arbiter.grants.any())),
                bank.req.eq(requests.any()),
                bank.addr.eq(select(grants, [port.addr[self._bank_bits :] for port in ports])),
                bank.we.eq((grants & Cat(port.we for port in ports)).any()),
                bank.be.eq(select(grants, [port.be for port in ports])),
                bank.wdata.eq(select(grants, [port.wdata for port in ports])),
            ]
            m.d.sync += again.eq(grants[-1])
            for i, master in enumerate(asking):
                granted[master].append(grants[i])
        served = [Cat(grants).any() for grants in granted]
        if self._broadcast:
            count = len(self.cores)
            served = [*self._with_readers(served[:count]), *served[count:]]
        for number, master in enumerate(masters):
            bank = Signal(self._bank_bits, name=f"bank_of_{number}", reset_less=True)
            m.d.comb += master.gnt.eq(served[number])
            with m.If(master.gnt):
                m.d.sync += bank.eq(wanted[number])
            with m.Switch(bank):
                for i, source in enumerate(self.banks):
                    with m.Case(i):
                        m.d.comb += master.rdata.eq(source.rdata)
        return m

    def _bank_of(self, addr: Value) -> Value:
        """The bank of a word."""
        digits = [addr[i : i + self._bank_bits] for i in range(0, len(addr), self._bank_bits)]
        return reduce(xor, digits) if self._hashed else digits[0]

    def _lanes(self, m: Module) -> Sequence[PureInterface]:
        """The DMA's ports as the banks see them: lane i leads to banks whose number is i modulo the lanes.

        With a hash, port w takes lane w ^ swap, the same swap for the whole row.
        """
        if not self._hashed or len(self.dma) == 1:
            return list(self.dma)
        lanes = [WordSignature(len(port.addr)).create(path=(f"lane{i}",)) for i, port in enumerate(self.dma)]
        swap = Signal(range(len(lanes)))
        answered = Signal.like(swap, reset_less=True)  # the swap of the words that are read now
        m.d.comb += swap.eq(self._bank_of(self.dma[0].addr))
        m.d.sync += answered.eq(swap)
        for turn in range(len(lanes)):
            for number, port in enumerate(self.dma):
                lane = lanes[number ^ turn]
                with m.If(swap == turn):
                    m.d.comb += [getattr(lane, name).eq(getattr(port, name)) for name in _REQUEST]
                    m.d.comb += port.gnt.eq(lane.gnt)
                with m.If(answered == turn):
                    m.d.comb += port.rdata.eq(lane.rdata)
        return lanes

    def _with_readers(self, grants: Sequence[Value]) -> list[Value]:
        """The cores' grants and those of cores that read the same words."""
        reads = [port.req & ~port.we for port in self.cores]
        return [
            grant
            | Cat(
                grants[other] & reads[other] & reads[core] & (self.cores[other].addr == port.addr)
                for other in range(len(grants))
                if other != core
            ).any()
            for core, (grant, port) in enumerate(zip(grants, self.cores, strict=True))
        ]
