"""The table of compressed instructions is a sound code, and its codes are clang's."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from hw.config import BASELINE, config_named
from hw.instructions import named
from hw.isa.compressed import Compressed, is_compressed
from hw.isa.compressed_table import COMPRESSED

CODES = [code for code in range(1 << 16) if is_compressed(code)]
ROWS = {row.mnemonic: row for row in COMPRESSED}
SAMPLES = 12


@pytest.fixture(scope="module")
def found() -> dict[int, list[Compressed]]:
    """The rows of each code."""
    return {code: [row for row in COMPRESSED if row.matches(code)] for code in CODES}


def operands(row: Compressed, code: int) -> dict[str, int]:
    return {name.rstrip("'"): value for name, value in row.decode(code).items()}


def test_no_code_is_two_instructions(found: dict[int, list[Compressed]]):
    assert not [hex(code) for code, rows in found.items() if len(rows) > 1]
    assert all(found[row.match | ~row.mask & 0xFFFF] == [row] for row in COMPRESSED if row.fields)


def test_codes_survive_decoding_and_encoding(found: dict[int, list[Compressed]]):
    for code, rows in found.items():
        for row in rows:
            assert row.encode(**operands(row, code)) == code


def test_an_expansion_is_a_permutation_of_the_code(found: dict[int, list[Compressed]]):
    """The decompressor takes the bits, and the model the operands."""
    for code, rows in found.items():
        for row in rows:
            bits = sum((code >> bit & 1 if bit >= 0 else -1 - bit) << i for i, bit in enumerate(row.bits))
            assert row.expand(code) == bits, f"{row.mnemonic} {code:#06x}"


def test_the_numbers_of_codes(found: dict[int, list[Compressed]]):
    """Counted by hand from the manual's tables: free bits of each row, less what is excluded."""
    counts = Counter(row.mnemonic for rows in found.values() for row in rows)
    assert counts["c.addi4spn"] == (2**8 - 1) * 2**3
    assert counts["c.addi"] == 2**11 - 1
    assert counts["c.addi16sp"] == 2**6 - 1
    assert counts["c.lui"] == (2**6 - 1) * 31
    assert counts["c.lwsp"] == 31 * 2**6
    assert counts["c.jr"] == counts["c.jalr"] == 31
    assert counts["c.mv"] == counts["c.add"] == 31 * 2**5
    assert counts["c.j"] == counts["c.jal"] == 2**11
    assert sum(counts.values()) == 28_823


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (0x0000, "all zeros"),
        (0x0004, "c.addi4spn without an immediate"),
        (0x2000, "c.fld"),
        (0x6000, "c.flw"),
        (0x8000, "reserved in quadrant 0"),
        (0xA000, "c.fsd"),
        (0xE000, "c.fsw"),
        (0x6101, "c.addi16sp without an immediate"),
        (0x6081, "c.lui without an immediate"),
        (0x9001, "c.srli by 32 or more"),
        (0x9401, "c.srai by 32 or more"),
        (0x9C01, "c.subw"),
        (0x9C41, "c.mul of Zcb"),
        (0x1082, "c.slli by 32 or more"),
        (0x4002, "c.lwsp to x0"),
        (0x8002, "c.jr x0"),
        (0x2002, "c.fldsp"),
        (0x6002, "c.flwsp"),
        (0xA002, "c.fsdsp, and cm.push of Zcmp"),
        (0xE002, "c.fswsp"),
    ],
)
def test_reserved_codes_are_illegal(found: dict[int, list[Compressed]], code: int, why: str):
    assert found[code] == [], why


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (0x0001, False),  # c.nop
        (0x0005, True),  # c.nop 1
        (0x0081, True),  # c.addi ra, 0
        (0x0085, False),
        (0x4001, True),  # c.li zero, 0
        (0x6005, True),  # c.lui zero, 1
        (0x8001, True),  # c.srli s0, 0
        (0x0082, True),  # c.slli ra, 0
        (0x0006, True),  # c.slli zero, 1
        (0x8006, True),  # c.mv zero, ra
        (0x9006, True),  # c.add zero, ra
    ],
)
def test_hints_are_instructions_that_change_nothing(
    found: dict[int, list[Compressed]], code: int, hint: bool
):
    [row] = found[code]
    assert row.is_hint(code) == hint
    if hint:
        fields = row.row.decode(row.expand(code))
        assert fields["rd"] == 0 or fields.get("rs1") == fields["rd"]


