"""xdecimate.h, cluster_registers.h and the link script, generated from the tables and the memory map."""

from functools import cache
from pathlib import Path

import jinja2

from hw.cluster.config import MAX_CORES
from hw.cluster.registers import COUNTER_NAMES, COUNTERS, REGISTERS, Event
from hw.config import MEMORY_MAP, Region
from hw.instructions import ADDRESSES, INSTRUCTIONS, named
from hw.isa.instruction import Instruction
from hw.isa.table import SHORTEST_BODY
from hw.units.registry import UNITS

FOLDER = Path(__file__).parent
NOTICE = "Generated from hw/isa by sw_kernels/header.py; edit the template beside it instead."
#: Bytes of L1 that every program keeps for its stack.
STACK_SIZE = 4096
#: A DMA transfer that fails ends a cluster's program with this and the transfer's number.
EXIT_DMA = 0x2000
#: Register names that compilers print.
ABI_NAMES = (
    *("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"),
    *(f"a{i}" for i in range(8)),
    *(f"s{i}" for i in range(2, 12)),
    *(f"t{i}" for i in range(3, 7)),
)
#: Intrinsics with two sources: name in C, mnemonic.
BINARY = (("cv_min", "cv.min"), ("cv_max", "cv.max"), ("cv_pack", "cv.pack"), ("cv_pack_h", "cv.pack.h"))
#: Intrinsics that also read their destination.
ACCUMULATING = (
    ("cv_mac", "cv.mac"),
    ("cv_sdotsp_b", "cv.sdotsp.b"),
    ("cv_shuffle2_b", "cv.shuffle2.b"),
    ("cv_packlo_b", "cv.packlo.b"),
    ("cv_packhi_b", "cv.packhi.b"),
)
#: Extensions whose instructions are macros with register operands, in the order of the fields.
_OF_UNITS = frozenset(unit.extension for unit in UNITS)
#: Macro before a set-up of a hardware loop that names a label; the template defines it.
_ALIGN_LOOP = "xd_align_loop"
#: Its lines with compressed instructions: one of them may fill the gap, none may follow.
_LOOP_ALIGNMENT = (
    ".option push",
    ".option rvc",
    ".option norelax",
    ".balign 4",
    ".option pop",
    ".option norvc",
)
#: Clips to the 8-bit range.
CLIPPING = (("cv_clip_int8", "cv.clip"), ("cv_clipu_int8", "cv.clipu"))


def _fixed(word: int) -> tuple[int, int, int]:
    """Major opcode, funct3 and funct7 of an instruction word."""
    return word & 0x7F, word >> 12 & 7, word >> 25


def r_type(mnemonic: str) -> str:
    """Opcode, funct3 and funct7 of an R-type instruction, as ``.insn r`` takes them."""
    return "{:#x}, {}, {:#x}".format(*_fixed(named(mnemonic).match))


def i_type(mnemonic: str, operands: str) -> str:
    """Opcode and funct3 of an I-type or S-type instruction, as ``.insn i`` and ``.insn s`` take them."""
    return "{:#x}, {}".format(*_fixed(named(mnemonic, operands).match))


def _in_range(mnemonic: str, name: str, last: int) -> list[str]:
    """An error unless an operand that is a number fits its field."""
    return [
        f".if ((\\{name}) < 0) | ((\\{name}) > {last})",
        f'.error "{mnemonic}: {name.upper()} must be in 0..{last}, not \\{name}"',
        ".endif",
    ]


def _within_reach(mnemonic: str, first: int, last: int) -> list[str]:
    """An error unless the label lies that many bytes ahead.

    Only the layout knows how far a label is, and there nothing but a location that moves backwards is an
    error. A symbol whose name says what is wrong is in the line that the assembler shows with it. True is -1.
    """
    rule = f".Lxd_{mnemonic}_wants_a_label_{first}_to_{last}_bytes_ahead"
    distance = "(\\uimm - .)"
    misses = f"({distance} < {first}) | ({distance} > {last}) | (({distance} & 3) != 0)"
    return [f".set {rule}, 1", f".org . + {rule} * ({misses})"]


