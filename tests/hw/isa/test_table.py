"""The instruction table is a sound code: unambiguous, and encoding and decoding are inverse."""

from itertools import combinations

import numpy as np
import pytest

from hw.config import BASELINE, RV32IM
from hw.instructions import CSRS, EXTENSIONS, INSTRUCTIONS, find, named
from hw.isa.instruction import Cycles, Instruction


def _ident(instruction: Instruction) -> str:
    return f"{instruction.mnemonic} {instruction.operands}".strip()


def test_no_word_encodes_two_instructions() -> None:
    overlaps = [
        (_ident(a), _ident(b))
        for a, b in combinations(INSTRUCTIONS, 2)
        if not (a.match ^ b.match) & a.mask & b.mask
    ]
    assert not overlaps


def test_mnemonic_and_operands_name_one_row() -> None:
    for instruction in INSTRUCTIONS:
        assert named(instruction.mnemonic, instruction.operands) is instruction
    with pytest.raises(KeyError, match="3 instructions"):
        named("cv.lw")


def test_every_extension_has_rows_and_every_row_an_extension() -> None:
    assert {instruction.extension for instruction in INSTRUCTIONS} == set(EXTENSIONS) - {"c"}


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=_ident)
def test_words_survive_decoding_and_encoding(instruction: Instruction, rng: np.random.Generator) -> None:
    for free in (0, 0xFFFF_FFFF, *(int(word) for word in rng.integers(0, 1 << 32, 20))):
        word = instruction.match | free & ~instruction.mask
        assert find(word) is instruction, f"{word:#010x}"
        operands = instruction.decode(word)
        assert instruction.encode(**operands) == word, f"{word:#010x} {operands}"


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=_ident)
def test_operands_out_of_range_are_refused(instruction: Instruction) -> None:
    zeros = dict.fromkeys(instruction.fields, 0)
    for name in instruction.fields:
        width = instruction.field_width(name)
        beyond = {1 << width, -(1 << width) - 4} if width < 32 else {1 << width}
        for value in beyond | ({1} if min(s.field_lsb for s in instruction.fields[name]) else set()):
            with pytest.raises(ValueError, match=rf"{name} must be in"):
                instruction.encode(**{**zeros, name: value})
    with pytest.raises(ValueError, match="operands must be"):
        instruction.encode(**zeros, nonsense=0)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        (0x0000_0000, "all zeros"),
        (0xFFFF_FFFF, "all ones"),
        (0x0000_4001, "compressed"),
        (0x4200_F57B, "cv.srl.sci.b a0, ra, with a reserved bit: see below"),
        (0x0620_502B, "xdecimate.clear with rs2"),
        (0x0600_D02B, "xdecimate.clear with rs1"),
        (0x1200_502B, "xdecimate with funct7 9"),
    ],
)
def test_words_outside_the_table_are_illegal(word: int, why: str) -> None:
    if why.startswith("cv.srl"):
        assert find(word) is named("cv.srl.sci.b")
        word |= 1 << 22  # shift amounts of bytes have three bits; the fourth must be 0
    assert find(word) is None, why


def test_an_absent_extension_is_illegal() -> None:
    for instruction in INSTRUCTIONS:
        for config in (RV32IM, BASELINE):
            expected = instruction if config.has(instruction.extension) else None
            assert config.instruction_set.find(instruction.match) is expected


def test_pattern_shows_mask_and_match() -> None:
    assert named("xdecimate.m8").pattern == "0000001" + "-" * 10 + "101" + "-" * 5 + "0101011"


@pytest.mark.parametrize(
    ("mnemonic", "operands", "reads", "writes"),
    [
        ("add", None, ("rs1", "rs2"), ("rd",)),
        ("sw", None, ("rs1", "rs2"), ()),
        ("cv.lw", "rd, (rs1), imm", ("rs1",), ("rd", "rs1")),
        ("cv.sw", "rs2, (rs1), rs3", ("rs1", "rs2", "rs3"), ("rs1",)),
        ("cv.sdotsp.b", None, ("rs1", "rs2", "rd"), ("rd",)),
        ("xdecimate.m4", None, ("rs1", "rs2", "rd"), ("rd",)),
        ("xdecimate.clear", None, (), ()),
        ("cv.setup", None, ("rs1",), ()),
    ],
)
def test_ports(mnemonic: str, operands: str | None, reads: tuple[str, ...], writes: tuple[str, ...]) -> None:
    instruction = named(mnemonic, operands)
    assert instruction.reads == reads
    assert instruction.writes == writes


def test_encoding_must_fill_the_word() -> None:
    with pytest.raises(ValueError, match="must fill 32 bits, but 7 bits are left"):
        _ = Instruction("short", "rv32i", "rs2 rs1 000 rd 1111011", "", "alu.add", Cycles.SINGLE).mask


def test_csr_addresses_are_unique_and_in_a_known_extension() -> None:
    assert len({csr.address for csr in CSRS}) == len({csr.name for csr in CSRS}) == len(CSRS)
    assert {csr.extension for csr in CSRS} <= set(EXTENSIONS)
