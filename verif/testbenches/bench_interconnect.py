"""Cocotb tests of the L1 interconnect: random traffic against NumPy, nothing lost or doubled, fairness."""

from random import Random
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge

from hw.cluster.config import ClusterConfig
from verif.testbenches.shapes import BANKS, CORES, DMA_PORTS, INTERCONNECTS, TURN, WORDS

MASTERS = [f"cores_{i}" for i in range(CORES)] + [f"dma_{i}" for i in range(DMA_PORTS)]


class Master:
    """One port: what it asks for now, what it waits to read."""

    def __init__(self, dut: Any, name: str) -> None:
        self._dut, self.name = dut, name
        self.request: tuple[int, bool, int, int] | None = None  # addr, we, be, wdata
        self.waited = 0
        self.expected: int | None = None
        self.granted = 0
        self.is_core = name.startswith("cores")

    def get(self, member: str) -> int:
        return int(getattr(self._dut, f"{self.name}_{member}").value)

    def drive(self, idle_addr: int = 0) -> None:
        addr, we, be, wdata = self.request or (idle_addr, False, 0, 0)
        for member, value in {"req": self.request is not None, "addr": addr, "we": we, "be": be}.items():
            getattr(self._dut, f"{self.name}_{member}").value = value
        getattr(self._dut, f"{self.name}_wdata").value = wdata


def _config(dut: Any) -> ClusterConfig:
    """The configuration of the interconnect under test."""
    return INTERCONNECTS[dut._name]


def _row(masters: list[Master], config: ClusterConfig) -> int | None:
    """The row of words that all ports of the DMA must ask for, or None if each may ask for any."""
    if not config.hashed_banks:
        return None
    asked = [master.request[0] for master in masters if not master.is_core and master.request]
    return asked[0] // DMA_PORTS if asked else None


