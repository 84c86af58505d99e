"""Loads, stores, post-increment and what a fault leaves behind."""

from collections.abc import Callable

import pytest

from hw.config import MEMORY_MAP
from sim.iss.memory import Access
from sim.iss.traps import Cause

DATA = MEMORY_MAP.l1.base
END = MEMORY_MAP.l1.end
POST, POST_R, INDEXED = "rd, (rs1), imm", "rd, (rs1), rs2", "rd, rs2(rs1)"


def test_an_event_load_is_a_load(start: Callable, word: Callable) -> None:
    machine = start([word("cv.elw", rd=5, rs1=5, imm=-4)], {5: DATA + 4})
    machine.memory.write(DATA, bytes.fromhex("01020384"))
    machine.step()
    assert machine.registers[5] == 0x8403_0201


@pytest.mark.parametrize(
    ("mnemonic", "offset", "expected"),
    [
        ("lb", 3, 0xFFFF_FFF4),
        ("lbu", 3, 0xF4),
        ("lh", 2, 0xFFFF_F4E3),
        ("lhu", 2, 0xF4E3),
        ("lw", 0, 0xF4E3_D2C1),
        ("lw", 1, 0x05F4_E3D2),  # misaligned accesses are done
        ("lhu", 3, 0x05F4),
    ],
)
def test_loads_extend_and_may_be_misaligned(
    start: Callable, word: Callable, mnemonic: str, offset: int, expected: int
) -> None:
    content = bytes([0xC1, 0xD2, 0xE3, 0xF4, 0x05, 0x16, 0x27, 0x38])
    for form, words in (
        ("plain", word(mnemonic, rd=5, rs1=6, imm=offset)),
        (INDEXED, word(f"cv.{mnemonic}", INDEXED, rd=5, rs1=6, rs2=7)),
    ):
        machine = start([words], {6: DATA, 7: offset})
        machine.memory.write(DATA, content)
        machine.step()
        assert machine.registers[5] == expected, form


@pytest.mark.parametrize(("mnemonic", "size"), [("sb", 1), ("sh", 2), ("sw", 4)])
def test_stores_write_their_bytes_only(start: Callable, word: Callable, mnemonic: str, size: int) -> None:
    for offset in range(4):
        machine = start([word(mnemonic, rs1=6, rs2=7, imm=offset)], {6: DATA, 7: 0x1122_3344})
        machine.memory.write(DATA, bytes([0xEE] * 8))
        step = machine.step()
        expected = bytearray([0xEE] * 8)
        expected[offset : offset + size] = (0x1122_3344).to_bytes(4, "little")[:size]
        assert machine.memory.read(DATA, 8) == expected
        assert step.access == Access(DATA + offset, size, 0x1122_3344 & (1 << 8 * size) - 1, store=True)


def test_post_increment_uses_the_old_address(start: Callable, word: Callable) -> None:
    program = [
        word("cv.lw", POST, rd=5, rs1=6, imm=-8),
        word("cv.lhu", POST_R, rd=5, rs1=6, rs2=7),
        word("cv.sb", "rs2, (rs1), imm", rs1=6, rs2=5, imm=1),
        word("cv.sw", "rs2, (rs1), rs3", rs1=6, rs2=5, rs3=7),
        word("cv.sh", "rs2, rs3(rs1)", rs1=6, rs2=5, rs3=7),
    ]
    machine = start(program, {6: DATA + 8, 7: 100})
    steps = [machine.step() for _ in program]
    addresses = [step.access.address - DATA for step in steps if step.access]
    assert addresses == [8, 0, 100, 101, 301]
    assert steps[0].writes == ((5, 0), (6, DATA))
    assert machine.registers[6] == DATA + 201


def test_loaded_value_wins_over_the_pointer(start: Callable, word: Callable) -> None:
    machine = start([word("cv.lw", POST, rd=6, rs1=6, imm=4)], {6: DATA})
    machine.memory.write(DATA, (0xCAFE).to_bytes(4, "little"))
    assert machine.step().writes == ((6, 0xCAFE),)


def test_post_increment_store_of_the_pointer_stores_the_old_one(start: Callable, word: Callable) -> None:
    machine = start([word("cv.sw", "rs2, (rs1), imm", rs1=6, rs2=6, imm=4)], {6: DATA})
    machine.step()
    assert machine.memory.read(DATA, 4) == DATA.to_bytes(4, "little")
    assert machine.registers[6] == DATA + 4


@pytest.mark.parametrize("address", [0, DATA - 1, END - 3, END, 0xFFFF_FFFE])
def test_faults_outside_memory_change_nothing_but_a_lower_word(
    start: Callable, word: Callable, address: int
) -> None:
    load = word("cv.lw", POST, rd=5, rs1=6, imm=4)
    store = word("cv.sw", "rs2, (rs1), imm", rs1=6, rs2=7, imm=4)
    for instruction, cause in ((load, Cause.LOAD_ACCESS), (store, Cause.STORE_ACCESS)):
        machine = start([instruction], {5: 55, 6: address, 7: 77})
        before = machine.memory.read(END - 4, 4)
        step = machine.step()
        assert step.trap is not None
        assert (step.trap.cause, step.trap.value) == (cause, address)
        assert step.access is None
        assert step.writes == ()
        assert machine.registers[5:8] == [55, address, 77]
        lower = bytes([77, 0, 0]) if instruction == store and address == END - 3 else before[1:]
        assert machine.memory.read(END - 4, 4) == before[:1] + lower


def test_code_changes_at_fence_i(start: Callable, word: Callable) -> None:
    machine = start(
        [
            word("jal", rd=0, imm=12),  # to the addi, so that it has been fetched once
            word("sw", rs1=6, rs2=7, imm=12),
            word("fence.i", fi=0, r1=0, r2=0),
            word("addi", rd=5, rs1=5, imm=1),
            word("jal", rd=0, imm=-12),
        ],
        {6: MEMORY_MAP.boot, 7: word("addi", rd=5, rs1=5, imm=100)},
    )
    machine.run(6)
    assert machine.registers[5] == 101
