"""Cocotb tests of the DMA: any alignment, size and stride against NumPy, errors, two cores at once."""

from collections import deque
from random import Random
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge

from hw.cluster.registers import BY_NAME
from hw.config import MEMORY_MAP
from verif.testbenches.shapes import DMA_CONFIG

WIDTH = DMA_CONFIG.bus_bytes
L1, L2 = MEMORY_MAP.l1.base, MEMORY_MAP.l2.base
L1_BYTES, L2_BYTES = DMA_CONFIG.l1_bytes, 4096
FIELDS = ("source", "destination", "size", "rows", "source_stride", "destination_stride")
Transfer = tuple[int, int, int, int, int, int]


class Around:
    """Surroundings of the DMA: memories that grant and answer at random times."""

    def __init__(self, dut: Any, random: Random, *, rate: float) -> None:
        self._dut, self._random, self._rate = dut, random, rate
        self.near = np.frombuffer(random.randbytes(L1_BYTES), np.uint8).copy()
        self.far = np.frombuffer(random.randbytes(L2_BYTES), np.uint8).copy()
        self._answers: deque[tuple[int, bool]] = deque()
        self.requests: dict[int, tuple[str, int, int | None]] = {}  # register, index, value by core
        self.done = [0, 0]

    async def reset(self) -> None:
        Clock(self._dut.clk, 2, unit="ns").start()
        self._dut.rst.value = 1
        self._drive()
        for _ in range(2):
            await RisingEdge(self._dut.clk)
        self._dut.rst.value = 0

    def _happens(self) -> bool:
        return self._random.random() < self._rate

    def _drive(self) -> None:
        dut = self._dut
        for core in range(DMA_CONFIG.cores):
            name, index, value = self.requests.get(core, ("dma_busy", 0, None))
            register = BY_NAME[name]
            address = register.address + index * register.step - MEMORY_MAP.cluster.base
            port = {"req": core in self.requests, "addr": address, "we": value is not None}
            for member, driven in (port | {"wdata": value or 0}).items():
                getattr(dut, f"ports_{core}_{member}").value = driven
        self._grants = [self._happens() for _ in range(WIDTH // 4)]
        for word, grant in enumerate(self._grants):
            getattr(dut, f"l1_{word}_gnt").value = grant
        self._bus_grant = self._happens()
        dut.bus_gnt.value = self._bus_grant
        answers = bool(self._answers) and self._happens()
        data, err = self._answers.popleft() if answers else (self._random.getrandbits(8 * WIDTH), True)
        dut.bus_rvalid.value, dut.bus_rdata.value, dut.bus_err.value = answers, data, err

    async def step(self) -> dict[int, tuple[int, bool]]:
        """One cycle; the register accesses that were granted, as (rdata, err) by core."""
        dut = self._dut
        self._drive()
        await ReadOnly()
        granted = {}
        for core in list(self.requests):
            if int(getattr(dut, f"ports_{core}_gnt").value):
                port = f"ports_{core}"
                rdata, err = (int(getattr(dut, f"{port}_{m}").value) for m in ("rdata", "err"))
                granted[core] = rdata, bool(err)
                del self.requests[core]
        for core in range(DMA_CONFIG.cores):
            self.done[core] += int(dut.done.value) >> core & 1
        reads = {}
        for word, grant in enumerate(self._grants):
            fields = {
                m: int(getattr(dut, f"l1_{word}_{m}").value) for m in ("req", "addr", "we", "be", "wdata")
            }
            if not (grant and fields["req"]):
                continue
            assert fields["addr"] % (WIDTH // 4) == word
            place = slice(4 * fields["addr"], 4 * fields["addr"] + 4)
            if fields["we"]:
                mask = [bool(fields["be"] >> i & 1) for i in range(4)]
                assert any(mask)
                self.near[place][mask] = np.frombuffer(fields["wdata"].to_bytes(4, "little"), np.uint8)[mask]
            else:
                reads[word] = int.from_bytes(self.near[place].tobytes(), "little")
        if int(dut.bus_req.value) and self._bus_grant:
            self._answers.append(self._outside())
        await RisingEdge(dut.clk)
        for word in range(WIDTH // 4):  # what was not read is noise
            getattr(dut, f"l1_{word}_rdata").value = reads.get(word, self._random.getrandbits(32))
        return granted

    def _outside(self) -> tuple[int, bool]:
        dut = self._dut
        address = int(dut.bus_addr.value)
        assert address % WIDTH == 0
        if not L2 <= address < L2 + L2_BYTES:
            return 0, True
        place = slice(address - L2, address - L2 + WIDTH)
        if not int(dut.bus_we.value):
            return int.from_bytes(self.far[place].tobytes(), "little"), False
        mask = [bool(int(dut.bus_be.value) >> i & 1) for i in range(WIDTH)]
        data = int(dut.bus_wdata.value).to_bytes(WIDTH, "little")
        self.far[place][mask] = np.frombuffer(data, np.uint8)[mask]
        return self._random.getrandbits(8 * WIDTH), False

    async def access(
        self, core: int, name: str, value: int | None = None, index: int = 0
    ) -> tuple[int, bool]:
        """A register access, however long it waits."""
        self.requests[core] = name, index, value
        for _ in range(100_000):
            granted = await self.step()
            if core in granted:
                return granted[core]
        raise AssertionError(f"core {core} waits endlessly for {name}")

    async def start(self, core: int, transfer: Transfer) -> int:
        number, err = await self.access(core, "dma_claim")
        assert not err
        for field, value in zip(FIELDS, transfer, strict=True):
            assert await self.access(core, f"dma_{field}", value) == (0, False)
        await self.access(core, "dma_start", 0)
        return number


def _random_transfer(random: Random, inward: bool) -> Transfer:
    """Rows that do not overlap where they are written, all inside both memories."""
    size, rows = random.choice((1, 2, 7, 8, 9, 16, 31, 64, random.randrange(1, 200))), random.randrange(1, 6)
    sides = []
    for base, room in ((L2, L2_BYTES), (L1, L1_BYTES)):
        stride = size + random.choice((0, 1, 3, 8, 64))
        start = random.randrange(room - (rows - 1) * stride - size + 1)
        sides.append((base + start, stride))
    (far, far_stride), (near, near_stride) = sides
    if inward:
        return far, near, size, rows, far_stride, near_stride
    return near, far, size, rows, near_stride, far_stride


def _apply(transfer: Transfer, near: np.ndarray, far: np.ndarray) -> None:
    source, destination, size, rows, source_stride, destination_stride = transfer
    inward = destination < L2
    for row in range(rows):
        a, b = source + row * source_stride, destination + row * destination_stride
        if inward:
            near[b - L1 : b - L1 + size] = far[a - L2 : a - L2 + size]
        else:
            far[b - L2 : b - L2 + size] = near[a - L1 : a - L1 + size]


async def _around(dut: Any, rate: float) -> tuple[Random, Around]:
    random = Random(cocotb.RANDOM_SEED)
    around = Around(dut, random, rate=rate)
    await around.reset()
    return random, around


@cocotb.test()
async def any_alignment_size_and_stride(dut: Any) -> None:
    """Queued transfers, both ways, ports that stall: memories are NumPy's, in the order of the transfers."""
    random, around = await _around(dut, 0.7)
    for _ in range(12):
        near, far, numbers = around.near.copy(), around.far.copy(), []
        for _ in range(random.randrange(1, 7)):
            transfer = _random_transfer(random, random.random() < 0.5)
            _apply(transfer, near, far)
            numbers.append(await around.start(0, transfer))
        for number in numbers:
            assert await around.access(0, "dma_wait", index=number) == (0, False)
        assert (around.near == near).all(), f"L1 differs at {np.flatnonzero(around.near != near)[:8]}"
        assert (around.far == far).all(), f"L2 differs at {np.flatnonzero(around.far != far)[:8]}"
    assert around.done[1] == 0


@cocotb.test()
async def a_beat_a_cycle(dut: Any) -> None:
    """Without stalls an aligned transfer takes a cycle a beat, and little more."""
    _, around = await _around(dut, 1.0)
    for transfer in ((L2, L1, 2048, 1, 0, 0), (L1, L2, 2048, 1, 0, 0)):
        number = await around.start(0, transfer)
        cycles = 0
        around.requests[0] = "dma_wait", number, None
        while around.requests:
            await around.step()
            cycles += 1
        assert cycles <= 2048 // WIDTH + 12


@cocotb.test()
async def two_cores_set_up_transfers(dut: Any) -> None:
    """Claims are exclusive and in turn; each core's transfer is its own, and so is its event."""
    random, around = await _around(dut, 0.8)
    near, far = around.near.copy(), around.far.copy()
    state: list[Any] = [None, None]  # per core: "claim", the registers still to write, "wait"
    under_way: dict[int, tuple[int, Transfer]] = {}
    finished = [0, 0]
    while min(finished) < 15:
        for core in range(2):
            if core in around.requests:
                continue
            if state[core] is None:
                around.requests[core] = "dma_claim", 0, None
                state[core] = "claim"
            elif isinstance(state[core], deque):
                name, value = state[core].popleft()
                around.requests[core] = name, 0, value
        for core, (rdata, err) in (await around.step()).items():
            assert not err
            if state[core] == "claim":
                # Cores write to halves of their own, so that the order of their transfers does not matter.
                size, offset = random.randrange(1, 60), random.randrange(512)
                inward = random.random() < 0.5
                a = 2048 * core + offset
                b = 2048 * core + 1024 + random.randrange(512)
                transfer = (L2 + a, L1 + b, size, 1, 0, 0) if inward else (L1 + a, L2 + b, size, 1, 0, 0)
                values = zip(FIELDS, transfer, strict=True)
                writes = deque((f"dma_{field}", value) for field, value in values)
                writes.append(("dma_start", 0))
                state[core] = writes
                under_way[core] = rdata, transfer
            elif isinstance(state[core], deque) and not state[core]:
                around.requests[core] = "dma_wait", under_way[core][0], None
                state[core] = "wait"
            elif state[core] == "wait":
                _apply(under_way[core][1], near, far)
                finished[core] += 1
                state[core] = None
    assert around.done == finished
    assert (around.near == near).all()
    assert (around.far == far).all()


@cocotb.test()
async def what_cannot_be_moved(dut: Any) -> None:
    """Transfers that end badly say so, those without bytes end well, nothing outside the rows is written."""
    _, around = await _around(dut, 0.8)
    near, far = around.near.copy(), around.far.copy()
    cases = {
        (L2, L1, 0, 1, 0, 0): 0,
        (L2, L1, 16, 0, 0, 0): 0,
        (L2, L2 + 64, 16, 1, 0, 0): 1,
        (L1, L1 + 64, 16, 1, 0, 0): 1,
        (L2 + L2_BYTES, L1 + L1_BYTES, 16, 1, 0, 0): 1,
        (L1, L2 + L2_BYTES, 40, 1, 0, 0): 1,
        (L1 + L1_BYTES, L2 + L2_BYTES, 40, 1, 0, 0): 1,
        (L2, L1 + L1_BYTES, 40, 1, 0, 0): 1,
    }
    for transfer, status in cases.items():
        number = await around.start(0, transfer)
        assert await around.access(0, "dma_wait", index=number) == (status, False), transfer
    assert (around.near == near).all()
    assert (around.far == far).all()
    # Up to the end of L1 it moves what it can.
    number = await around.start(1, (L2, L1 + L1_BYTES - 12, 40, 1, 0, 0))
    assert await around.access(1, "dma_wait", index=number) == (1, False)
    near[-12:] = far[:12]
    assert (around.near == near).all()
    # Registers belong to who has claimed them.
    assert (await around.access(0, "dma_size", 1))[1]
    assert (await around.access(0, "dma_start", 1))[1]
    await around.access(1, "dma_claim")
    assert (await around.access(0, "dma_size", 1))[1]
    assert not (await around.access(1, "dma_size", 1))[1]
