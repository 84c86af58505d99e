"""Jumps, branches, hardware loops."""

from collections.abc import Callable

import pytest

from hw.config import MEMORY_MAP, RV32IM, config_named
from hw.instructions import ADDRESSES
from sim.iss.traps import Cause

CODE = MEMORY_MAP.boot
NOP = 0x0000_0013

#: Where a target at a half-word is misaligned.
WORDS = config_named("xdecimate-c+corev")


@pytest.mark.parametrize(
    ("mnemonic", "a", "b", "taken"),
    [
        ("beq", 1, 1, True),
        ("bne", 1, 1, False),
        ("blt", 0xFFFF_FFFF, 0, True),
        ("bge", 0xFFFF_FFFF, 0, False),
        ("bltu", 0xFFFF_FFFF, 0, False),
        ("bgeu", 0xFFFF_FFFF, 0, True),
        ("bge", 5, 5, True),
        ("bltu", 5, 5, False),
    ],
)
def test_branches(start: Callable, word: Callable, mnemonic: str, a: int, b: int, taken: bool) -> None:
    machine = start([word(mnemonic, rs1=5, rs2=6, imm=-64)], {5: a, 6: b})
    assert machine.step().next_pc == (CODE - 64 if taken else CODE + 4)


@pytest.mark.parametrize(
    ("mnemonic", "a", "imm5", "taken"),
    [
        ("cv.beqimm", 0xFFFF_FFF0, -16, True),
        ("cv.beqimm", 0x0000_0010, -16, False),
        ("cv.bneimm", 15, 15, False),
        ("cv.bneimm", 0xFFFF_FFFF, -2, True),
    ],
)
def test_branches_with_an_immediate(
    start: Callable, word: Callable, mnemonic: str, a: int, imm5: int, taken: bool
) -> None:
    machine = start([word(mnemonic, rs1=5, imm5=imm5, imm=-64)], {5: a})
    assert machine.step().next_pc == (CODE - 64 if taken else CODE + 4)


def test_jumps_link(start: Callable, word: Callable) -> None:
    machine = start([word("jal", rd=1, imm=8), NOP, word("jalr", rd=1, rs1=1, imm=-3)])
    assert machine.step().writes == ((1, CODE + 4),)
    step = machine.step()
    assert step.next_pc == CODE  # bit 0 of the target is dropped
    assert step.writes == ((1, CODE + 12),)


def test_auipc(start: Callable, word: Callable) -> None:
    machine = start([NOP, word("auipc", rd=5, imm=-4096)])
    machine.run(2)
    assert machine.registers[5] == CODE + 4 - 4096


@pytest.mark.parametrize("mnemonic", ["jal", "jalr", "beq", "cv.bneimm"])
def test_misaligned_targets_trap_at_the_jump(start: Callable, word: Callable, mnemonic: str) -> None:
    operands = {
        "jal": {"rd": 1, "imm": 6},
        "jalr": {"rd": 1, "rs1": 5, "imm": 0},
        "beq": {"rs1": 0, "rs2": 0, "imm": 6},
        "cv.bneimm": {"rs1": 0, "imm5": 1, "imm": 6},
    }
    machine = start([word(mnemonic, **operands[mnemonic])], {1: 11, 5: CODE + 7}, config=WORDS)
    step = machine.step()
    assert step.trap is not None
    assert (step.trap.cause, step.trap.value) == (Cause.INSTRUCTION_MISALIGNED, CODE + 6)
    assert machine.csrs.read("mepc") == CODE
    assert machine.registers[1] == 11


def test_a_branch_not_taken_may_have_a_misaligned_target(start: Callable, word: Callable) -> None:
    assert start([word("bne", rs1=0, rs2=0, imm=6)], config=WORDS).step().trap is None


def test_fetch_outside_memory_faults_at_the_target(start: Callable, word: Callable) -> None:
    machine = start([word("jalr", rd=1, rs1=0, imm=64)])
    assert machine.step().trap is None
    step = machine.step()
    assert step.trap is not None
    assert (step.trap.cause, step.trap.value) == (Cause.INSTRUCTION_ACCESS, 64)
    assert machine.csrs.read("mepc") == 64
    assert step.word is None


