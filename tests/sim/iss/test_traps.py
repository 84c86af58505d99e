"""Exceptions, interrupts and CSRs."""

from collections.abc import Callable

import pytest

from hw.config import BASELINE, MEMORY_MAP, RV32IM, XDECIMATE, CoreConfig
from hw.instructions import ADDRESSES, CSRS
from sim.iss.machine import Machine
from sim.iss.traps import INTERRUPT, Cause, Interrupt

CODE = MEMORY_MAP.boot
HANDLER = CODE + 0x100
NOP = 0x0000_0013
FENCE_I = 0x0000_100F
MIE, MPIE, MPP = 1 << 3, 1 << 7, 3 << 11


@pytest.mark.parametrize(
    ("instruction", "cause", "value"),
    [
        (0x0000_0073, Cause.ECALL, 0),
        (0x0010_0073, Cause.BREAKPOINT, CODE),
        (0xFFFF_FFFF, Cause.ILLEGAL_INSTRUCTION, 0xFFFF_FFFF),
        (0x0000_0000, Cause.ILLEGAL_INSTRUCTION, 0),
        (0x3020_0073 | 1 << 7, Cause.ILLEGAL_INSTRUCTION, 0x3020_00F3),  # mret with rd
    ],
)
def test_exceptions_save_state(start: Callable, instruction: int, cause: int, value: int) -> None:
    machine = start([instruction])
    machine.csrs.write("mtvec", HANDLER | 1)  # vectored: exceptions go to the base all the same
    machine.csrs.write("mstatus", MIE)
    step = machine.step()
    assert step.trap is not None
    assert step.word == instruction
    assert machine.pc == step.next_pc == HANDLER
    read = {name: machine.csrs.read(name) for name in ("mepc", "mcause", "mtval", "mstatus", "minstret")}
    assert read == {"mepc": CODE, "mcause": cause, "mtval": value, "mstatus": MPP | MPIE, "minstret": 0}


def test_mret_returns(start: Callable, word: Callable) -> None:
    machine = start([word("mret")])
    machine.csrs.write("mepc", HANDLER | 1)
    machine.csrs.write("mstatus", MPIE)
    assert machine.step().next_pc == HANDLER
    assert machine.csrs.read("mstatus") == MPP | MPIE | MIE
    machine.pc = CODE
    machine.csrs.write("mstatus", MIE)
    machine.step()
    assert machine.csrs.read("mstatus") == MPP | MPIE


def test_interrupts_by_priority_between_instructions(start: Callable) -> None:
    machine = start([NOP, NOP])
    machine.csrs.write("mtvec", HANDLER | 1)
    machine.csrs.write("mie", 0xFFFF_FFFF)
    machine.csrs.mip = sum(1 << interrupt for interrupt in Interrupt)
    assert machine.step().trap is None  # MIE is off
    for interrupt in (11, 3, 7):
        machine.pc = CODE + 4
        machine.csrs.write("mstatus", MIE)
        step = machine.step()
        assert step.trap is not None
        assert step.word is None
        assert machine.csrs.read("mcause") == INTERRUPT | interrupt
        assert machine.csrs.read("mepc") == CODE + 4
        assert machine.csrs.read("mtval") == 0
        assert machine.pc == (HANDLER & ~0x7F) + 4 * interrupt
        assert machine.csrs.read("mstatus") == MPP | MPIE
        machine.csrs.mip &= ~(1 << interrupt)


def test_masked_interrupts_wait(start: Callable) -> None:
    machine = start([NOP])
    machine.csrs.write("mstatus", MIE)
    machine.csrs.write("mie", 1 << Interrupt.TIMER)
    machine.csrs.mip = 1 << Interrupt.EXTERNAL
    assert machine.step().trap is None


def test_direct_mode_sends_interrupts_to_the_base(start: Callable) -> None:
    machine = start([NOP])
    machine.csrs.write("mtvec", HANDLER + 4)
    machine.csrs.write("mstatus", MIE)
    machine.csrs.write("mie", 1 << Interrupt.TIMER)
    machine.csrs.mip = 1 << Interrupt.TIMER
    assert machine.step().next_pc == HANDLER + 4


