"""Loops that a program with compressed instructions may not have, found in its code."""

from collections.abc import Callable
from pathlib import Path

import pytest

import xdecimate as xd
from hw.config import BASELINE, MEMORY_MAP, config_named
from sim.elf import Program, load_elf
from sim.loop_bodies import loop_faults
from sw_kernels.build import compile_object, core_flags, link_program

PLAIN = config_named("baseline-c")
Build = Callable[..., Program]


def raw(mnemonic: str, **fields: int) -> str:
    """A set-up of loop 0 without what the macro of xdecimate.h does around it."""
    row = next(row for row in BASELINE.instruction_set.instructions if row.mnemonic == mnemonic)
    return f".word {row.encode(loop=0, **fields):#x}"


#: Four rounds of a body of 12 bytes.
SETUP = raw("cv.setupi", count=4, uimm=16)
ADD, WIDE = "addi a1, a1, 1", "cv.addun a1, a1, a1, 0"


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """The program of some lines of assembly that return from main."""

    def make(*lines: str) -> Program:
        source = tmp_path / "loop.S"
        head = ['#include "xdecimate.h"', ".text", ".globl main", ".balign 4", "main:"]
        source.write_text("\n".join([*head, *lines, "li a0, 0", "ret", ""]))
        objects = [compile_object(source, core_flags(BASELINE))]
        return load_elf(link_program("loop", objects, BASELINE, MEMORY_MAP.l1.size))

    return make


#: Lines, the place of the fault behind main, and the fault.
FAULTS = {
    "compressed": ([SETUP, *[ADD] * 6], 4, "is compressed"),
    "compressed at the end": ([SETUP, WIDE, WIDE, ADD, ADD], 12, "is compressed"),
    "across the end": ([SETUP, ADD, WIDE, WIDE, WIDE], 14, "lies across its end"),
    "set-up at a half-word": ([ADD, SETUP, WIDE, WIDE, WIDE, ADD], 2, "is not at a multiple of 4"),
    "start and end": (
        [raw("cv.starti", uimm=12), raw("cv.endi", uimm=20), raw("cv.counti", count=4), WIDE, *[ADD] * 4],
        16,
        "is compressed",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_found(name: str, build: Build):
    lines, offset, what = FAULTS[name]
    program = build(*lines)
    (fault,) = loop_faults(program, BASELINE)
    assert fault.at == program.symbols["main"] + offset
    assert what in str(fault)


def test_bodies_without_compressed_instructions_have_no_fault(build: Build):
    assert loop_faults(build(SETUP, WIDE, WIDE, WIDE, ADD), BASELINE) == ()


@pytest.mark.parametrize("data", [[".byte 3"], ["a: .byte 3, 3, 3", "b: .byte 0, 0, 0"]])
def test_data_among_the_code_is_passed_over(data: list[str], build: Build):
    """A symbol behind data is where instructions begin again, also behind symbols at odd addresses."""
    program = build("j after", *data, ".balign 4", "after:", SETUP, *[ADD] * 6)
    assert [fault.at for fault in loop_faults(program, BASELINE)] == [program.symbols["after"] + 4]


def test_cores_without_compressed_instructions_have_no_fault(build: Build):
    program = build(SETUP, *[ADD] * 6)
    assert loop_faults(program, BASELINE)
    assert loop_faults(program, PLAIN) == ()


@pytest.mark.parametrize(
    "lines",
    [
        ["cv.setupi 0, 4, 1f", *[ADD] * 3, "1:"],
        ["cv.setup 0, a1, 1f", *[ADD] * 3, "1:"],
        ["cv.starti 0, 1f", "cv.endi 0, 2f", "cv.counti 0, 4", "1:", *[ADD] * 3, "2:"],
    ],
)
@pytest.mark.parametrize("before", [[], [ADD]], ids=["half-word", "word"])
def test_macros_keep_the_rules(before: list[str], lines: list[str], build: Build):
    """Compressed instructions return with .option rvc."""
    program = build("li a1, 4", *before, *lines, ".option rvc", "behind:", ADD, "end: nop")
    assert loop_faults(program, BASELINE) == ()
    assert program.symbols["end"] - program.symbols["behind"] == 2


@pytest.mark.parametrize("model", ["rtl", "iss"])
def test_a_run_warns(model: str, build: Build):
    program = build(SETUP, *[ADD] * 6)
    result = xd.run_elf(program.path, "xdecimate", model=model)
    assert result.passed
    assert len(result.warnings) == 1
    assert f"the instruction at {program.symbols['main'] + 4:#010x} is compressed" in result.warnings[0]
