"""Streams of XDecmac in random programs."""

from hw.units.decimate.instructions import COUNTER
from hw.units.decmac.instructions import XACC
from verif.programs.builder import DATA
from verif.programs.composition import Block
from verif.programs.instruction_generator import DATA_BYTES, InstructionGenerator, immediate, word

FORMS = (4, 8, 16, 1)
_COUNTER = COUNTER.csr.address


def stream(maker: InstructionGenerator) -> Block:
    """xdecmac many times, then what looks at the accumulators, and anything that may stand between."""
    random = maker.random
    pointer, indices, weights, parameters, spare = maker.temporaries(5)
    m = random.choice(FORMS)
    count = random.choice((0, 0, random.randrange(64), random.getrandbits(16), 0xFFFF - random.randrange(8)))
    words = [*immediate(indices, maker.value()), *immediate(pointer, _base(maker, m, count))]
    words += [*immediate(weights, maker.value()), *immediate(parameters, _parameters(maker))]
    if count:
        words += [*immediate(spare, count), word("csrrw", rd=0, csr=_COUNTER, rs1=spare)]
    else:
        words.append(word("xdecimate.clear"))
    for _ in range(random.randrange(5)):
        words.append(word("csrrw", rd=maker.register(), csr=XACC, rs1=maker.register()))
    for _ in range(random.randrange(4, 14)):
        draw = random.random()
        if draw < 0.5:
            rs3 = random.choice((weights, weights, maker.register()))
            words.append(word(f"xdecmac.m{m}", rs3=rs3, rs1=pointer, rs2=indices))
        elif draw < 0.6:  # competes for the multiplier
            words.append(maker.word_of(random.choice(maker.classes["accumulate"])))
        elif draw < 0.66:
            words.append(word("xdecimate.m4", rd=random.choice((weights, spare)), rs1=pointer, rs2=indices))
        elif draw < 0.72:  # a load of the weights of the next one
            words.append(maker.word_of(random.choice(maker.classes["load"]), rd=weights))
        elif draw < 0.78:
            words.append(_access(maker))
        elif draw < 0.84:
            words.append(quantize(maker, spare, parameters))
        elif draw < 0.88:
            m = random.choice(FORMS)
        else:
            words.append(maker.plain_word())
    words.append(quantize(maker, maker.register(), parameters))
    return Block("decmac", tuple(words))


def quantize(maker: InstructionGenerator, rd: int, parameters: int) -> int:
    """An xdecq by these parameters, or by whatever a register holds."""
    rs1 = parameters if maker.random.random() < 0.7 else maker.register()
    return word("xdecq", rd=rd, rs1=rs1, rs2=maker.register())


def _parameters(maker: InstructionGenerator) -> int:
    """Factor and shift that leave something of sums of products."""
    return maker.random.getrandbits(16) | maker.random.randrange(16) << 16


def _base(maker: InstructionGenerator, m: int, count: int) -> int:
    """A pointer from which a stream that starts at ``count`` reads data; its lower bits are anything."""
    start = DATA + maker.random.randrange(DATA_BYTES // 4)
    return start - 4 * m * (count >> 1) & 0xFFFF_FFFF


def _access(maker: InstructionGenerator) -> int:
    """An access to accumulators or counter."""
    random = maker.random
    csr = random.choice((XACC, XACC, _COUNTER))
    if random.random() < 0.4:
        return word("csrrs", rd=maker.register(), csr=csr, rs1=0)
    form = random.choice(("csrrw", "csrrw", "csrrs", "csrrc"))
    return word(form, rd=maker.register(), csr=csr, rs1=maker.register())
