"""Cocotb tests of the shared instruction path: every fetch against a NumPy memory, whatever the bus does."""

from collections import deque
from random import Random
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge

from hw.cluster.ports import LINE_BYTES
from verif.testbenches.shapes import INSTRUCTION_CONFIG

CORES, WIDTH = INSTRUCTION_CONFIG.cores, INSTRUCTION_CONFIG.bus_bytes
BASE, CODE_BYTES = 0x1C00_0000, 4096
LINE_BEATS = LINE_BYTES // WIDTH


class Fetcher:
    """A core's side: a walk through the code, and the fetches that it has not been answered."""

    def __init__(self, dut: Any, random: Random, core: int) -> None:
        self._dut, self._random, self._core = dut, random, core
        self._next = 0
        self._asks = False
        self.waiting: deque[int] = deque()
        self.since = 0
        self.answered = 0

    def _set(self, member: str, value: int) -> None:
        getattr(self._dut, f"cores_{self._core}_{member}").value = value

    def _get(self, member: str) -> int:
        return int(getattr(self._dut, f"cores_{self._core}_{member}").value)

    def drive(self, rate: float, jumps: float, reach: int) -> None:
        """A request stays until it is granted; one of two outstanding answers must come before a third."""
        random = self._random
        if not self._asks:
            if random.random() < jumps:
                self._next = random.randrange(reach)
            self._asks = len(self.waiting) < 2 and random.random() < rate
        self._set("req", self._asks)
        self._set("addr", BASE + 4 * self._next if self._asks else random.getrandbits(32) & ~3)

    def observe(self, code: np.ndarray, faults: np.ndarray, longest: int) -> None:
        """Answers come in order, one for each grant, with the word that memory has there.

        A line is a fault when one of its beats is.
        """
        if self._get("rvalid"):
            assert self.waiting, f"core {self._core} is answered and waits for nothing"
            word = self.waiting.popleft()
            beat = 4 * word // LINE_BYTES * LINE_BEATS
            fault = word >= CODE_BYTES // 4 or bool(faults[beat : beat + LINE_BEATS].any())
            assert self._get("err") == fault, f"core {self._core}: fault of word {word:#x} is not {fault}"
            if not fault:
                found = self._get("rdata")
                assert found == code[word], f"core {self._core} fetched {found:#010x} from {word:#x}"
            self.answered += 1
            self.since = 0
        if self._asks and self._get("gnt"):
            self.waiting.append(self._next)
            self._next += 1
            self._asks = False
        self.since = self.since + 1 if self.waiting or self._asks else 0
        assert self.since <= longest, f"core {self._core} has waited {self.since} cycles"


class Bus:
    """Memory behind the bus bridge: grants now and then, answers in order, each after a latency."""

    def __init__(self, dut: Any, random: Random, code: np.ndarray, faults: np.ndarray) -> None:
        self._dut, self._random, self._code, self._faults = dut, random, code.view(np.uint8), faults
        self._answers: deque[tuple[int, int, bool]] = deque()  # cycles left, data, err
        self._grants = False
        self.beats = 0

    def drive(self, rate: float) -> None:
        dut = self._dut
        self._answers = deque((left - 1, data, err) for left, data, err in self._answers)
        self._grants = self._random.random() < rate
        dut.bus_gnt.value = self._grants
        answers = bool(self._answers) and self._answers[0][0] <= 0 and self._random.random() < rate
        _, data, err = self._answers.popleft() if answers else (0, self._random.getrandbits(8 * WIDTH), True)
        dut.bus_rvalid.value, dut.bus_rdata.value, dut.bus_err.value = answers, data, err

    def observe(self, latency: int) -> None:
        dut = self._dut
        if not (int(dut.bus_req.value) and self._grants):
            return
        address = int(dut.bus_addr.value)
        assert address % WIDTH == 0
        assert not int(dut.bus_we.value)
        self.beats += 1
        place = address - BASE
        inside = 0 <= place < CODE_BYTES and not self._faults[place // WIDTH]
        data = int.from_bytes(self._code[place : place + WIDTH].tobytes(), "little") if inside else 0
        self._answers.append((latency, data, not inside))


async def _run(
    dut: Any,
    cycles: int,
    *,
    rate: float,
    jumps: float,
    latency: int,
    reach: int = CODE_BYTES // 4,
    faulty: float = 0.0,
    answers: int = 0,
) -> tuple[list[int], int]:
    """Return the number of answered fetches of each core, and the number of beats on the bus.

    The run takes ``cycles``, and longer until each core has ``answers``: no fetch waits without end.
    """
    random = Random(cocotb.RANDOM_SEED)
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    code = rng.integers(0, 1 << 32, CODE_BYTES // 4).astype("<u4")
    faults = rng.random(CODE_BYTES // WIDTH) < faulty
    fetchers = [Fetcher(dut, random, core) for core in range(CORES)]
    bus = Bus(dut, random, code, faults)
    # A fetch waits for a block of each core, and for one that was looked for ahead of each.
    longest = round(2 * CORES * (latency + 24) / rate**2)
    Clock(dut.clk, 2, unit="ns").start()
    dut.rst.value = 1
    for fetcher in fetchers:
        fetcher.drive(0, 0, reach)
    bus.drive(0)
    for _ in range(2):
        await RisingEdge(dut.clk)
    dut.rst.value = 0
    cycle = 0
    while cycle < cycles or min(fetcher.answered for fetcher in fetchers) < answers:
        cycle += 1
        for fetcher in fetchers:
            fetcher.drive(rate, jumps, reach)
        bus.drive(rate)
        await ReadOnly()
        for fetcher in fetchers:
            fetcher.observe(code, faults, longest)
        bus.observe(latency)
        await RisingEdge(dut.clk)
    return [fetcher.answered for fetcher in fetchers], bus.beats


@cocotb.test()
async def jumps_anywhere(dut: Any) -> None:
    """Branches to any line, a bus that stalls, code larger than the cache: every fetch has its own word."""
    await _run(dut, 6000, rate=0.8, jumps=0.05, latency=10, answers=100)


@cocotb.test()
async def faults(dut: Any) -> None:
    """Jumps beyond memory, and beats that fail: faults come with their own lines, and are not kept."""
    reach = CODE_BYTES // 3
    await _run(dut, 6000, rate=0.9, jumps=0.1, latency=3, reach=reach, faulty=0.03, answers=50)


@cocotb.test()
async def far_memory(dut: Any) -> None:
    """A latency of 100 cycles: no core starves."""
    await _run(dut, 8000, rate=1.0, jumps=0.02, latency=100, answers=50)


@cocotb.test()
async def straight_on(dut: Any) -> None:
    """Cold code without a jump, all cores in step: blocks are there before they are needed, and come once."""
    answered, beats = await _run(dut, 400, rate=1.0, jumps=0.0, latency=8)
    assert min(answered) > 250, answered
    assert beats * WIDTH <= 4 * max(answered) + 3 * 64