def body(word: Callable, register: int, size: int) -> list[int]:
    return [word("addi", rd=register, rs1=register, imm=1)] * size


@pytest.mark.parametrize("count", [0, 1, 2, 7])
@pytest.mark.parametrize("loop", [0, 1])
@pytest.mark.parametrize("form", ["setupi", "setup", "separate"])
def test_loop_runs_count_times(start: Callable, word: Callable, count: int, loop: int, form: str) -> None:
    setup = {
        "setupi": [word("cv.setupi", loop=loop, count=count, uimm=16)],
        "setup": [word("cv.setup", loop=loop, rs1=8, uimm=16)],
        "separate": [
            word("cv.starti", loop=loop, uimm=12),
            word("cv.endi", loop=loop, uimm=20),
            word("cv.count", loop=loop, rs1=8),
        ],
    }[form]
    program = [*setup, *body(word, 5, 3), word("addi", rd=6, rs1=0, imm=1)]
    machine = start(program, {8: count})
    steps = len(setup) + 3 * max(count, 1)
    machine.run(steps)
    assert machine.registers[5:7] == [3 * max(count, 1), 0]
    assert machine.csrs.read(f"lpcount{loop}") == 0
    machine.step()
    assert machine.registers[6] == 1


def test_loop_registers_are_aligned_and_readable(start: Callable, word: Callable) -> None:
    program = [
        word("cv.start", loop=1, rs1=5),
        word("cv.end", loop=1, rs1=6),
        word("cv.counti", loop=1, count=9),
        word("csrrs", rd=7, csr=ADDRESSES["lpstart1"], rs1=0),
        word("csrrs", rd=8, csr=ADDRESSES["lpend1"], rs1=0),
        word("csrrs", rd=9, csr=ADDRESSES["lpcount1"], rs1=0),
    ]
    machine = start(program, {5: 0x1003, 6: 0x2002})
    machine.run(6)
    assert machine.registers[7:10] == [0x1000, 0x2000, 9]


def test_nested_loops(start: Callable, word: Callable) -> None:
    inner = [word("cv.setupi", loop=0, count=4, uimm=16), *body(word, 5, 3)]
    outer = [*inner, *body(word, 6, 2)]
    machine = start([word("cv.setupi", loop=1, count=3, uimm=4 * (len(outer) + 1)), *outer, NOP])
    machine.run(1 + 3 * (1 + 12 + 2))
    assert machine.registers[5:7] == [36, 6]
    assert machine.pc == CODE + 4 * (1 + len(outer))


def test_the_last_instruction_of_a_body_reads_its_own_round_as_counted(
    start: Callable, word: Callable
) -> None:
    reads = [word("csrrs", rd=rd, csr=ADDRESSES["lpcount1"], rs1=0) for rd in (5, 6, 7)]
    machine = start([word("cv.setupi", loop=1, count=3, uimm=16), *reads])
    machine.run(4)
    assert machine.registers[5:8] == [3, 3, 2]


def test_a_fault_at_the_end_of_a_loop_counts_nothing(start: Callable, word: Callable) -> None:
    program = [
        word("cv.setupi", loop=0, count=2, uimm=16),
        NOP,
        NOP,
        word("lw", rd=5, rs1=0, imm=0),
    ]
    machine = start(program)
    machine.run(3)
    assert machine.step().trap is not None
    assert machine.csrs.read("lpcount0") == 2
    assert machine.csrs.read("mepc") == CODE + 12


def test_loops_are_illegal_without_the_extension(start: Callable, word: Callable) -> None:
    setup = word("cv.setupi", loop=0, count=2, uimm=16)
    read = word("csrrs", rd=5, csr=ADDRESSES["lpcount0"], rs1=0)
    for instruction in (setup, read):
        step = start([instruction], config=RV32IM).step()
        assert step.trap is not None
        assert (step.trap.cause, step.trap.value) == (Cause.ILLEGAL_INSTRUCTION, instruction)
