"""Streams of XDecimate in random programs."""

from hw.units.decimate.instructions import COUNTER
from verif.programs.builder import DATA
from verif.programs.composition import Block
from verif.programs.instruction_generator import DATA_BYTES, InstructionGenerator, immediate, word

_COUNTER = COUNTER.csr.address
_FORMS = ("m4", "m8", "m16")


def stream(maker: InstructionGenerator) -> Block:
    """xdecimate many times: rd again or another, and anything that may stand between."""
    random = maker.random
    pointer, indices, *targets = maker.temporaries(5)
    form = random.choice(_FORMS)
    count = random.choice((0, 0, random.randrange(64), random.getrandbits(16), 0xFFFF - random.randrange(8)))
    words = [*immediate(indices, maker.value()), *immediate(pointer, _base(maker, form, count))]
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
            words.append(_counter(maker))
        elif draw < 0.66:
            words.append(word("xdecimate.clear"))
        elif draw < 0.72:
            form = random.choice(_FORMS)
        elif draw < 0.8:  # a load into what the next one merges into
            words.append(maker.word_of(random.choice(maker.classes["load"]), rd=random.choice(targets)))
        elif draw < 0.88:
            kinds = [name for name in ("alu", "simd", "accumulate") if name in maker.classes]
            row = random.choice(maker.classes[random.choice(kinds)])
            fields = dict.fromkeys(random.sample(row.reads, min(1, len(row.reads))), targets[0])
            words.append(maker.word_of(row, **fields))
        else:
            words.append(maker.plain_word())
    return Block("decimate", tuple(words))


def _base(maker: InstructionGenerator, form: str, count: int) -> int:
    """A pointer from which a stream that starts at ``count`` reads data."""
    start = DATA + maker.random.randrange(DATA_BYTES // 2)
    return start - int(form[1:]) * (count >> 1) & 0xFFFF_FFFF


def _counter(maker: InstructionGenerator) -> int:
    random = maker.random
    if random.random() < 0.5:
        return word("csrrs", rd=maker.register(), csr=_COUNTER, rs1=0)
    if random.random() < 0.6:
        name = random.choice(("csrrwi", "csrrsi", "csrrci"))
        return word(name, rd=maker.register(), csr=_COUNTER, uimm=random.randrange(32))
    return word("csrrw", rd=maker.register(), csr=_COUNTER, rs1=maker.register())
