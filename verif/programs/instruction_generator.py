"""Instruction words from the table, and random ones for given registers."""

from collections.abc import Iterable, Sequence
from functools import cache
from random import Random

from hw.config import MEMORY_MAP, CoreConfig
from hw.instructions import INSTRUCTIONS, named
from hw.isa.compressed import is_compressed
from hw.isa.csr import Csr
from hw.isa.instruction import REGISTER_FIELDS, Instruction
from verif.programs.builder import DATA, signed
from verif.programs.hazard_class import classes, plain_classes
from verif.programs.registers import Registers

#: Data that programs work on: in L2 at DATA, in L1 at its middle.
DATA_BYTES = 0x1000
L1_DATA = MEMORY_MAP.l1.base + MEMORY_MAP.l1.size // 2
#: Where hazard units keep a pointer while it travels through memory.
SLOT = DATA + DATA_BYTES

CORNERS = (0, 0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF, 0x8080_8080, 0x7F7F_7F7F, 0x8000_8000, 1, 2, 31, 32)
_named = cache(named)
#: Written at random by ``InstructionGenerator.csr``; writes to the rest could lose the handler.
_FREE_CSRS = (
    *("mscratch", "mepc", "mcause", "mtval", "misa", "mstatush", "mip"),
    *("mcycle", "mcycleh", "minstret", "minstreth", "mcountinhibit"),
)


def word(mnemonic: str, form: str | None = None, **operands: int) -> int:
    """One instruction word; ``form`` is its assembly operands where several share the mnemonic."""
    return _named(mnemonic, form).encode(**operands)


def immediate(register: int, value: int) -> list[int]:
    """lui and addi that give a register a value."""
    upper = value + 0x800 & 0xFFFF_F000
    return [
        word("lui", rd=register, imm=signed(upper)),
        word("addi", rd=register, rs1=register, imm=signed(value - upper)),
    ]


def move(rd: int, rs1: int) -> int:
    """addi rd, rs1, 0."""
    return word("addi", rd=rd, rs1=rs1, imm=0)


def _by_group(csrs: Iterable[Csr]) -> dict[str, list[Csr]]:
    """Registers by their bank, so that a large bank is drawn as often as one register."""
    groups: dict[str, list[Csr]] = {}
    for csr in csrs:
        groups.setdefault(csr.group, []).append(csr)
    return groups


class InstructionGenerator:
    """Random instructions for a configuration that write only free registers and reach only data.

    Parameters
    ----------
    random : Random
        Source of every choice.
    config : CoreConfig
    registers : Registers
    """

    def __init__(self, random: Random, config: CoreConfig, registers: Registers) -> None:
        self.random = random
        self.config = config
        self.registers = registers
        self.classes = classes(config)
        self.plain = plain_classes(config)
        csrs = config.instruction_set.csrs
        free = {*_FREE_CSRS, *(state.csr.name for state in config.state)}
        self._readable = _by_group(csrs)
        self._writable = _by_group(
            csr for csr in csrs if csr.name in free or (csr.bank and not csr.read_only)
        )

    def register(self, *, but: Sequence[int] = (), zero: bool = True) -> int:
        """A free register, a busy one as often as not."""
        random, registers = self.random, self.registers
        while True:
            number = random.choice(registers.busy if random.random() < 0.4 else registers.free)
            if number not in but and (number or zero):
                return number

    def temporaries(self, count: int) -> list[int]:
        """Different free registers, none of them x0."""
        return self.random.sample(self.registers.free[1:], count)

    def pointer(self) -> int:
        """A data address that leaves room on both sides."""
        base = DATA if self.random.random() < 0.7 else L1_DATA
        return base + self.random.randrange(DATA_BYTES // 4, 3 * DATA_BYTES // 4)

    def value(self) -> int:
        """32 random bits, or a corner of the operations."""
        return self.random.choice((self.random.getrandbits(32), self.random.choice(CORNERS)))

    def plain_word(self) -> int:
        """An instruction of the classes that run anywhere, divisions seldom."""
        random = self.random
        while True:
            name = random.choice(self.plain) if random.random() < 0.5 else random.choice(("alu", "simd"))
            if name in self.classes and (name != "divide" or random.random() < 0.3):
                return self.word_of(random.choice(self.classes[name]))

    def word_of(self, row: Instruction, **fixed: int) -> int:
        """A random instruction of a row; what is not ``fixed`` is free registers or data pointers."""
        random = self.random
        operands = {name: fixed[name] if name in fixed else self._operand(row, name) for name in row.fields}
        if row.accesses_memory:
            self._address(row, operands, fixed)
        elif {"rd", "rs1"} <= operands.keys() - fixed.keys() and random.random() < 0.15:
            operands["rs1"] = operands["rd"]
        return row.encode(**operands)

    def _address(self, row: Instruction, operands: dict[str, int], fixed: dict[str, int]) -> None:
        choices: dict[str, int] = {"rs1": self.random.choice(self.registers.pointers)}
        if row.operation.startswith("lsu"):
            choices["imm"] = self.random.randrange(-64, 64)
            choices["rs3"] = self.registers.step
            if "rd" in row.fields:
                choices["rs2"] = self.registers.step
        operands.update({k: v for k, v in choices.items() if k in operands and k not in fixed})

    def _operand(self, row: Instruction, field: str) -> int:
        if field == "rd":
            return self.register()
        if field in REGISTER_FIELDS:
            return self.register() if self.random.random() < 0.9 else self.random.randrange(32)
        return self.random.choice(row.values(field))

    def csr(self) -> int:
        """A legal access to a register whose value is exact and harmless."""
        random = self.random
        form = random.choice(("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"))
        writes = random.random() < 0.6
        groups = self._writable if writes or form in ("csrrw", "csrrwi") else self._readable
        group = random.choice(list(groups))
        csr = random.choice(groups[group])
        source = random.randrange(32) if group in self._writable else 0
        if form.endswith("i"):
            return word(form, rd=self.register(), csr=csr.address, uimm=source)
        return word(form, rd=self.register(), csr=csr.address, rs1=source)

    def illegal(self) -> int:
        """A word that is no instruction of this configuration."""
        random = self.random
        while True:
            if random.random() < 0.3:
                candidate = random.getrandbits(32)
            elif random.random() < 0.5:
                candidate = self.plain_word() ^ 1 << random.randrange(32)
            else:
                row = random.choice(INSTRUCTIONS)
                candidate = row.match | random.getrandbits(32) & ~row.mask
            if self.config.has("c") and is_compressed(candidate):
                continue
            if self.config.instruction_set.find(candidate) is None:
                return candidate

    def illegal_csr(self) -> int:
        """An access to a register that is not there, or a write to one that is read-only."""
        random = self.random
        known = {csr.address: csr for csr in self.config.instruction_set.csrs}
        while True:
            address = random.choice((random.randrange(4096), random.choice(list(known))))
            if address not in known or known[address].read_only:
                return word("csrrw", rd=self.register(), csr=address, rs1=random.randrange(32))
