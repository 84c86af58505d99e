"""Memory accesses that hit their own registers, and code that a store changes."""

from verif.programs.composition import Block
from verif.programs.hazard_class import memory_classes
from verif.programs.instruction_generator import InstructionGenerator, immediate, word


class StreamMaker:
    """Units of one kind of instruction in many variations."""

    def __init__(self, maker: InstructionGenerator) -> None:
        self._maker = maker

    def self_hits(self) -> Block:
        """An access whose registers are one and the same, and a use of it."""
        maker, random = self._maker, self._maker.random
        row = random.choice(maker.classes[random.choice(memory_classes(maker.config))])
        (register, other) = maker.temporaries(2)
        same = [field for field in row.fields if field in ("rd", "rs1", "rs2", "rs3")]
        same = ["rs1", *random.sample([f for f in same if f != "rs1"], random.randrange(1, len(same)))]
        offset = {"rd, rs2(rs1)": "rs2", "rs2, rs3(rs1)": "rs3"}.get(row.operands, "imm")
        address = maker.pointer() >> (offset in same)  # the sum is twice the pointer
        words = [*immediate(register, address), maker.word_of(row, **dict.fromkeys(same, register))]
        if random.random() < 0.7:
            words.append(word("add", rd=other, rs1=register, rs2=random.choice((0, register))))
        return Block("self hit", tuple(words))

    def modified_code(self) -> Block:
        """A store to the instruction after next but one, made visible by fence.i."""
        maker = self._maker
        place, new = maker.temporaries(2)
        words = immediate(new, maker.word_of(maker.random.choice(maker.classes["alu"])))
        words += [
            word("auipc", rd=place, imm=0),
            word("sw", rs2=new, rs1=place, imm=12),
            word("fence.i", fi=0, r1=0, r2=0),
            maker.word_of(maker.random.choice(maker.classes["alu"])),
        ]
        return Block("modified code", tuple(words), pinned=frozenset(range(len(words))))
