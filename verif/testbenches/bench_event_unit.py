"""Cocotb tests of the event unit: barriers of any team, used again at once; events."""

from random import Random
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge

from hw.cluster.registers import BARRIERS, BY_NAME, Event
from hw.config import MEMORY_MAP
from verif.testbenches.shapes import CORES


def _address(name: str, index: int = 0) -> int:
    register = BY_NAME[name]
    return register.address + index * register.step - MEMORY_MAP.cluster.base


class Unit:
    """Ports of all cores, driven together and stepped cycle by cycle."""

    def __init__(self, dut: Any) -> None:
        self._dut = dut
        self.requests: dict[int, tuple[int, bool, int]] = {}  # addr, we, wdata by core

    async def reset(self) -> None:
        Clock(self._dut.clk, 2, unit="ns").start()
        self._dut.dma_done.value = 0
        self._drive()
        self._dut.rst.value = 1
        for _ in range(2):
            await RisingEdge(self._dut.clk)
        self._dut.rst.value = 0

    def _drive(self) -> None:
        for core in range(CORES):
            addr, we, wdata = self.requests.get(core, (0, False, 0))
            values = {"req": core in self.requests, "addr": addr, "we": we, "wdata": wdata}
            for member, value in values.items():
                getattr(self._dut, f"ports_{core}_{member}").value = value

    async def step(self) -> dict[int, tuple[int, bool]]:
        """One cycle; what was granted, as (rdata, err) by core, is no longer requested."""
        self._drive()
        await ReadOnly()
        granted = {}
        for core in list(self.requests):
            port = f"ports_{core}"
            if int(getattr(self._dut, f"{port}_gnt").value):
                err = bool(int(getattr(self._dut, f"{port}_err").value))
                granted[core] = int(getattr(self._dut, f"{port}_rdata").value), err
                del self.requests[core]
        await RisingEdge(self._dut.clk)
        self._dut.dma_done.value = 0
        return granted

    async def access(
        self, core: int, name: str, value: int | None = None, index: int = 0
    ) -> tuple[int, bool]:
        """One access that is granted at once."""
        self.requests[core] = _address(name, index), value is not None, value or 0
        granted = await self.step()
        assert core in granted, f"{name} of core {core} is not granted"
        return granted[core]


@cocotb.test()
async def barriers(dut: Any) -> None:
    """All of a team leave in the cycle in which its last core comes, in any order, round after round."""
    random = Random(cocotb.RANDOM_SEED)
    unit = Unit(dut)
    await unit.reset()
    teams = [sum(1 << i for i in range(CORES) if random.random() < 0.6) or 1 for _ in range(BARRIERS)]
    for n, team in enumerate(teams):
        assert await unit.access(0, "barrier_team", index=n) == ((1 << CORES) - 1, False)
        await unit.access(random.randrange(CORES), "barrier_team", team, index=n)
    # Cores outside a team would never get through: an access fault.
    for n, team in enumerate(teams):
        for core in range(CORES):
            if not team >> core & 1:
                assert (await unit.access(core, "barrier_wait", index=n))[1]
    at: dict[int, int] = {}
    passed = [[0] * CORES for _ in range(BARRIERS)]
    cycle, rounds = 0, 0
    while cycle < 3000 or rounds <= 20:  # no barrier is left out, whatever the seed
        cycle += 1
        for core in range(CORES):
            mine = [n for n, team in enumerate(teams) if team >> core & 1]
            # A core goes to the barrier that it is behind at: else teams that overlap block each other.
            if core not in at and mine and random.random() < 0.4:
                n = min(mine, key=lambda n: (passed[n][core], n))
                at[core] = n
                unit.requests[core] = _address("barrier_wait", n), False, 0
        present = [{core for core, b in at.items() if b == n} for n in range(BARRIERS)]
        due = set().union(
            *(there for there, team in zip(present, teams, strict=True) if sum(1 << c for c in there) == team)
        )
        granted = await unit.step()
        assert set(granted) == due, f"at {at}: {set(granted)} leave, must be {due}"
        assert all(answer == (0, False) for answer in granted.values())
        for core in granted:
            passed[at.pop(core)][core] += 1
        rounds = min(
            passed[n][core] for n, team in enumerate(teams) for core in range(CORES) if team >> core & 1
        )
    for n, team in enumerate(teams):
        assert len({passed[n][core] for core in range(CORES) if team >> core & 1}) == 1


@cocotb.test()
async def events(dut: Any) -> None:
    """Events raised by any core, together and while no core waits, reach their targets only."""
    random = Random(cocotb.RANDOM_SEED)
    unit = Unit(dut)
    await unit.reset()
    masks, pending = [0] * CORES, [0] * CORES
    for _ in range(2000):
        raised, dma = [0] * CORES, 0
        waits = set(unit.requests)
        for core in range(CORES):
            if core in waits:
                continue
            action = random.random()
            if action < 0.15:
                mask = random.choice((0, 1, 2, 16, 31))
                unit.requests[core] = _address("event_mask"), True, mask
            elif action < 0.4 and masks[core]:
                unit.requests[core] = _address("event_wait"), False, 0
            elif action < 0.6:
                events, cores = random.getrandbits(4), random.getrandbits(CORES)
                unit.requests[core] = _address("event_raise"), True, events << 16 | cores
                for other in range(CORES):
                    if cores >> other & 1:
                        raised[other] |= events
            elif action < 0.7:
                unit.requests[core] = _address("event_pending"), True, random.getrandbits(5)
        if random.random() < 0.2:
            dma = 1 << random.randrange(CORES)
            dut.dma_done.value = dma
        asked = dict(unit.requests)
        granted = await unit.step()
        for core, (address, _, value) in asked.items():
            come = pending[core] & masks[core]
            if address == _address("event_wait"):
                assert (core in granted) == bool(come), f"core {core} waits, pending & mask is {come:#x}"
                if come:
                    assert granted[core] == (come, False)
                    pending[core] &= ~come
            else:
                assert granted[core][1] is False
            if address == _address("event_mask"):
                masks[core] = value
            if address == _address("event_pending"):
                pending[core] &= ~value
        for core in range(CORES):
            pending[core] |= raised[core] | (Event.DMA if dma >> core & 1 else 0)


@cocotb.test()
async def what_is_not_there_is_a_fault(dut: Any) -> None:
    unit = Unit(dut)
    await unit.reset()
    assert await unit.access(1, "cores") == (CORES, False)
    for name, value in (("cores", 1), ("event_wait", 1), ("barrier_wait", 1), ("event_raise", None)):
        assert (await unit.access(1, name, value))[1], name
    unit.requests[0] = 0x43FC, False, 0
    assert (await unit.step())[0][1]