def _loop_macro(instruction: Instruction) -> list[str]:
    """A hardware-loop instruction as a macro: label differences, which ``.insn`` refuses, go into a word.

    What does not fit its field is an error, and so is a body of fewer than three instructions where one
    instruction sets all of the loop. With compressed instructions, one that names a label lies at a multiple
    of 4, and those after it have 32 bits.
    """
    terms = [f"{instruction.match:#x}"]
    checks = []
    alignment = [_ALIGN_LOOP] if "uimm" in instruction.fields else []
    for field, slices in instruction.fields.items():
        value = {"rs1": ".Lxd_\\rs1", "uimm": "(\\uimm - .)"}.get(field, f"(\\{field})")
        last = (1 << instruction.field_width(field)) - 1
        if field == "uimm":
            sets_all = instruction.mnemonic.startswith("cv.setup")
            checks += _within_reach(instruction.mnemonic, SHORTEST_BODY + 4 if sets_all else 0, last & ~3)
        elif field != "rs1":
            checks += _in_range(instruction.mnemonic, field, last)
        for part in slices:
            low = f"({value} >> {part.field_lsb})" if part.field_lsb else value
            terms.append(f"({low} << {part.lsb})")
    return [
        f".macro {instruction.mnemonic} {instruction.operands}",
        *alignment,
        ".option push",
        ".option norelax",
        *checks,
        f".word {' | '.join(terms)}",
        ".option pop",
        ".endm",
    ]


def assembler_macros() -> list[str]:
    """Lines that teach an assembler the extension units' instructions and the hardware loops."""
    names = [*enumerate(ABI_NAMES), *((i, f"x{i}") for i in range(32)), (8, "fp")]
    lines = [f".set .Lxd_{name}, {number}" for number, name in names]
    for instruction in INSTRUCTIONS:
        if instruction.extension == "xcvhwlp":
            lines += _loop_macro(instruction)
        elif instruction.extension in _OF_UNITS:
            fields = instruction.operands.split(", ") if instruction.operands else []
            values = [f"\\{field}" for field in fields] or ["x0"] * 3
            lines += [
                f".macro {instruction.mnemonic} {', '.join(fields)}".rstrip(),
                f".insn r {r_type(instruction.mnemonic)}, {', '.join(values)}",
                ".endm",
            ]
    return lines


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def header() -> str:
    """The text of xdecimate.h."""
    return (
        _environment()
        .get_template("include/xdecimate.h.j2")
        .render(
            notice=NOTICE,
            assembler_macros=assembler_macros(),
            loop_alignment=_LOOP_ALIGNMENT,
            binary=BINARY,
            accumulating=ACCUMULATING,
            clipping=CLIPPING,
            r_type=r_type,
            i_type=i_type,
            csr=ADDRESSES.__getitem__,
        )
    )


def cluster_registers() -> str:
    """The text of cluster_registers.h: a pointer for each register of the cluster, a mask for each event."""
    lines = [f"/* {NOTICE.replace('hw/isa', 'hw/cluster/registers.py')} */"]
    lines += ["#ifndef CLUSTER_REGISTERS_H", "#define CLUSTER_REGISTERS_H", "", "#include <stdint.h>", ""]
    lines += [f"#define EXIT_DMA {EXIT_DMA:#x} /* + number of the transfer that failed */", ""]
    lines += [f"#define CLUSTER_EVENT_{event.name} {event.value:#x}u" for event in Event]
    lines += ["", f"#define CLUSTER_MAX_CORES {MAX_CORES}"]
    lines += ["", "/* Counters of the reading core, one after the other from the first. */"]
    lines += [f"#define CLUSTER_COUNTERS {len(COUNTER_NAMES)}"]
    lines += [f"#define CLUSTER_COUNTER ((volatile uint32_t *){COUNTERS:#x}u)"]
    for register in REGISTERS:
        pointer = f"((volatile uint32_t *){register.address:#x}u)"
        lines += ["", f"/* {register.about} */", f"#define CLUSTER_{register.name.upper()} {pointer}"]
        if register.count > 1:
            lines.append(
                f"#define CLUSTER_{register.name.upper()}_AT(n) "
                f"((volatile uint32_t *)({register.address:#x}u + {register.step}u * (n)))"
            )
    return "\n".join([*lines, "", "#endif", ""])


def link_script(l1_size: int, *, cores: int = 1, stack_size: int = STACK_SIZE) -> str:
    """The text of the link script for ``l1_size`` bytes of L1, with a stack for each core."""
    return (
        _environment()
        .get_template("runtime/link.ld.j2")
        .render(
            l1=Region(base=MEMORY_MAP.l1.base, size=l1_size),
            l2=MEMORY_MAP.l2,
            l3=MEMORY_MAP.l3,
            cores=cores,
            boot=MEMORY_MAP.boot,
            stack_size=stack_size,
        )
    )
