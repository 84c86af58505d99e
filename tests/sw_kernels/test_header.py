"""The generated header: its encodings against the table, its intrinsics against their C models."""

import ctypes
import random
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from hw.config import CONFIGS, XDECIMATE
from hw.instructions import INSTRUCTIONS
from hw.isa.instruction import Instruction
from sim.elf import load_elf
from sim.iss.program import run_elf
from sw_kernels.build import (
    HOST_FLAGS,
    BuildError,
    build_c_program,
    compile_object,
    core_flags,
    generated_includes,
    link_host_library,
    link_program,
)
from sw_kernels.header import ABI_NAMES, header

PROGRAMS = Path(__file__).parent / "programs"
MACROS = [i for i in INSTRUCTIONS if i.extension in ("xcvhwlp", "xdecimate", "xdecmac")]
MAX_STEPS = 1_000_000


def assemble(lines: list[str], folder: Path) -> list[int]:
    """Words of the text section that clang makes of these lines under the header's macros."""
    source = folder / "macros.S"
    source.write_text("\n".join(['#include "xdecimate.h"', ".text", *lines, ""]))
    with compile_object(source, core_flags(XDECIMATE)).open("rb") as file:
        section = ELFFile(file).get_section_by_name(".text")
        assert section is not None
        text = section.data()
    return [int.from_bytes(text[i : i + 4], "little") for i in range(0, len(text), 4)]


def random_operands(instruction: Instruction, rng: random.Random) -> tuple[str, dict[str, int]]:
    """Assembly operands and the same as the table's field values."""
    fields = {}
    texts = []
    for name in filter(None, instruction.operands.split(", ")):
        if name in ("rd", "rs1", "rs2", "rs3"):
            fields[name] = rng.randrange(32)
            texts.append(rng.choice([f"x{fields[name]}", ABI_NAMES[fields[name]]]))
        elif name == "uimm":
            first = 4 if instruction.mnemonic.startswith("cv.setup") else 0  # a body has 3 instructions
            fields[name] = 4 * rng.randrange(first, 2 ** (instruction.field_width(name) - 2))
            texts.append(f". + {fields[name]}")
        else:
            fields[name] = rng.randrange(2 ** instruction.field_width(name))
            texts.append(str(fields[name]))
    return ", ".join(texts), fields


@pytest.mark.parametrize("instruction", MACROS, ids=lambda i: i.mnemonic)
def test_macros_assemble_to_the_tables_encodings(instruction: Instruction, tmp_path: Path) -> None:
    rng = random.Random(instruction.mnemonic)
    operands = [random_operands(instruction, rng) for _ in range(50)]
    words = assemble([f"{instruction.mnemonic} {text}" for text, _ in operands], tmp_path)
    assert words == [instruction.encode(**fields) for _, fields in operands]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["cv.setupi 0, 5, 1f", *["nop"] * 31, "1:"], "cv.setupi_wants_a_label_16_to_124_bytes_ahead"),
        (["cv.setupi 0, 5, . + 128"], "cv.setupi_wants_a_label_16_to_124_bytes_ahead"),
        (["cv.setupi 0, 5, 1f", "nop", "nop", "1:"], "cv.setupi_wants_a_label_16_to_124_bytes_ahead"),
        (["1: nop", "cv.setup 0, a0, 1b"], "cv.setup_wants_a_label_16_to_16380_bytes_ahead"),
        (["cv.setup 0, a0, 1f", ".zero 16380", "1:"], "cv.setup_wants_a_label_16_to_16380_bytes_ahead"),
        (["cv.starti 0, 1f", ".zero 2", "1:"], "cv.starti_wants_a_label_0_to_16380_bytes_ahead"),
        (["cv.endi 0, 1f", ".zero 16380", "1:"], "cv.endi_wants_a_label_0_to_16380_bytes_ahead"),
        (["cv.setupi 2, 5, 1f", *["nop"] * 3, "1:"], "cv.setupi: LOOP must be in 0..1, not 2"),
        (["cv.setupi 0, 4096, 1f", *["nop"] * 3, "1:"], "cv.setupi: COUNT must be in 0..4095, not 4096"),
        (["cv.counti 0, -1"], "cv.counti: COUNT must be in 0..4095, not -1"),
    ],
)
def test_loops_that_cannot_be_encoded_are_errors(lines: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError) as error:
        assemble([".option norelax", *lines], tmp_path)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "lines",
    [
        ["cv.setupi 0, 5, 1f", *["nop"] * 30, "1:"],
        ["cv.setupi 0, 4095, 1f", *["nop"] * 3, "1:"],
        ["cv.setup 0, a0, 1f", ".zero 16376", "1:"],
        ["cv.endi 0, 1f", ".zero 16376", "1:"],
    ],
)
def test_loops_at_the_end_of_their_reach_assemble(lines: list[str], tmp_path: Path) -> None:
    assert assemble([".option norelax", *lines], tmp_path)


def test_labels_reach_ahead(tmp_path: Path) -> None:
    words = assemble(["cv.setup 0, a0, 1f", "nop", "nop", "nop", "1:"], tmp_path)
    setup = next(i for i in MACROS if i.mnemonic == "cv.setup")
    assert words[0] == setup.encode(loop=0, rs1=10, uimm=16)


@pytest.mark.parametrize(
    ("config", "defines", "per_round"),
    [
        ("xdecimate", {}, 24),
        ("xdecmac", {"XDECMAC": "1"}, 37),
        ("xdecmac8", {"XDECMAC": "1", "XDECMAC_POSITIONS": "8"}, 46),
    ],
)
def test_intrinsics_equal_their_models(config: str, defines: dict[str, str], per_round: int) -> None:
    source, core = PROGRAMS / "intrinsics.c", CONFIGS[config]
    library = ctypes.CDLL(str(link_host_library("intrinsics", [compile_object(source, HOST_FLAGS, defines)])))
    assert library.main() == 0
    objects = [compile_object(source, core_flags(core), defines)]
    program = link_program("intrinsics", objects, core, 1 << 17)
    outcome = run_elf(program, core, MAX_STEPS)
    assert outcome.exit_code == 0
    count = 200 * per_round
    found = outcome.machine.memory.read(load_elf(program).symbols["results"], 4 * count)
    assert found == bytes((ctypes.c_uint32 * count).in_dll(library, "results"))


def test_assembly_source_with_nested_loops() -> None:
    program = build_c_program(PROGRAMS / "macros.S", "xdecimate", 1 << 17)
    assert run_elf(program, CONFIGS["xdecimate"], MAX_STEPS).exit_code == 0


@pytest.mark.parametrize(
    "compiler", [["gcc", "-x", "c", "-std=c99"], ["g++", "-x", "c++", "-std=c++17"]], ids=" ".join
)
def test_header_is_plain_c_and_cplusplus(compiler: list[str]) -> None:
    flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", str(generated_includes()), "-"]
    source = (
        '#include "xdecimate.h"\nint main(void) { return cv_min(1, 2) + (int)xdecimate_m4(0, "abcd", 0); }\n'
    )
    result = subprocess.run([*compiler, *flags], input=source, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_header_is_the_same_every_time() -> None:
    assert header() == header()