def test_wfi_stops_a_run_until_an_enabled_interrupt(start: Callable, word: Callable) -> None:
    machine = start([word("wfi"), word("addi", rd=5, rs1=0, imm=1), word("jal", rd=0, imm=0)])
    machine.csrs.write("mie", 1 << Interrupt.TIMER)
    assert machine.run(100) == 1
    assert machine.waiting
    machine.csrs.mip = 1 << Interrupt.EXTERNAL
    assert machine.run(100) == 0
    machine.csrs.mip = 1 << Interrupt.TIMER  # wakes although mstatus.MIE is off
    assert machine.run(2) == 2
    assert machine.registers[5] == 1


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("mstatus", MPP | MPIE | MIE),
        ("misa", 1 << 30 | 1 << 23 | 1 << 12 | 1 << 8 | 1 << 2),
        ("mie", 1 << 11 | 1 << 7 | 1 << 3),
        ("mtvec", 0xFFFF_FFFD),
        ("mstatush", 0),
        ("mscratch", 0xFFFF_FFFF),
        ("mepc", 0xFFFF_FFFE),
        ("mcause", 1 << 31 | 0x1F),
        ("mtval", 0xFFFF_FFFF),
        ("mip", 0),
        ("mcycle", 0xFFFF_FFFF),
        ("minstreth", 0xFFFF_FFFF),
        ("xdecimate", 0xFFFF),
    ],
)
def test_writable_bits(start: Callable, word: Callable, name: str, reads: int) -> None:
    program = [
        word("csrrw", rd=0, csr=ADDRESSES[name], rs1=6),
        word("csrrs", rd=5, csr=ADDRESSES[name], rs1=0),
    ]
    machine = start(program, {6: 0xFFFF_FFFF})
    machine.run(2)
    assert f"{machine.registers[5]:#010x}" == f"{reads:#010x}"


@pytest.mark.parametrize(
    ("mnemonic", "operand", "after"),
    [
        ("csrrw", {"rs1": 6}, 0x0F),
        ("csrrs", {"rs1": 6}, 0xFF),
        ("csrrc", {"rs1": 6}, 0xF0),
        ("csrrwi", {"uimm": 5}, 5),
        ("csrrsi", {"uimm": 5}, 0xF5),
        ("csrrci", {"uimm": 0x10}, 0xE0),
        ("csrrs", {"rs1": 0}, 0xF0),
        ("csrrwi", {"uimm": 0}, 0),
    ],
)
def test_csr_instructions(
    start: Callable, word: Callable, mnemonic: str, operand: dict[str, int], after: int
) -> None:
    machine = start([word(mnemonic, rd=5, csr=ADDRESSES["mscratch"], **operand)], {6: 0x0F})
    machine.csrs.write("mscratch", 0xF0)
    assert machine.step().writes == ((5, 0xF0),)
    assert machine.csrs.read("mscratch") == after


@pytest.mark.parametrize("config", [RV32IM, BASELINE, XDECIMATE], ids=lambda config: config.name)
def test_which_accesses_are_illegal(start: Callable, word: Callable, config: CoreConfig) -> None:
    extensions = {row.address: row.extension for row in CSRS}
    machine = start([], config=config)
    for address in range(1 << 12):
        exists = address in extensions and config.has(extensions[address])
        for mnemonic, operand, writes in (
            ("csrrw", {"rs1": 0}, True),
            ("csrrs", {"rs1": 0}, False),
            ("csrrci", {"uimm": 1}, True),
            ("csrrsi", {"uimm": 0}, False),
        ):
            legal = exists and not (writes and address >= 0xC00)
            instruction = word(mnemonic, rd=5, csr=address, **operand)
            machine.memory.write(CODE, instruction.to_bytes(4, "little") + FENCE_I.to_bytes(4, "little"))
            machine.pc = CODE
            trap = machine.step().trap
            machine.pc = CODE + 4
            machine.step()
            assert (trap is None) == legal, f"{mnemonic} {address:#05x}"
            if trap is not None:
                assert (trap.cause, trap.value) == (Cause.ILLEGAL_INSTRUCTION, instruction)


def test_counters_count_retired_instructions(start: Callable, word: Callable) -> None:
    program = [
        NOP,
        word("csrrw", rd=5, csr=ADDRESSES["minstret"], rs1=6),
        word("csrrs", rd=7, csr=ADDRESSES["instret"], rs1=0),
        word("ecall"),
    ]
    machine = start(program, {6: 0xFFFF_FFFF})
    machine.run(4)
    assert machine.registers[5] == 1
    assert machine.registers[7] == 0xFFFF_FFFF  # the write wins over the count of its own instruction
    assert machine.csrs.read("minstret") == 0
    assert machine.csrs.read("minstreth") == 1  # ecall did not retire


def test_hart_id(word: Callable) -> None:
    machine = Machine(RV32IM, hart_id=5)
    machine.memory.write(CODE, word("csrrs", rd=5, csr=ADDRESSES["mhartid"], rs1=0).to_bytes(4, "little"))
    assert machine.step().writes == ((5, 5),)
    assert machine.csrs.read("misa") == 1 << 30 | 1 << 12 | 1 << 8
