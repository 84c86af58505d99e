"""Compressed instructions in the model, and instructions of both lengths at any half-word."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from unicorn import UC_ARCH_RISCV, UC_MODE_RISCV32
from unicorn.riscv_const import UC_RISCV_REG_PC, UC_RISCV_REG_X0
from unicorn.unicorn import Uc

from hw.config import MEMORY_MAP, XDECIMATE, Region, config_named
from hw.instructions import ADDRESSES
from hw.isa.compressed_table import COMPRESSED
from sim.iss.machine import Machine
from sim.iss.memory import Memory
from sim.iss.traps import Cause
from verif.programs.builder import DATA
from verif.programs.half_words import HalfWordMaker
from verif.programs.instruction_generator import DATA_BYTES, InstructionGenerator
from verif.programs.registers import Registers

CODE = MEMORY_MAP.boot
CONFIG = XDECIMATE
PLAIN = config_named("xdecimate-c")
ROWS = {row.mnemonic: row for row in COMPRESSED}
NOP = ROWS["c.nop"].match
REGISTERS = [UC_RISCV_REG_X0 + number for number in range(32)]


def machine(*codes: int, registers: dict[int, int] | None = None) -> Machine:
    """A machine with these instructions at the boot address, one right behind the other."""
    made = Machine(CONFIG)
    content = b"".join(code.to_bytes(2 if code & 3 != 3 else 4, "little") for code in codes)
    made.memory.write(CODE, content)
    for number, value in (registers or {}).items():
        made.set_register(number, value)
    return made


def test_the_next_instruction_is_two_bytes_away(word: Callable):
    made = machine(ROWS["c.li"].encode(rd=5, imm=-3), word("addi", rd=5, rs1=5, imm=1), NOP)
    assert [made.step().next_pc for _ in range(3)] == [CODE + 2, CODE + 6, CODE + 8]
    assert made.registers[5] == 0xFFFF_FFFE


@pytest.mark.parametrize(
    ("code", "link"),
    [
        (ROWS["c.jal"].encode(imm=10), CODE + 2),
        (ROWS["c.jalr"].encode(rs1=9), CODE + 2),
        (ROWS["c.j"].encode(imm=10), 0),
        (0x00A0_00EF, CODE + 4),  # jal ra, 10
    ],
)
def test_links_and_targets_at_half_words(code: int, link: int):
    made = machine(code, registers={9: CODE + 11})
    step = made.step()
    assert (step.trap, step.next_pc) == (None, CODE + 10)
    assert made.registers[1] == link


def test_mepc_names_half_words(word: Callable):
    made = machine(word("csrrw", rd=0, csr=ADDRESSES["mepc"], rs1=5), word("mret"), registers={5: CODE + 3})
    made.run(2)
    assert made.csrs.read("mepc") == made.pc == CODE + 2
    assert made.csrs.read("misa") >> 2 & 1
    assert not Machine(PLAIN).csrs.read("misa") >> 2 & 1


def test_a_breakpoint_names_itself():
    made = machine(NOP, ROWS["c.ebreak"].match)
    made.step()
    trap = made.step().trap
    assert trap is not None
    assert (trap.cause, trap.value) == (Cause.BREAKPOINT, CODE + 2)


@pytest.mark.parametrize("code", [0x0000, 0x8002, 0x2000, 0x9C41])
def test_an_illegal_code_is_in_mtval(code: int):
    step = machine(code).step()
    assert step.trap is not None
    assert (step.trap.cause, step.trap.value, step.word) == (Cause.ILLEGAL_INSTRUCTION, code, code)


def test_a_code_is_illegal_without_the_extension(word: Callable):
    made = Machine(PLAIN)
    made.memory.write(CODE, (NOP | NOP << 16).to_bytes(4, "little"))
    trap = made.step().trap
    assert trap is not None
    assert (trap.cause, trap.value) == (Cause.ILLEGAL_INSTRUCTION, NOP | NOP << 16)


def test_the_half_that_cannot_be_fetched_is_in_mtval(word: Callable):
    """mepc is where the instruction begins (privileged manual, mtval)."""
    made = Machine(CONFIG, Memory([Region(base=CODE, size=8)]))
    made.memory.write(CODE + 6, word("addi", rd=0, rs1=0, imm=0).to_bytes(4, "little")[:2])
    for pc, faulting in ((CODE + 6, CODE + 8), (CODE + 8, CODE + 8), (CODE + 10, CODE + 10)):
        made.pc = pc
        trap = made.step().trap
        assert trap is not None
        assert (trap.cause, trap.value) == (Cause.INSTRUCTION_ACCESS, faulting)
        assert made.csrs.read("mepc") == pc


def test_loops_of_compressed_instructions(word: Callable):
    """The manual forbids them in bodies; this core runs them (docs/core.md)."""
    step = ROWS["c.addi"].encode(rd=5, imm=1)
    made = machine(word("cv.setupi", loop=0, count=3, uimm=16), *[step] * 6, NOP)
    made.run(1 + 3 * 6)
    assert made.registers[5] == 18
    assert made.pc == CODE + 16


def test_the_model_is_unicorn(rng: np.random.Generator):
    """Every compressed instruction and RV32IM at half-words, with jumps and branches."""
    random = Random(int(rng.integers(1 << 32)))
    config = config_named("rv32im+c")
    seen: set[str] = set()
    for _ in range(12):
        registers = Registers.draw(random, compressed=True)
        maker = HalfWordMaker(InstructionGenerator(random, config, registers), trap=lambda: 0x13)
        words = [word for _ in range(60) for word in maker.straight().words]
        program = b"".join(word.to_bytes(4, "little") for word in words)
        model, unicorn = Machine(config), Uc(UC_ARCH_RISCV, UC_MODE_RISCV32)
        unicorn.mem_map(MEMORY_MAP.l2.base, 0x4_0000)
        unicorn.mem_map(MEMORY_MAP.l1.base, MEMORY_MAP.l1.size)
        for address, content in ((CODE, program), (DATA, random.randbytes(DATA_BYTES))):
            model.memory.write(address, content)
            unicorn.mem_write(address, content)
        values = [random.getrandbits(32) for _ in range(32)]
        for number in registers.pointers:
            values[number] = DATA + DATA_BYTES // 2
        for number in range(1, 32):
            model.set_register(number, values[number])
            unicorn.reg_write(REGISTERS[number], values[number])
        for _ in range(400):
            pc = model.pc
            if not CODE <= pc < CODE + len(program):
                break
            unicorn.emu_start(pc, 0, count=1)
            step = model.step()
            assert step.trap is None
            assert model.registers == [unicorn.reg_read(number) for number in REGISTERS], f"{step}"
            assert model.pc == unicorn.reg_read(UC_RISCV_REG_PC), f"{step}"
            if step.word is not None and (row := config.instruction_set.find_compressed(step.word & 0xFFFF)):
                seen.add(row.mnemonic)
        assert model.memory.read(DATA, DATA_BYTES) == bytes(unicorn.mem_read(DATA, DATA_BYTES))
    assert len(seen) > 20
