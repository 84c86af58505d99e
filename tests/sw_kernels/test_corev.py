"""C with the further instructions of CORE-V: a program on the model, and what clang chooses."""

from pathlib import Path

from elftools.elf.elffile import ELFFile

from hw.config import XDECIMATE, config_named
from hw.isa.instruction_set import InstructionSet
from sim.elf import load_elf
from sim.iss.program import run_program
from sim.iss.traps import Cause
from sw_kernels.build import compile_object, core_flags, link_program

FOURIER = Path(__file__).parent / "programs" / "fourier.c"
CONFIG = config_named(f"{XDECIMATE.name}+corev")


def mnemonics(code: bytes, instructions: InstructionSet) -> set[str]:
    """Mnemonics of the words that are instructions."""
    words = (int.from_bytes(code[at : at + 4], "little") for at in range(0, len(code) & ~3, 4))
    return {row.mnemonic for word in words if (row := instructions.find(word))}


def test_a_fourier_transform_is_that_in_c():
    objects = [compile_object(FOURIER, core_flags(CONFIG))]
    program = load_elf(link_program("fourier", objects, CONFIG, 1 << 17))
    [code] = (part.data for part in program.segments if 0 <= program.entry - part.address < len(part.data))
    used = mnemonics(code, CONFIG.instruction_set)
    assert {"cv.bitrev", "cv.cplxmul.r", "cv.cplxmul.i", "cv.add.div2", "cv.sub.div2"} < used
    assert run_program(program, CONFIG, 100_000).exit_code == 0
    assert run_program(program, XDECIMATE, 100_000).exit_code == 0x1000 + Cause.ILLEGAL_INSTRUCTION


def test_clang_compares_with_an_immediate(tmp_path: Path):
    source = tmp_path / "choice.c"
    source.write_text("int a(void), b(void); int choose(int x) { return x == 5 ? a() : b(); }\n")
    for config, used in ((CONFIG, True), (XDECIMATE, False)):
        with compile_object(source, core_flags(config)).open("rb") as file:
            section = ELFFile(file).get_section_by_name(".text.choose")
            assert section is not None
            found = mnemonics(section.data(), CONFIG.instruction_set)
        assert bool({"cv.beqimm", "cv.bneimm"} & found) == used
