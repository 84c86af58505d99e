"""The toy unit's part in verification."""

from collections import Counter
from random import Random

from tests.units.toy.record import INSTRUCTIONS, TOTAL
from verif.coverage.columns import Columns
from verif.programs.composition import Block
from verif.programs.instruction_generator import InstructionGenerator, word
from verif.units.verification import Registers, Verification

ADD, RESET = INSTRUCTIONS
CSR = TOTAL.csr.address


def _result(random: Random, registers: Registers) -> list[int]:
    store = word("csrrw", rd=0, csr=CSR, rs1=registers.base)
    return [store, ADD.encode(rd=registers.value, rs1=registers.first)]


def _stream(maker: InstructionGenerator) -> Block:
    random = maker.random
    words = []
    for _ in range(random.randrange(3, 9)):
        words.append(ADD.encode(rd=maker.register(), rs1=maker.register()))
        if random.random() < 0.3:
            words.append(word("csrrs", rd=maker.register(), csr=CSR, rs1=maker.register()))
        if random.random() < 0.1:
            words.append(RESET.encode())
    return Block("toy", tuple(words))


def _guest(saved: int, free: int) -> list[int]:
    return [ADD.encode(rd=free, rs1=free)]


def _count(columns: Columns) -> Counter[str]:
    names = [columns.instruction(int(i)).mnemonic for i in (columns.is_class("toy", "reset")).nonzero()[0]]
    return Counter(name.removeprefix("xtoy.") for name in names)


VERIFICATION = Verification(
    results={"toy": _result},
    stream=_stream,
    guest=_guest,
    bins=lambda: ["add", "reset"],
    count=_count,
)
