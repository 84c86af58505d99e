"""Programs for what random ones seldom reach: corner operands, all bits of loops and CSRs, boot addresses."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from hw.config import CoreConfig
from hw.isa.csr import ADDRESSES, CSRS
from hw.isa.instruction import SIGNED_FIELD, Instruction
from hw.isa.lookup import named
from hw.isa.table import INSTRUCTIONS
from sim.elf import Program
from sim.rtl.job import Job
from verif.programs.builder import DATA, NOP, Builder

_A, _B, _C, _POINTER, _COUNT = 10, 11, 12, 13, 14
_ADDRESS_BITS = range(2, 32)
ENDLESS = ("boot", "vector")


def _corner(random: Random) -> int:
    """A word near something: one bit, all bits but one, a run of ones, lanes alike, a small number, noise."""
    bit = 1 << random.randrange(32)
    lane = random.choice((0x80, 0x7F, 0xFF, 0x01, random.getrandbits(8)))
    words = (bit, ~bit, bit - 1, -bit, lane * 0x0101_0101, random.randrange(-40, 41), random.getrandbits(32))
    return random.choice(words) & 0xFFFF_FFFF


def operands(random: Random, config: CoreConfig, unit: str, times: int) -> Program:
    """Every instruction of a unit (``alu``, ``mul``, ``div``) ``times`` times on corner operands."""
    own = [row for row in INSTRUCTIONS if row.operation.split(".")[0] == unit]
    rows = [row for row in own if config.has(row.extension)]
    out = Builder()
    for row in rows:
        equal = random.randrange(times)
        for number in range(times):
            values = [_corner(random) for _ in range(3)]
            if number == equal:
                values[1] = values[0]
            for register, value in zip((_A, _B, _C), values, strict=True):
                out.load_immediate(register, value)
            out.words.append(row.encode(**{field: _field(random, row, field) for field in row.fields}))
    return out.finish()


def _field(random: Random, row: Instruction, field: str) -> int:
    registers = {"rd": _C, "rs1": _A, "rs2": _B, "rs3": _C}
    if field in registers:
        return registers[field]
    width = row.field_width(field)
    step = 1 << min(part.field_lsb for part in row.fields[field])
    if field == SIGNED_FIELD:
        return random.randrange(-(1 << width - 1), 1 << width - 1, step)
    return random.randrange(0, 1 << width, step)


def loop_counts(random: Random) -> Program:
    """All bits of both counts; and a loop whose count is a power of two in each iteration, then one less."""
    out = Builder()
    for loop in (0, 1):
        for _ in range(24):
            out.load_immediate(_A, random.getrandbits(32))
            out.emit("cv.count", loop=loop, rs1=_A)
            for _ in range(2):
                out.emit("csrrs", rd=_C, csr=ADDRESSES[f"lpcount{loop}"], rs1=0)
    counts = [*(1 << bit for bit in range(1, 32)), 0x5555_5555, 0xAAAA_AAAA, 1]
    for loop in (0, 1):
        out.load_immediate(_POINTER, DATA)
        out.load_immediate(_COUNT, counts[0])
        body = Builder()
        body.emit("csrrs", rd=_A, csr=ADDRESSES[f"lpcount{loop}"], rs1=0)
        body.emit("cv.lw", "rd, (rs1), imm", rd=_COUNT, rs1=_POINTER, imm=4)
        body.emit("cv.count", loop=loop, rs1=_COUNT)
        body.words += [NOP] * 8
        out.emit("cv.setup", loop=loop, rs1=_COUNT, uimm=4 * (len(body.words) + 1))
        out.words += body.words
    return out.finish(struct.pack(f"<{len(counts)}I", *counts))


def loop_bounds(random: Random) -> Program:
    """All bits of both bounds; and loops whose end is one bit away from where the program is, which go on."""
    out = Builder()
    for loop in (0, 1):
        for bit in _ADDRESS_BITS:
            out.load_immediate(_A, random.getrandbits(32) & ~3)
            out.emit("cv.start", loop=loop, rs1=_A)
            passed = out.address + 4 * 10
            end = passed ^ 1 << bit
            out.load_immediate(_B, end)
            out.emit("cv.end", loop=loop, rs1=_B)
            out.emit("csrrs", rd=_C, csr=ADDRESSES[f"lpstart{loop}"], rs1=0)
            out.emit("csrrs", rd=_C, csr=ADDRESSES[f"lpend{loop}"], rs1=0)
            # An end nearby is met by this very program, and would be a loop.
            out.emit("cv.counti", loop=loop, count=5 if abs(end - passed) > 64 else 0)
            out.words += [NOP] * 8
            out.emit("cv.counti", loop=loop, count=0)
            out.words += [NOP] * 4
    return out.finish()


def loop_immediates(random: Random) -> Program:
    """Bounds and counts from immediates of all lengths, each followed by a look at all three registers."""
    out = Builder()
    for loop in (0, 1):
        for _ in range(16):
            for mnemonic in ("cv.starti", "cv.endi", "cv.counti"):
                length = random.randrange(6, 13)
                number = random.randrange(1 << length - 1, 1 << length)
                operand = {"count": number} if mnemonic == "cv.counti" else {"uimm": 4 * number}
                out.words.append(named(mnemonic).encode(loop=loop, **operand))
                for name in ("lpstart", "lpend", "lpcount"):
                    out.emit("csrrs", rd=_C, csr=ADDRESSES[f"{name}{loop}"], rs1=0)
            # An end that lies just ahead must not be met with a count.
            out.emit("cv.counti", loop=loop, count=0)
    return out.finish()


def csr_bits(random: Random, config: CoreConfig) -> Program:
    """Every bit of every register that can be written without acting at once: set, cleared, written, read.

    And all registers are read while one of them is full of noise.
    """
    out = Builder()
    names = ["mscratch", "mepc", "mcause", "mtval", "mtvec", "mie", "mcountinhibit"]
    names += ["mcycleh", "minstreth", "minstret", "mcycle", *["xdecimate"] * config.has("xdecimate")]
    for name in names:
        address = ADDRESSES[name]
        for bit in range(32):
            for value in (1 << bit, ~(1 << bit) & 0xFFFF_FFFF, random.getrandbits(32)):
                out.load_immediate(_A, value)
                write = random.choice(("csrrw", "csrrw", "csrrs", "csrrc"))
                out.emit(write, rd=_B, csr=address, rs1=_A)
                out.emit("csrrs", rd=_C, csr=address, rs1=0)
        for csr in CSRS:
            if config.has(csr.extension):
                out.emit("csrrs", rd=_C, csr=csr.address, rs1=0)
        out.emit("csrrw", rd=_B, csr=address, rs1=0)
    return out.finish()


def boots(random: Random) -> Iterator[Program]:
    """Programs that start where no memory is: the first instruction traps, and so does the handler's."""
    program = Builder().finish()
    for address in (0x5555_5554, 0xAAAA_AAA8, random.getrandbits(32) & 0x0FFF_FFFC):
        yield replace(program, entry=address)