@pytest.mark.parametrize(
    ("mnemonic", "given", "error"),
    [
        ("c.addi4spn", {"rd": 7, "uimm": 4}, "rd' must be in 8..15"),
        ("c.addi4spn", {"rd": 8, "uimm": 0}, "is no operand"),
        ("c.lw", {"rd": 8, "rs1": 8, "uimm": 2}, "in steps of 4, not 2"),
        ("c.j", {"imm": 2048}, "imm must be in -2048..2047"),
        ("c.jr", {"rs1": 0}, "is no operand"),
        ("c.li", {"rd": 1}, "operands must be"),
    ],
)
def test_operands_out_of_range_are_refused(mnemonic: str, given: dict[str, int], error: str):
    with pytest.raises(ValueError, match=error):
        ROWS[mnemonic].encode(**given)


def test_codes_are_illegal_without_the_extension():
    assert config_named("baseline-c").instruction_set.find_compressed(0x0001) is None
    assert BASELINE.instruction_set.find_compressed(0x0001) is ROWS["c.nop"]


def assemble(lines: list[str], folder: Path) -> bytes:
    """Machine code that clang makes of these lines."""
    source, result = folder / "lines.s", folder / "lines.o"
    source.write_text("\n".join([".option norelax", *lines, ""]))
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "riscv32-freestanding-none"]
    command += ["-mcpu=generic_rv32+m+c", "-c", str(source), "-o", str(result)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:2000]
    with result.open("rb") as file:
        section = ELFFile(file).get_section_by_name(".text")
        assert section is not None
        return section.data()


def line(mnemonic: str, text: str, values: dict[str, int]) -> str:
    """The assembly line of an instruction with these operands."""

    def operand(match: re.Match[str]) -> str:
        name = match[0]
        if name not in values:
            return name  # x2
        if name[0] == "r":
            return f"x{values[name]}"
        return str(values[name] >> 12 & 0xFFFFF if mnemonic in ("c.lui", "lui") else values[name])

    return f"{mnemonic} {re.sub(r'[a-z]+[0-9]?', operand, text.replace(chr(39), ''))}".strip()


def test_clang_agrees_on_every_row(rng: np.random.Generator, tmp_path: Path):
    """On the codes, and on the instructions that they stand for."""
    drawn = {row.mnemonic: [code for code in CODES if row.matches(code)] for row in COMPRESSED}
    cases = [
        (row, int(code))
        for row in COMPRESSED
        for code in rng.choice(drawn[row.mnemonic], SAMPLES)
        # clang has no mnemonic for other HINTs than these, nor for a shift by 0.
        if not row.is_hint(int(code))
    ]
    lines = [line(row.mnemonic, row.operands, operands(row, code)) for row, code in cases]
    text = assemble(lines, tmp_path)
    assert len(text) == 2 * len(lines)
    codes = [int.from_bytes(text[i : i + 2], "little") for i in range(0, len(text), 2)]
    wrong = [
        f"{shown}: clang {code:#06x}, table {case[1]:#06x}"
        for shown, code, case in zip(lines, codes, cases, strict=True)
        if code != case[1]
    ]
    assert not wrong, "\n".join(wrong[:20])
    # The assembler compresses the expansions to these codes, where only one code stands for them.
    unique = [(row, code) for row, code in cases if row.row.decode(row.expand(code)).get("rd") != 2]
    longer = [
        line(row.row.mnemonic, row.row.operands, row.row.decode(row.expand(code))) for row, code in unique
    ]
    assert assemble(longer, tmp_path) == b"".join(code.to_bytes(2, "little") for _, code in unique)


def test_expansions_are_rows_of_the_table():
    for row in COMPRESSED:
        assert named(row.row.mnemonic) is row.row
        assert set(row.sources) == set(row.row.fields)
