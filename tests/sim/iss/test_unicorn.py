"""The model against Unicorn, QEMU's RISC-V: RV32IM, step by step, on code that is random all over."""

from random import Random
from struct import pack

import numpy as np
import pytest
from unicorn import UC_ARCH_RISCV, UC_MODE_RISCV32
from unicorn.riscv_const import UC_RISCV_REG_PC, UC_RISCV_REG_X0
from unicorn.unicorn import Uc

from hw.config import MEMORY_MAP, RV32IM
from hw.instructions import INSTRUCTIONS
from hw.isa.instruction import Instruction
from sim.iss.machine import Machine

CODE, CODE_BYTES = MEMORY_MAP.l2.base, 0x1000
DATA, DATA_BYTES = MEMORY_MAP.l1.base, 0x4000
#: Registers that only the test writes: a place in the data, and one in the code.
DATA_POINTER, CODE_POINTER = 8, 9
FREE = [number for number in range(32) if number not in (DATA_POINTER, CODE_POINTER)]
REGISTERS = [UC_RISCV_REG_X0 + number for number in range(32)]
STEPS = 300
CORNERS = (0, 1, 0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF, 31, 32, 0x8000_0001)
#: Both trap where they have no operating system; traps are tests/sim/iss/test_traps.py's subject.
LEFT_OUT = ("ecall", "ebreak")
ROWS = [row for row in INSTRUCTIONS if row.extension in ("rv32i", "m") and row.mnemonic not in LEFT_OUT]


def operand(random: Random, row: Instruction, field: str) -> int:
    kind = row.operation.split(".")[0]
    if field == "rs1" and kind == "lsu":
        return DATA_POINTER
    if field == "rs1" and kind == "jump":
        return CODE_POINTER
    if field in ("rd", "rs1", "rs2"):
        return random.choice(FREE)
    if kind in ("jump", "branch"):
        return 4 * random.randrange(-8, 9)
    return random.choice(row.values(field))


def code(random: Random, row: Instruction) -> list[int]:
    """Random instructions, every second one of this row."""
    rows = [row if index % 2 else random.choice(ROWS) for index in range(CODE_BYTES // 4)]
    return [one.encode(**{field: operand(random, one, field) for field in one.fields}) for one in rows]


class Pair:
    """The model and Unicorn in the same state."""

    def __init__(self, random: Random, words: list[int]) -> None:
        self.words = words
        self.machine = Machine(RV32IM)
        self.unicorn = Uc(UC_ARCH_RISCV, UC_MODE_RISCV32)
        self.unicorn.mem_map(CODE, CODE_BYTES)
        self.unicorn.mem_map(DATA, DATA_BYTES)
        for address, content in (
            (CODE, pack(f"<{len(words)}I", *words)),
            (DATA, random.randbytes(DATA_BYTES)),
        ):
            self.machine.memory.write(address, content)
            self.unicorn.mem_write(address, content)
        values = {number: random.choice((random.getrandbits(32), random.choice(CORNERS))) for number in FREE}
        values |= {DATA_POINTER: DATA + random.randrange(2048, DATA_BYTES - 2052)}
        values |= {CODE_POINTER: CODE + CODE_BYTES // 2}
        for number in range(1, 32):
            self.machine.set_register(number, values[number])
            self.unicorn.reg_write(REGISTERS[number], values[number])

    def step(self) -> int:
        """One instruction on both; returns its word. Asserts that registers and pc are the same."""
        pc = self.machine.pc
        word = self.words[(pc - CODE) // 4]
        self.unicorn.emu_start(pc, 0, count=1)
        step = self.machine.step()
        assert step.trap is None
        where = f"{step.instruction} at {pc:#x}"
        assert self.machine.registers == [self.unicorn.reg_read(number) for number in REGISTERS], where
        assert self.machine.pc == self.unicorn.reg_read(UC_RISCV_REG_PC), where
        return word


@pytest.mark.parametrize("row", ROWS, ids=[row.mnemonic for row in ROWS])
def test_model_is_unicorn(row: Instruction, rng: np.random.Generator):
    random = Random(int(rng.integers(1 << 32)))
    pair = Pair(random, code(random, row))
    seen = 0
    for number in range(STEPS):
        if number % 15 == 0 or not CODE + 64 <= pair.machine.pc < CODE + CODE_BYTES - 64:  # out of any loop
            pair.machine.pc = random.randrange(CODE + 64, CODE + CODE_BYTES - 64, 4)
        word = pair.step()
        seen += word & row.mask == row.match
        for register in random.sample(FREE[1:], 2):  # values do not run dry
            value = random.choice((random.getrandbits(32), random.choice(CORNERS)))
            pair.machine.set_register(register, value)
            pair.unicorn.reg_write(REGISTERS[register], value)
    assert seen > STEPS // 20
    assert pair.machine.memory.read(DATA, DATA_BYTES) == bytes(pair.unicorn.mem_read(DATA, DATA_BYTES))
