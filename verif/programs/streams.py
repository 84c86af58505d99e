"""Streams of XDecimate, and memory accesses that hit their own registers."""

from hw.isa.csr import ADDRESSES
from verif.programs.builder import DATA
from verif.programs.composition import Unit
from verif.programs.instruction_generator import DATA_BYTES, InstructionGenerator, immediate, word

_COUNTER = ADDRESSES["xdecimate"]
_FORMS = ("m4", "m8", "m16")


class StreamMaker:
    """Units of one kind of instruction in many variations."""

    def __init__(self, maker: InstructionGenerator) -> None:
        self._maker = maker

    def decimate(self) -> Unit:
        """xdecimate many times: rd again or another, and anything that may stand between."""
        maker, random = self._maker, self._maker.random
        pointer, indices, *targets = maker.temporaries(5)
        form = random.choice(_FORMS)
        count = random.choice(
            (0, 0, random.randrange(64), random.getrandbits(16), 0xFFFF - random.randrange(8))
        )
        words = [*immediate(indices, maker.value()), *immediate(pointer, self._base(form, count))]
        if count:
            words += [*immediate(targets[0], count), word("csrrw", rd=0, csr=_COUNTER, rs1=targets[0])]
        else:
            words.append(word("xdecimate.clear"))
        words += [maker.word_of(row) for row in random.sample(maker.classes["alu"], random.randrange(3))]
        for _ in range(random.randrange(4, 14)):
            draw = random.random()
            if draw < 0.55:
                rd = targets[0] if random.random() < 0.6 else random.choice((*targets, 0, pointer, indices))
                rs1 = pointer if rd != pointer or random.random() < 0.5 else maker.registers.pointers[0]
                words.append(word(f"xdecimate.{form}", rd=rd, rs1=rs1, rs2=indices))
            elif draw < 0.63:
                words.append(self._counter())
            elif draw < 0.66:
                words.append(word("xdecimate.clear"))
            elif draw < 0.72:
                form = random.choice(_FORMS)
            elif draw < 0.8:  # a load into what the next one merges into
                words.append(maker.word_of(random.choice(maker.classes["load"]), rd=random.choice(targets)))
            elif draw < 0.88:
                row = random.choice(maker.classes[random.choice(("alu", "simd", "accumulate"))])
                fields = dict.fromkeys(random.sample(row.reads, min(1, len(row.reads))), targets[0])
                words.append(maker.word_of(row, **fields))
            else:
                words.append(maker.plain_word())
        return Unit("decimate", tuple(words))

    def _base(self, form: str, count: int) -> int:
        """A pointer from which a stream that starts at ``count`` reads data."""
        start = DATA + self._maker.random.randrange(DATA_BYTES // 2)
        return start - int(form[1:]) * (count >> 1) & 0xFFFF_FFFF

    def _counter(self) -> int:
        maker, random = self._maker, self._maker.random
        if random.random() < 0.5:
            return word("csrrs", rd=maker.register(), csr=_COUNTER, rs1=0)
        if random.random() < 0.6:
            name = random.choice(("csrrwi", "csrrsi", "csrrci"))
            return word(name, rd=maker.register(), csr=_COUNTER, uimm=random.randrange(32))
        return word("csrrw", rd=maker.register(), csr=_COUNTER, rs1=maker.register())

    def self_hits(self) -> Unit:
        """An access whose registers are one and the same, and a use of it."""
        maker, random = self._maker, self._maker.random
        names = [n for n in ("load", "load_post", "store", "store_post", "decimate") if n in maker.classes]
        row = random.choice(maker.classes[random.choice(names)])
        (register, other) = maker.temporaries(2)
        same = [field for field in row.fields if field in ("rd", "rs1", "rs2", "rs3")]
        same = ["rs1", *random.sample([f for f in same if f != "rs1"], random.randrange(1, len(same)))]
        offset = {"rd, rs2(rs1)": "rs2", "rs2, rs3(rs1)": "rs3"}.get(row.operands, "imm")
        address = maker.pointer() >> (offset in same)  # the sum is twice the pointer
        words = [*immediate(register, address), maker.word_of(row, **dict.fromkeys(same, register))]
        if random.random() < 0.7:
            words.append(word("add", rd=other, rs1=register, rs2=random.choice((0, register))))
        return Unit("self hit", tuple(words))

    def modified_code(self) -> Unit:
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
        return Unit("modified code", tuple(words), pinned=frozenset(range(len(words))))
