"""Small random programs for any place: blocks with many hazards, hardware loops, counter accesses."""

from random import Random

from hw.config import CoreConfig
from hw.instructions import ADDRESSES, named
from hw.isa.instruction import Instruction
from verif.programs.builder import Builder

#: Data that the program works on, and the registers that point into it and step through it.
DATA_BYTES = 0x1000
POINTERS = (8, 9)
STEP = 10
#: Few registers, chosen often, make hazards frequent.
BUSY = (11, 12, 13)

_CORNERS = (0, 0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF, 0x8080_8080, 0x7F7F_7F7F, 1, 31, 32)


class BlockProgram:
    """Writes a program for a configuration that neither traps nor asks for interrupts; stores all registers.

    Parameters
    ----------
    random : Random
        Source of every choice.
    config : CoreConfig
        Instructions are those of its extensions.
    """

    def __init__(self, random: Random, config: CoreConfig) -> None:
        self._random = random
        self._config = config
        units = ("alu", "mul", "div", "lsu", *(unit.name for unit in config.units))
        self._pool = [
            row for row in config.instruction_set.instructions if row.operation.split(".")[0] in units
        ]

    def write(self, out: Builder, blocks: int) -> None:
        """This many blocks of some twenty instructions, behind what has been written already."""
        random = self._random
        for register in range(1, 32):
            out.load_immediate(register, random.choice((random.getrandbits(32), random.choice(_CORNERS))))
        for _ in range(blocks):
            for pointer in POINTERS:
                out.load_immediate(pointer, out.place.data + random.randrange(512, 1536))
            out.load_immediate(STEP, random.randrange(-16, 16) & 0xFFFF_FFFF)
            for state in self._config.state:
                out.emit("csrrwi", rd=0, csr=state.csr.address, uimm=random.randrange(32))
            if self._config.has("xcvhwlp") and random.random() < 0.4:
                self._loop(out)
            else:
                self._straight(out)
        out.emit("csrrs", rd=5, csr=ADDRESSES["minstret"], rs1=0)
        for number, state in enumerate(self._config.state):
            out.emit("csrrs", rd=6 if number else 7, csr=state.csr.address, rs1=0)
            if number:
                out.emit("xor", rd=7, rs1=7, rs2=6)
        out.store_registers(POINTERS[0])

    def _straight(self, out: Builder) -> None:
        random = self._random
        out.words += [self._instruction() for _ in range(20)]
        if random.random() < 0.5:
            branch = random.choice(("beq", "bne", "blt", "bgeu"))
            out.emit(branch, rs1=random.randrange(32), rs2=random.choice(BUSY), imm=8)
            out.words.append(self._instruction())
        if random.random() < 0.3:
            out.emit("jal", rd=random.choice(BUSY), imm=8)
            out.words.append(self._instruction())

    def _loop(self, out: Builder) -> None:
        random = self._random
        body = [self._instruction() for _ in range(random.randrange(3, 12))]
        if random.random() < 0.4:
            inner = [self._instruction() for _ in range(random.randrange(3, 6))]
            body[2:2] = [self._set_up(0, len(inner)), *inner]
            body += [self._instruction() for _ in range(3)]
        out.words += [self._set_up(1, len(body)), *body]

    def _set_up(self, loop: int, length: int) -> int:
        return named("cv.setupi").encode(loop=loop, count=self._random.randrange(4), uimm=4 * (length + 1))

    def _register(self) -> int:
        free = [n for n in range(32) if n not in (*POINTERS, STEP)]
        return self._random.choice(BUSY if self._random.random() < 0.4 else free)

    def _instruction(self) -> int:
        random = self._random
        row = random.choice(self._pool)
        if row.operation.startswith("div") and random.random() < 0.8:
            return self._instruction()
        operands = {field: self._operand(row, field) for field in row.fields}
        if row.accesses_memory:
            operands["rs1"] = random.choice(POINTERS)
        if row.operation.startswith("lsu"):
            if "imm" in operands:
                operands["imm"] = random.randrange(-64, 64)
            for step, form in (("rs2", "rs2(rs1)"), ("rs2", "(rs1), rs2"), ("rs3", "rs3")):
                if form in row.operands and step in operands:
                    operands[step] = STEP
        return row.encode(**operands)

    def _operand(self, row: Instruction, field: str) -> int:
        if field in ("rd", "rs1", "rs2", "rs3"):
            return self._register()
        return self._random.choice(row.values(field))
