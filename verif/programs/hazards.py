"""Data hazards by plan: every kind of result into every kind of operand, next to each other or one apart."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product

from hw.config import CoreConfig
from hw.instructions import ADDRESSES
from hw.isa.instruction import Instruction
from verif.programs.composition import Block
from verif.programs.hazard_class import operands, results
from verif.programs.instruction_generator import SLOT, InstructionGenerator, immediate, move, word
from verif.units.verification import Registers, verifications

#: CSRs that take any value, by address; hidden state of extension units does too.
_ANY_VALUE_CSRS = tuple(ADDRESSES[name] for name in ("mscratch", "mepc", "mcause", "mtval"))
#: A loop set-up's immediate that no program reaches.
_FAR = 16_000
DISTANCES = (1, 2)


def hazards(config: CoreConfig) -> list[tuple[str, str, int]]:
    """All (result, operand, distance) that a configuration has."""
    return list(product(results(config), operands(config), DISTANCES))


class HazardMaker:
    """Units in which one instruction's result is the operand of the next or the next but one."""

    def __init__(self, maker: InstructionGenerator) -> None:
        self._maker = maker
        self._operands = operands(maker.config)
        self._plan: list[tuple[str, str, int]] = []

    def unit(self) -> Block:
        """The next unit: all hazards come up before one comes up again."""
        if not self._plan:
            self._plan = hazards(self._maker.config)
            self._maker.random.shuffle(self._plan)
        return self._unit(*self._plan.pop())

    def _unit(self, result: str, operand: str, distance: int) -> Block:
        maker = self._maker
        random = maker.random
        row = random.choice(self._operands[operand])
        field = operand.rpartition(".")[2]
        value, base, *spare = maker.temporaries(5)
        words = (
            [word("auipc", rd=base, imm=0)]
            if row.operation == "jump.register"
            else immediate(base, maker.pointer())
        )
        if row.extension == "xcvhwlp":
            words += [word("cv.counti", loop=loop, count=0) for loop in (0, 1)]
        if row.accesses_memory:
            words += immediate(spare[2], maker.pointer())
        words += self._result(result, value, base, spare)
        linked = len(words) if result.startswith("jump") else 0
        if linked:
            # Jumped over; the link is its address.
            words.append(maker.word_of(random.choice(maker.classes["alu"])))
        if distance == 2:
            words.append(self._filler((value, base, *spare)))
        words += self._consumer(row, field, value, spare[2], 4 * (len(words) - linked))
        return Block(f"{result} to {operand} at {distance}", tuple(words))

    def _filler(self, used: Sequence[int]) -> int:
        """An instruction that leaves the unit's registers alone."""
        maker = self._maker
        row = maker.random.choice(maker.classes["alu"])
        return maker.word_of(row, rd=maker.register(but=used))

    def _result(self, result: str, value: int, base: int, spare: Sequence[int]) -> list[int]:
        """Instructions that bring ``base`` into ``value``, or a link; the last one makes the result."""
        random = self._maker.random
        name, _, pointer = result.partition(".")
        first, second, _ = spare
        makers: dict[str, Callable[[], list[int]]] = {
            "alu": lambda: [random.choice((move(value, base), word("or", rd=value, rs1=base, rs2=0)))],
            "simd": lambda: [
                word(random.choice(("cv.or.b", "cv.and.h", "cv.max.b")), rd=value, rs1=base, rs2=base)
            ],
            "multiply": lambda: [
                word("addi", rd=first, rs1=0, imm=1),
                word("mul", rd=value, rs1=base, rs2=first),
            ],
            "multiply_high": lambda: [
                word("slli", rd=first, rs1=base, uimm=3),
                word("lui", rd=second, imm=1 << 29),
                word("mulhu", rd=value, rs1=first, rs2=second),
            ],
            "accumulate": lambda: [
                move(value, base),
                word(random.choice(("cv.mac", "cv.sdotsp.b", "cv.sdotup.h")), rd=value, rs1=first, rs2=0),
            ],
            "divide": lambda: [
                word("addi", rd=first, rs1=0, imm=1),
                word("divu", rd=value, rs1=base, rs2=first),
            ],
            "load": lambda: [
                *immediate(first, SLOT),
                word("sw", rs2=base, rs1=first, imm=0),
                word("lw", rd=value, rs1=first, imm=0),
            ],
            "load_post": partial(self._load_post, bool(pointer), value, base, first, second),
            "store_post": lambda: [
                *immediate(value, SLOT),
                word("sub", rd=first, rs1=base, rs2=value),
                word("cv.sw", "rs2, (rs1), rs3", rs2=second, rs1=value, rs3=first),
            ],
            "csr": lambda: [
                word("csrrw", rd=0, csr=ADDRESSES["mscratch"], rs1=base),
                word("csrrs", rd=value, csr=ADDRESSES["mscratch"], rs1=0),
            ],
            "jump": lambda: [word("jal", rd=value, imm=8)],
            "jump_register": lambda: [
                word("auipc", rd=first, imm=0),
                word("jalr", rd=value, rs1=first, imm=12),
            ],
        }
        for part in verifications(self._maker.config):
            if name in part.results:
                registers = Registers(value=value, base=base, first=first, second=second)
                return part.results[name](random, registers)
        return makers[name]()

    def _load_post(self, pointer: bool, value: int, base: int, first: int, second: int) -> list[int]:
        if not pointer:
            return [
                *immediate(first, SLOT),
                word("sw", rs2=base, rs1=first, imm=0),
                word("cv.lw", "rd, (rs1), imm", rd=value, rs1=first, imm=4),
            ]
        return [
            *immediate(value, SLOT),
            word("sub", rd=first, rs1=base, rs2=value),
            word("cv.lw", "rd, (rs1), rs2", rd=second, rs1=value, rs2=first),
        ]

    def _consumer(self, row: Instruction, field: str, value: int, pointer: int, from_value: int) -> list[int]:
        """Instructions of which the first reads ``value`` in a field.

        Where that is a code address, it lies ``from_value`` bytes before the first. ``pointer`` is a register
        with a data address, for those that need one beside the value.
        """
        maker = self._maker
        random = maker.random
        fixed = {field: value}
        skipped = maker.word_of(random.choice(maker.classes["alu"]))
        if row.operation == "jump.register":
            return [row.encode(rd=maker.register(), rs1=value, imm=from_value + 8), skipped]
        if row.operation.startswith("branch"):
            return [maker.word_of(row, **fixed, imm=8), skipped]
        if row.operation.startswith("csr"):
            choices = (*_ANY_VALUE_CSRS, *(state.csr.address for state in maker.config.state))
            return [maker.word_of(row, **fixed, csr=random.choice(choices))]
        if row.extension == "xcvhwlp":
            loop = random.randrange(2)
            far = {"uimm": _FAR} if "uimm" in row.fields else {}
            return [row.encode(loop=loop, **fixed, **far), word("cv.counti", loop=loop, count=0)]
        if row.accesses_memory:
            if field in address_fields(row):
                fixed |= dict.fromkeys(address_fields(row), 0) | fixed  # the value alone is the address
            else:
                fixed["rs1"] = pointer
        if "rd" in row.fields and "rd" not in fixed:
            fixed["rd"] = random.choice((value, maker.register()))
        return [maker.word_of(row, **fixed)]


def address_fields(row: Instruction) -> tuple[str, ...]:
    """Fields that add up to the address."""
    if not row.operation.startswith("lsu") or "rs1" in row.writes:
        return ("rs1",)
    return ("rs1", {"rd, rs2(rs1)": "rs2", "rs2, rs3(rs1)": "rs3"}.get(row.operands, "imm"))
