"""Cocotb tests of the L1 interconnect: random traffic against NumPy, nothing lost or doubled, fairness."""

from random import Random
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge

from verif.testbenches.shapes import BANKS, CORES, DMA_PORTS, TURN, WORDS

MASTERS = [f"cores_{i}" for i in range(CORES)] + [f"dma_{i}" for i in range(DMA_PORTS)]


class Master:
    """One port: what it asks for now, what it waits to read."""

    def __init__(self, dut: Any, name: str) -> None:
        self._dut, self.name = dut, name
        self.request: tuple[int, bool, int, int] | None = None  # addr, we, be, wdata
        self.waited = 0
        self.expected: int | None = None
        self.granted = 0

    def get(self, member: str) -> int:
        return int(getattr(self._dut, f"{self.name}_{member}").value)

    def drive(self) -> None:
        addr, we, be, wdata = self.request or (0, False, 0, 0)
        for member, value in {"req": self.request is not None, "addr": addr, "we": we, "be": be}.items():
            getattr(self._dut, f"{self.name}_{member}").value = value
        getattr(self._dut, f"{self.name}_wdata").value = wdata


async def _run(dut: Any, cycles: int, choose: Any) -> list[Master]:
    """Drive all masters for some cycles; ``choose`` gives a free one its next request or None."""
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
                master.request = choose(master)
                master.waited = 0
            master.drive()
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
        for master in granted:
            assert master.request is not None
            addr, we, be, wdata = master.request
            wanted.append((addr % BANKS, addr // BANKS, we, be, wdata))
            if we:
                mask = sum(0xFF << 8 * i for i in range(4) if be >> i & 1)
                memory[addr] = int(memory[addr]) & ~mask | wdata & mask
            else:
                master.expected = int(memory[addr])
            master.request = None
            master.granted += 1
        assert sorted(accessed) == sorted(wanted), f"granted {wanted}, banks see {accessed}"
        await RisingEdge(dut.clk)
        for bank, addr, we, be, wdata in accessed:
            if we:
                mask = sum(0xFF << 8 * i for i in range(4) if be >> i & 1)
                macros[bank, addr] = int(macros[bank, addr]) & ~mask | wdata & mask
            else:
                getattr(dut, f"banks_{bank}_rdata").value = int(macros[bank, addr])
    assert (macros.T.reshape(-1) == memory).all()
    return masters


def _address(random: Random, master: Master, address: int) -> int:
    """An address that the master may use: a DMA port has its own words only."""
    if master.name.startswith("dma"):
        return address // DMA_PORTS * DMA_PORTS + int(master.name[-1])
    return address


@cocotb.test()
async def random_traffic(dut: Any) -> None:
    """Reads and writes of few words, so that masters meet; every read sees the last write before it."""
    random = Random(cocotb.RANDOM_SEED)

    def choose(master: Master) -> tuple[int, bool, int, int] | None:
        if random.random() < 0.3:
            return None
        address = _address(random, master, random.randrange(random.choice((2 * BANKS, WORDS))))
        return address, random.random() < 0.5, random.randrange(1, 16), random.getrandbits(32)

    masters = await _run(dut, 1500, choose)
    assert all(master.granted for master in masters)


@cocotb.test()
async def one_bank_for_all(dut: Any) -> None:
    """Cores that always want the same bank get the same share of it, the DMA every second access."""

    def choose(master: Master) -> tuple[int, bool, int, int] | None:
        return None if master.name == f"dma_{DMA_PORTS - 1}" else (0, False, 15, 0)

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

    def choose(master: Master) -> tuple[int, bool, int, int] | None:
        if master.name.startswith("dma"):
            return None
        position[master.name] += 1
        return (position[master.name] + int(master.name[-1])) % WORDS, False, 15, 0

    masters = await _run(dut, 200, choose)
    assert [master.granted for master in masters[:CORES]] == [200] * CORES
