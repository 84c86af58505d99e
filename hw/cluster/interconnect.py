"""The interconnect: every core and the DMA to every bank of L1 in one cycle."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib.wiring import Component, In, Out
from amaranth.utils import exact_log2

from hw.cluster.arbiter import RoundRobin, select
from hw.cluster.ports import BankSignature, WordSignature


class Interconnect(Component):
    """Word-interleaved banks: word n is in bank n % banks. A round-robin arbiter of the cores per bank.

    The DMA goes first, for a beat of it waits for its last word, but never twice in a row while a core waits.
    So a core is granted in its own cycle unless another master has the bank, and then after at most
    ``max_consecutive_grants`` grants to each other core and as many to the DMA. Reads answer a cycle later.

    Parameters
    ----------
    cores, banks, words : int
        Ports; words of L1 in all.
    dma_ports : int
        Ports of the DMA, a power of two; port w asks only for words n with n % dma_ports == w.
    max_consecutive_grants : int
        Grants that a master may have in a row while others wait.

    Members
    -------
    cores, dma : In(WordSignature) each
    banks : Out(BankSignature) each
    """

    def __init__(
        self, *, cores: int, banks: int, words: int, dma_ports: int, max_consecutive_grants: int
    ) -> None:
        self._max_consecutive_grants = max_consecutive_grants
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
        masters = [*self.cores, *self.dma]
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
                requests.eq(Cat(port.req & (port.addr[: self._bank_bits] == number) for port in ports)),
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
        for number, (master, grants) in enumerate(zip(masters, granted, strict=True)):
            bank = Signal(self._bank_bits, name=f"bank_of_{number}", reset_less=True)
            m.d.comb += master.gnt.eq(Cat(grants).any())
            with m.If(master.gnt):
                m.d.sync += bank.eq(master.addr)
            with m.Switch(bank):
                for i, source in enumerate(self.banks):
                    with m.Case(i):
                        m.d.comb += master.rdata.eq(source.rdata)
        return m
