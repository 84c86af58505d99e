"""Our encodings against those of clang's assembler, and literal words for what it does not know."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from hw.instructions import EXTENSIONS, INSTRUCTIONS, find, named
from hw.isa.instruction import REGISTER_FIELDS, Instruction

#: Extensions of ours that clang's assembler lacks.
UNKNOWN_TO_CLANG = ("xcvhwlp", "xdecimate", "xdecmac")
SAMPLES = 8


def assemble(lines: Sequence[str], folder: Path) -> list[int]:
    """The words that clang makes of these lines."""
    source, result = folder / "lines.s", folder / "lines.o"
    # The nop is there because clang 22 refuses a file whose first instruction is an .insn.
    source.write_text("\n".join([".option norelax", "nop", *lines, ""]))
    cpu = "-mcpu=generic_rv32+m+xcvmem+xcvsimd+xcvmac+xcvalu+xcvbitmanip+xcvbi+xcvelw"
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "riscv32-freestanding-none", cpu, "-c"]
    done = subprocess.run([*command, str(source), "-o", str(result)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:2000]
    with result.open("rb") as file:
        section = ELFFile(file).get_section_by_name(".text")
        assert section is not None
        text = section.data()
    return [int.from_bytes(text[i : i + 4], "little") for i in range(4, len(text), 4)]


def random_operands(instruction: Instruction, rng: np.random.Generator) -> dict[str, int]:
    """Any values of the fields that the assembler's operands name; the rest is zero."""
    operands = instruction.decode(int(rng.integers(0, 1 << 32)))
    shown = re.findall(r"\w+", instruction.operands)
    return {name: value if name in shown else 0 for name, value in operands.items()} | (
        {"fm": 0} if instruction.mnemonic == "fence" else {}
    )


def line(instruction: Instruction, operands: dict[str, int]) -> str:
    """The assembly line of an instruction with these operands."""

    def text(match: re.Match[str]) -> str:
        name, value = match[0], operands[match[0]]
        if name in REGISTER_FIELDS:
            return f"x{value}"
        if instruction.mnemonic in ("lui", "auipc") and name == "imm":
            return str(value >> 12 & 0xFFFFF)
        if instruction.mnemonic == "fence":
            return (
                "".join(letter for bit, letter in zip((8, 4, 2, 1), "iorw", strict=True) if value & bit)
                or "0"
            )
        return str(value)

    return f"{instruction.mnemonic} {re.sub(r'[a-z]+[0-9]?', text, instruction.operands)}".strip()


def test_clang_agrees_on_every_row_it_knows(rng: np.random.Generator, tmp_path: Path) -> None:
    cases = [
        (instruction, random_operands(instruction, rng))
        for instruction in INSTRUCTIONS
        if instruction.extension not in UNKNOWN_TO_CLANG
        for _ in range(SAMPLES)
    ]
    lines = [line(instruction, operands) for instruction, operands in cases]
    words = assemble(lines, tmp_path)
    assert len(words) == len(lines)
    wrong = [
        f"{shown}: clang {word:#010x}, table {instruction.encode(**operands):#010x}"
        for (instruction, operands), shown, word in zip(cases, lines, words, strict=True)
        if word != instruction.encode(**operands) or find(word) is not instruction
    ]
    assert not wrong, "\n".join(wrong[:20])


def test_every_extension_that_clang_knows_is_held_against_it() -> None:
    """The next test covers all extensions that the previous test leaves out."""
    literal = {mnemonic for mnemonic, _, _ in LITERAL_WORDS}
    left_out = {i.mnemonic for i in INSTRUCTIONS if i.extension in UNKNOWN_TO_CLANG}
    assert literal == left_out
    assert set(UNKNOWN_TO_CLANG) < set(EXTENSIONS)


#: Worked out by hand from the CV32E40P manual's encoding tables: custom-1, funct3 4, rd = op << 1 | loop,
#: offsets in words; and custom-1, funct3 5 for XDecimate and XDecmac.
LITERAL_WORDS = [
    ("cv.starti", {"loop": 0, "uimm": 8}, 0x0020_402B),
    ("cv.start", {"loop": 1, "rs1": 5}, 0x0002_C1AB),
    ("cv.endi", {"loop": 1, "uimm": 16}, 0x0040_42AB),
    ("cv.end", {"loop": 0, "rs1": 10}, 0x0005_432B),
    ("cv.counti", {"loop": 0, "count": 4095}, 0xFFF0_442B),
    ("cv.count", {"loop": 1, "rs1": 31}, 0x000F_C5AB),
    ("cv.setupi", {"loop": 0, "count": 100, "uimm": 28}, 0x0643_C62B),
    ("cv.setup", {"loop": 1, "rs1": 6, "uimm": 252}, 0x03F3_47AB),
    ("xdecimate.m4", {"rd": 10, "rs1": 11, "rs2": 12}, 0x00C5_D52B),
    ("xdecimate.m8", {"rd": 10, "rs1": 11, "rs2": 12}, 0x02C5_D52B),
    ("xdecimate.m16", {"rd": 10, "rs1": 11, "rs2": 12}, 0x04C5_D52B),
    ("xdecimate.clear", {}, 0x0600_502B),
    ("xdecmac.m4", {"rs3": 5, "rs1": 6, "rs2": 7}, 0x0873_52AB),
    ("xdecmac.m8", {"rs3": 5, "rs1": 6, "rs2": 7}, 0x0A73_52AB),
    ("xdecmac.m16", {"rs3": 5, "rs1": 6, "rs2": 7}, 0x0C73_52AB),
    ("xdecmac.m1", {"rs3": 5, "rs1": 6, "rs2": 7}, 0x0E73_52AB),
    ("xdecq", {"rd": 5, "rs1": 6, "rs2": 7}, 0x1073_52AB),
]


@pytest.mark.parametrize(("mnemonic", "operands", "word"), LITERAL_WORDS)
def test_words_worked_out_by_hand(mnemonic: str, operands: dict[str, int], word: int) -> None:
    assert f"{named(mnemonic).encode(**operands):#010x}" == f"{word:#010x}"


def test_insn_directive_makes_the_xdecimate_words(tmp_path: Path) -> None:
    """``.insn r 0x2b, 5, funct7`` is how compilers without our mnemonics write them."""
    rows = [f"xdecimate.{flavour}" for flavour in ("m4", "m8", "m16")]
    lines = [f".insn r 0x2b, 5, {funct7}, x10, x11, x12" for funct7 in range(3)]
    words = assemble([*lines, ".insn r 0x2b, 5, 3, x0, x0, x0"], tmp_path)
    operands = {"rd": 10, "rs1": 11, "rs2": 12}
    assert words == [*(named(row).encode(**operands) for row in rows), named("xdecimate.clear").encode()]
