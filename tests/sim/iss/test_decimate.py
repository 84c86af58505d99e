"""XDecimate against its definition: unpack, load, merge, count."""

from collections.abc import Callable

import numpy as np
import pytest

from hw.config import BASELINE, MEMORY_MAP
from hw.instructions import ADDRESSES
from sim.iss.traps import Cause

DATA = MEMORY_MAP.l1.base


@pytest.mark.parametrize("m", [4, 8, 16])
def test_eight_calls_gather_what_the_indices_name(
    start: Callable, word: Callable, m: int, rng: np.random.Generator
) -> None:
    """Two buffers, indices o0 o0 o1 o1 ...: each register gets bytes M*block + index of its own buffer."""
    buffers = [rng.integers(0, 256, 4 * m, dtype=np.uint8) for _ in range(2)]
    bits = 2 if m == 4 else 4
    indices = rng.integers(0, min(m, 1 << bits), 4)
    packed = sum(
        int(index) << bits * (2 * block + twin) for block, index in enumerate(indices) for twin in (0, 1)
    )
    call = [word(f"xdecimate.m{m}", rd=5 + twin, rs1=7 + twin, rs2=9) for twin in (0, 1)]
    machine = start([word("xdecimate.clear"), *call * 4], {7: DATA, 8: DATA + 256, 9: packed})
    machine.csrs.write("xdecimate", 77)
    for base, content in zip((DATA, DATA + 256), buffers, strict=True):
        machine.memory.write(base, content.tobytes())
    machine.run(9)
    for twin, content in enumerate(buffers):
        gathered = content[m * np.arange(4) + indices]
        assert machine.registers[5 + twin] == int.from_bytes(gathered.tobytes(), "little")
    assert machine.csrs.read("xdecimate") == 8


@pytest.mark.parametrize(
    ("m", "counter", "rs2", "offset", "lane"),
    [
        (4, 0, 0x0000_0003, 3, 0),
        (4, 9, 2 << 18, 4 * 4 + 2, 0),  # field 9 of 16, block 4
        (4, 31, 1 << 30, 4 * 15 + 1, 3),
        (8, 6, 7 << 24, 8 * 3 + 7, 3),
        (8, 13, 0xF << 20, 8 * 6 + 15, 2),  # all four bits of an index count, also beyond M
        (16, 0xFFFF, 5 << 28, 16 * 0x7FFF + 5, 3),
    ],
)
def test_one_call(
    start: Callable, word: Callable, m: int, counter: int, rs2: int, offset: int, lane: int
) -> None:
    base = MEMORY_MAP.l2.base + 0x10000
    machine = start([word(f"xdecimate.m{m}", rd=5, rs1=6, rs2=7)], {5: 0x1122_3344, 6: base, 7: rs2})
    machine.csrs.write("xdecimate", counter)
    machine.memory.write(base + offset, b"\xee")
    step = machine.step()
    assert step.access is not None
    assert step.access.address == base + offset
    assert machine.registers[5] == 0x1122_3344 & ~(0xFF << 8 * lane) | 0xEE << 8 * lane
    assert machine.csrs.read("xdecimate") == (counter + 1) % (1 << 16)


def test_a_fault_keeps_counter_and_register(start: Callable, word: Callable) -> None:
    machine = start([word("xdecimate.m8", rd=5, rs1=6, rs2=7)], {5: 0x55, 6: 0x100, 7: 0x30})
    machine.csrs.write("xdecimate", 1)
    step = machine.step()
    assert step.trap is not None
    assert (step.trap.cause, step.trap.value) == (Cause.LOAD_ACCESS, 0x103)
    assert (machine.csrs.read("xdecimate"), machine.registers[5]) == (1, 0x55)


def test_rd_x0_loads_and_counts(start: Callable, word: Callable) -> None:
    machine = start([word("xdecimate.m16", rd=0, rs1=6, rs2=7)], {6: DATA})
    machine.memory.write(DATA, b"\xff")
    step = machine.step()
    assert step.access is not None
    assert (step.writes, machine.csrs.read("xdecimate"), machine.registers[0]) == ((), 1, 0)


def test_rd_may_be_a_source(start: Callable, word: Callable) -> None:
    machine = start([word("xdecimate.m4", rd=6, rs1=6, rs2=6)], {6: DATA + 1})
    machine.memory.write(DATA + 2, b"\xaa")  # base DATA + 1, index 1 from its own low bits
    machine.step()
    assert machine.registers[6] == (DATA + 1) & ~0xFF | 0xAA


def test_absent_without_the_extension(start: Callable, word: Callable) -> None:
    words = [word(f"xdecimate.m{m}", rd=5, rs1=6, rs2=7) for m in (4, 8, 16)]
    words += [word("xdecimate.clear"), word("csrrs", rd=5, csr=ADDRESSES["xdecimate"], rs1=0)]
    for instruction in words:
        trap = start([instruction], {6: DATA}, config=BASELINE).step().trap
        assert trap is not None
        assert trap.cause == Cause.ILLEGAL_INSTRUCTION