def vectors(random: Random) -> Iterator[Program]:
    """Programs whose trap handler lies where no memory is: its first instruction traps, again and again."""
    for address in (0x5555_5554, 0xAAAA_AAA9, random.getrandbits(32) & 0x0FFF_FFFC):
        out = Builder()
        out.load_immediate(_A, address)
        out.emit("csrrw", rd=0, csr=ADDRESSES["mtvec"], rs1=_A)
        out.emit("ecall")
        yield out.finish()


def directed(random: Random, config: CoreConfig) -> Iterator[tuple[str, Job]]:
    """All of them for a configuration, by name; those called ``ENDLESS`` never end."""
    for unit, times in (("alu", 12), ("mul", 10), ("div", 80)):
        yield f"operands {unit}", _job(operands(random, config, unit, times))
    yield "csr bits", _job(csr_bits(random, config))
    if config.has("xcvhwlp"):
        yield "loop counts", _job(loop_counts(random))
        yield "loop bounds", _job(loop_bounds(random))
        yield "loop immediates", _job(loop_immediates(random))
    for name, programs in zip(ENDLESS, (boots(random), vectors(random)), strict=True):
        for number, program in enumerate(programs):
            yield f"{name} {number}", Job(program=program, max_cycles=300)


def _job(program: Program) -> Job:
    return Job(program=program, max_cycles=100_000)
