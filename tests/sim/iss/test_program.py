"""Whole programs on the model, and ELF files that cannot be used."""

import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from common.errors import UserError
from hw.config import MEMORY_MAP, RV32IM, XDECIMATE, Region
from hw.peripherals import CHARACTER_OUTPUT, SOFTWARE_INTERRUPT
from sim.elf import load_elf
from sim.iss.program import run_elf
from sw_kernels.build import compile_object, core_flags, link_program

PROGRAMS = Path(__file__).parents[1] / "rtl" / "programs"
LINK = """ENTRY(_start)
SECTIONS { . = BASE; .text : { *(.text) } .data : { *(.data) } .bss : { *(.bss) } }
"""
PROGRAM = """
.globl _start, tohost
_start:
    la t0, numbers
    lw a0, 0(t0)
    lw a1, 4(t0)
    mul a0, a0, a1
    la t1, zeros
    lw a1, 2044(t1)
    add a0, a0, a1
    la t2, tohost
    sw a0, 0(t2)
1:  j 1b
.data
numbers: .word FIRST, SECOND
tohost: .word 0
.bss
zeros: .space 8192
"""

TARGET = ["-target", "riscv32-freestanding-none", "-mcpu=generic_rv32+m"]
CLANG = [sys.executable, "-m", "ziglang", "cc", *TARGET]

Build = Callable[..., Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """An ELF file of PROGRAM, which stores FIRST * SECOND to tohost."""

    def make(first: int = 1, second: int = 1, base: int = 0x1C00_8080, source: str = PROGRAM) -> Path:
        (tmp_path / "link.ld").write_text(LINK.replace("BASE", hex(base)))
        text = source.replace("FIRST", str(first)).replace("SECOND", str(second))
        (tmp_path / "program.S").write_text(text)
        options = "-nostdlib -static -T link.ld program.S -o program.elf"
        subprocess.run([*CLANG, *options.split()], cwd=tmp_path, check=True)
        return tmp_path / "program.elf"

    return make


@pytest.mark.parametrize(("first", "second", "code"), [(1, 1, 0), (3, 5, 7), (7, 1, 3)])
def test_exit_code_is_what_tohost_says(build: Build, first: int, second: int, code: int) -> None:
    outcome = run_elf(build(first, second), RV32IM, max_steps=1000)
    assert outcome.exit_code == code
    assert outcome.steps < 20


def test_a_program_that_does_not_end_has_no_exit_code(build: Build) -> None:
    outcome = run_elf(build(0), RV32IM, max_steps=1000)  # a store of 0 ends nothing
    assert (outcome.exit_code, outcome.steps) == (None, 1000)


def test_program_has_segments_with_bss_and_symbols(build: Build) -> None:
    program = load_elf(build(2, 3))
    assert program.entry == program.symbols["_start"] == 0x1C00_8080
    memory = {s.address + i: byte for s in program.segments for i, byte in enumerate(s.data)}
    numbers = program.symbols["numbers"]
    assert bytes(memory[numbers + i] for i in range(8)) == struct.pack("<2I", 2, 3)
    assert memory[program.symbols["zeros"] + 8191] == 0


def test_not_an_elf(tmp_path: Path) -> None:
    path = tmp_path / "text.elf"
    path.write_text("no ELF at all, but some text")
    with pytest.raises(UserError, match=r"text\.elf is not a usable ELF file"):
        load_elf(path)


@pytest.mark.parametrize("length", [0, 3, 20, 60, 100])
def test_truncated_elf(build: Build, length: int) -> None:
    path = build()
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(UserError, match="is not a usable ELF file"):
        load_elf(path)


def test_damaged_segment(build: Build) -> None:
    path = build()
    content = bytearray(path.read_bytes())
    first_header = int.from_bytes(content[28:32], "little")
    load = next(at for at in range(first_header, len(content), 32) if content[at] == 1)  # PT_LOAD
    content[load + 16 : load + 20] = (1 << 20).to_bytes(4, "little")  # more bytes than the file has
    path.write_bytes(content)
    with pytest.raises(UserError, match="is damaged"):
        load_elf(path)


def test_missing_file_and_directory(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*none\.elf: No such file"):
        load_elf(tmp_path / "none.elf")
    with pytest.raises(UserError, match=r"cannot read .*: Is a directory"):
        load_elf(tmp_path)


def test_elf_of_another_machine() -> None:
    with pytest.raises(UserError, match=r"give an executable .* for EM_RISCV, 32-bit, little-endian"):
        load_elf(Path(sys.executable).resolve())


def test_object_file_is_no_program(build: Build) -> None:
    source = build().with_name("program.S")
    subprocess.run([*CLANG, "-c", "program.S", "-o", "program.o"], cwd=source.parent, check=True)
    with pytest.raises(UserError, match="is ET_REL for EM_RISCV"):
        load_elf(source.with_name("program.o"))


def test_segment_outside_memory_is_named(build: Build) -> None:
    with pytest.raises(UserError, match=r"segment 0x80000000\.\.0x[0-9a-f]+ .* link it into 0x10000000"):
        load_elf(build(base=0x8000_0000))


def test_memory_may_be_larger_or_smaller(build: Build) -> None:
    path = build()
    with pytest.raises(UserError, match=r"does not fit into memory; link it into 0x1c008080\.\.0x1c00809f"):
        load_elf(path, [Region(base=0x1C00_8080, size=32)])
    assert load_elf(path, [Region(base=0x1C00_0000, size=1 << 20)]).entry == 0x1C00_8080


def test_program_without_tohost(build: Build) -> None:
    with pytest.raises(UserError, match="has no symbol tohost"):
        load_elf(build(source=PROGRAM.replace("tohost", "elsewhere")))


def test_device() -> None:
    def outcome(name: str, **macros: int):
        values = {macro: str(value) for macro, value in macros.items()}
        compiled = compile_object(PROGRAMS / f"{name}.c", core_flags(XDECIMATE), values)
        path = link_program(name, [compiled], XDECIMATE, MEMORY_MAP.l1.size)
        return run_elf(path, XDECIMATE, max_steps=100_000)

    assert outcome("interrupts", DEVICE=SOFTWARE_INTERRUPT, DELAY=100).exit_code == 0
    report = outcome("report", OUTPUT=CHARACTER_OUTPUT, CODE=3)
    assert (report.exit_code, report.output) == (3, "a line\n")
