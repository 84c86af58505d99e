"""The list of what CV32E40P has beyond this core: its encodings are clang's, and nothing of it decodes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from hw.instructions import ADDRESSES, find
from hw.isa import cv32e40p, table
from reports.cv32e40p import render

#: Operands of those that do not take three registers.
OPERANDS = {
    "cv.elw": "x10, 20(x11)",
}


def test_the_encodings_are_those_that_clang_knows(tmp_path: Path):
    source, result = tmp_path / "lines.s", tmp_path / "lines.o"
    lines = [f"{row.mnemonic} {OPERANDS.get(row.mnemonic, 'x10, x11, x12')}" for row in cv32e40p.INSTRUCTIONS]
    source.write_text("\n".join([".option norelax", *lines, ""]))
    cpu = "-mcpu=generic_rv32+xcvsimd+xcvbitmanip+xcvbi+xcvelw"
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "riscv32-freestanding-none", cpu, "-c"]
    subprocess.run([*command, source, "-o", result], check=True)
    with result.open("rb") as file:
        section = ELFFile(file).get_section_by_name(".text")
        assert section is not None
        text = section.data()
    words = [int.from_bytes(text[at : at + 4], "little") for at in range(0, len(text), 4)]
    for row, line, word in zip(cv32e40p.INSTRUCTIONS, lines, words, strict=True):
        assert f"{word & row.mask:#010x}" == f"{row.match:#010x}", line


def test_what_is_listed_is_illegal_in_every_configuration():
    absent = cv32e40p.absent_instructions()
    assert {row.mnemonic for row in absent} <= {row.mnemonic for row in cv32e40p.INSTRUCTIONS}
    assert all(find(row.match) is None for row in absent)


def test_registers_that_have_come_are_no_longer_listed():
    absent = cv32e40p.absent_csrs()
    assert "mcountinhibit" not in absent
    assert not {cv32e40p.CSRS[name] for name in absent} & set(ADDRESSES.values())
    assert {"tselect", "dcsr", "uhartid"} < set(absent)


def test_an_instruction_that_comes_leaves_the_list(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "INSTRUCTIONS", (*table.INSTRUCTIONS, cv32e40p.INSTRUCTIONS[0]))
    assert "cv.elw" not in render()
    assert "cv.cplxconj" not in render()


def test_the_document_names_everything_once():
    names = re.findall(r"`(cv\.[a-z0-9.]+)`", render())
    assert sorted(names) == sorted(row.mnemonic for row in cv32e40p.absent_instructions())