def _address(master: Master, address: int, row: int | None) -> int:
    """An address that the master may use: a DMA port has its own words only, in the given row."""
    if master.is_core:
        return address
    return (address // DMA_PORTS if row is None else row) * DMA_PORTS + int(master.name[-1])


async def _run(dut: Any, cycles: int, choose: Any) -> list[Master]:
    """Drive all masters for some cycles.

    ``choose`` gives a free one its next request, in the row of the DMA if it is a port of it, or None.
    """
    config = _config(dut)
    Clock(dut.clk, 2, unit="ns").start()
    masters = [Master(dut, name) for name in MASTERS]
    for master in masters:
        master.drive()
    dut.rst.value = 1
    for _ in range(2):
        await RisingEdge(dut.clk)
    dut.rst.value = 0
    memory = np.zeros(WORDS, np.uint32)  # as the masters see it: their accesses in the order of the grants
    macros = np.zeros((BANKS, WORDS // BANKS), np.uint32)  # as the banks see it
    longest = 2 * TURN * CORES  # every core, and the DMA between any two grants
    for _ in range(cycles):
        for master in masters:
            if master.request is None:
                master.request = choose(master, _row(masters, config))
                master.waited = 0
        for master in masters:
            master.drive(_address(master, 0, _row(masters, config)))
        await ReadOnly()
        accessed = []
        for bank in range(BANKS):
            if int(getattr(dut, f"banks_{bank}_req").value):
                fields = ("addr", "we", "be", "wdata")
                accessed.append((bank, *(int(getattr(dut, f"banks_{bank}_{f}").value) for f in fields)))
        granted = []
        for master in masters:
            if master.expected is not None:
                assert master.get("rdata") == master.expected, (
                    f"{master.name} read {master.get('rdata'):#x}, must be {master.expected:#x}"
                )
                master.expected = None
            grant = master.get("gnt")
            assert not grant or master.request, f"{master.name} is granted and asks for nothing"
            if master.request is not None and grant:
                granted.append(master)
            elif master.request is not None:
                master.waited += 1
                assert master.waited <= longest, f"{master.name} has waited {master.waited} cycles"
        wanted = []
        read = set()  # words that cores read
        for master in granted:
            assert master.request is not None
            addr, we, be, wdata = master.request
            if not (config.broadcast and master.is_core and not we and addr in read):
                place = config.place_of(addr)
                wanted.append((place % BANKS, place // BANKS, we, be, wdata))
            if master.is_core and not we:
                read.add(addr)
            if we:
                mask = sum(0xFF << 8 * i for i in range(4) if be >> i & 1)
                memory[addr] = int(memory[addr]) & ~mask | wdata & mask
            else:
                master.expected = int(memory[addr])
            master.request = None
            master.granted += 1
        if config.broadcast:
            late = [
                m.name
                for m in masters
                if m.is_core and m.request and not m.request[1] and m.request[0] in read
            ]
            assert not late, f"{late} wait for words that others read"
            wanted, accessed = _without_bytes(wanted), _without_bytes(accessed)
        assert sorted(accessed) == sorted(wanted), f"granted {wanted}, banks see {accessed}"
        await RisingEdge(dut.clk)
        for bank, addr, we, be, wdata in accessed:
            if we:
                mask = sum(0xFF << 8 * i for i in range(4) if be >> i & 1)
                macros[bank, addr] = int(macros[bank, addr]) & ~mask | wdata & mask
            else:
                getattr(dut, f"banks_{bank}_rdata").value = int(macros[bank, addr])
    places = [config.place_of(word) for word in range(WORDS)]
    assert (macros.T.reshape(-1)[places] == memory).all()
    return masters


def _without_bytes(accesses: list[tuple[int, int, bool, int, int]]) -> list[tuple[int, int, bool, int, int]]:
    """The accesses without the bytes of reads, of which several cores may have different ones."""
    return [(bank, addr, we, be * we, wdata * we) for bank, addr, we, be, wdata in accesses]


@cocotb.test()
async def random_traffic(dut: Any) -> None:
    """Reads and writes of few words, so that masters meet; every read sees the last write before it."""
    random = Random(cocotb.RANDOM_SEED)

    def choose(master: Master, row: int | None) -> tuple[int, bool, int, int] | None:
        if random.random() < 0.3:
            return None
        address = _address(master, random.randrange(random.choice((2 * BANKS, WORDS))), row)
        return address, random.random() < 0.5, random.randrange(1, 16), random.getrandbits(32)

    masters = await _run(dut, 1500, choose)
    assert all(master.granted for master in masters)


@cocotb.test()
async def one_word_for_all(dut: Any) -> None:
    """Cores that read one word are granted together where there is a broadcast, else one by one."""

    def choose(master: Master, row: int | None) -> tuple[int, bool, int, int] | None:
        return (5, False, 15, 0) if master.is_core else None

    granted = [master.granted for master in await _run(dut, 20 * CORES, choose) if master.is_core]
    assert sum(granted) == 20 * CORES * (CORES if _config(dut).broadcast else 1)


@cocotb.test()
async def one_bank_for_all(dut: Any) -> None:
    """Cores that always want the same bank get the same share of it, the DMA every second access."""
    config = _config(dut)

    def choose(master: Master, row: int | None) -> tuple[int, bool, int, int] | None:
        if not master.is_core:
            return (0, False, 15, 0) if master.name == "dma_0" else None
        word = config.place_of(BANKS * (1 + int(master.name[-1])))  # place_of is its own inverse
        return word, False, 15, 0

    cycles = 40 * TURN * CORES
    *cores, dma = [master.granted for master in await _run(dut, cycles, choose) if master.granted]
    assert dma == cycles // 2
    assert sum(cores) == cycles - dma
    assert len(cores) == CORES
    assert max(cores) - min(cores) <= TURN, cores


@cocotb.test()
async def every_bank_in_every_cycle(dut: Any) -> None:
    """Masters on different banks never wait."""
    position = dict.fromkeys(MASTERS, 0)
    config = _config(dut)

    def choose(master: Master, row: int | None) -> tuple[int, bool, int, int] | None:
        if not master.is_core:
            return None
        position[master.name] += 1
        return config.place_of((position[master.name] + int(master.name[-1])) % WORDS), False, 15, 0

    masters = await _run(dut, 200, choose)
    assert [master.granted for master in masters[:CORES]] == [200] * CORES
