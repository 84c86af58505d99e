"""Programs for what random ones seldom reach: corner operands, all bits of loops and CSRs, far addresses."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from hw.config import MEMORY_MAP, CoreConfig
from hw.instructions import ADDRESSES, INSTRUCTIONS, named
from hw.isa.instruction import Instruction
from hw.peripherals import REGISTERS
from sim.elf import Program
from sim.iss.traps import Interrupt
from sim.rtl.job import Job
from verif.programs.builder import DATA, NOP, Builder, Place

_A, _B, _C, _POINTER, _COUNT = 10, 11, 12, 13, 14
_NOWHERE = 0x4000_0000
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
    return random.choice(row.values(field))


def shift_amounts(random: Random, config: CoreConfig) -> Program:
    """Every amount by which an instruction shifts its sum or product, on noise."""
    rows = [row for row in INSTRUCTIONS if row.extension in ("xcvalu", "xcvmac") and "is3" in row.fields]
    out = Builder()
    for amount in range(32):
        for row in rows:
            if config.has(row.extension) and amount in row.values("is3"):
                for register in (_A, _B, _C):
                    out.load_immediate(register, random.getrandbits(32))
                out.words.append(row.encode(rd=_C, rs1=_A, rs2=_B, is3=amount))
    return out.finish()


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
    """All bits of both bounds; and loops whose end is one bit away from the program, which do not repeat."""
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


def _install_handler(out: Builder, handler: Builder, pointer: int | None = None) -> None:
    """Take traps to a copy of ``handler``, behind a jump over it; ``pointer`` is then in its register."""
    before = 4 if pointer is None else 6
    out.load_immediate(_B, out.address + 4 * before)
    out.emit("csrrw", rd=0, csr=ADDRESSES["mtvec"], rs1=_B)
    if pointer is not None:
        out.load_immediate(_POINTER, pointer)
    out.emit("jal", rd=0, imm=4 * (len(handler.words) + 1))
    out.words += handler.words


def _skipping(register: int) -> Builder:
    """A handler that continues behind the instruction that trapped."""
    handler = Builder()
    handler.emit("csrrs", rd=register, csr=ADDRESSES["mepc"], rs1=0)
    handler.emit("addi", rd=register, rs1=register, imm=4)
    handler.emit("csrrw", rd=0, csr=ADDRESSES["mepc"], rs1=register)
    handler.emit("mret")
    return handler


def loop_returns() -> Program:
    """Loops that start where no memory is, one bit away from the program; mepc tells where they went."""
    out, handler = Builder(), Builder()
    handler.emit("csrrs", rd=_C, csr=ADDRESSES["mepc"], rs1=0)
    handler.emit("csrrw", rd=0, csr=ADDRESSES["mepc"], rs1=_A)
    handler.emit("mret")
    _install_handler(out, handler)
    for loop in (0, 1):
        for bit in _ADDRESS_BITS:
            start = out.address ^ 1 << bit
            if start in MEMORY_MAP.l2 or start in MEMORY_MAP.l1:
                continue
            out.load_immediate(_B, start)
            out.emit("cv.start", loop=loop, rs1=_B)
            end = out.address + 4 * 14
            out.load_immediate(_B, end)
            out.emit("cv.end", loop=loop, rs1=_B)
            out.load_immediate(_A, end + 4)
            out.emit("cv.counti", loop=loop, count=2)
            out.words += [NOP] * 8
            assert out.address == end
            out.emit("jal", rd=0, imm=0)  # never reached
            out.emit("cv.counti", loop=loop, count=0)
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
    names += ["mcycleh", "minstreth", "minstret", "mcycle", *(state.csr.name for state in config.state)]
    for name in names:
        address = config.instruction_set.addresses[name]
        for bit in range(32):
            for value in (1 << bit, ~(1 << bit) & 0xFFFF_FFFF, random.getrandbits(32)):
                out.load_immediate(_A, value)
                write = random.choice(("csrrw", "csrrw", "csrrs", "csrrc"))
                out.emit(write, rd=_B, csr=address, rs1=_A)
                out.emit("csrrs", rd=_C, csr=address, rs1=0)
        for csr in config.instruction_set.csrs:
            out.emit("csrrs", rd=_C, csr=csr.address, rs1=0)
        out.emit("csrrw", rd=_B, csr=address, rs1=0)
    return out.finish()


def bit_fields(random: Random) -> Program:
    """Every size of a bit field at random places: each instruction that names a size and a place."""
    out = Builder()
    names = ("extract", "extractu", "insert", "bclr", "bset")
    for size in range(32):
        for name in names:
            for _ in range(2):
                for register in (_A, _C):
                    out.load_immediate(register, random.getrandbits(32))
                low = random.randrange(32)
                out.emit(f"cv.{name}", rd=_C, rs1=_A, is3=size, is2=low)
                out.load_immediate(_B, size << 5 | random.randrange(32))
                out.emit(f"cv.{name}r", rd=_C, rs1=_A, rs2=_B)
    return out.finish()


def faulting_loops(random: Random) -> Program:
    """Loops whose last instruction faults, or leaves EX while one before it does: no round is lost.

    The handler continues after the trap, so an iteration that is counted twice, or not at all, shows in
    lpcount; and so does one that is counted though the count is 0.
    """
    out = Builder()
    _install_handler(out, _skipping(_B), _NOWHERE)
    load = named("lw").encode(rd=_A, rs1=_POINTER, imm=0)
    for loop in (0, 1):
        for behind in range(3):
            body = [NOP] * 4
            body.insert(4 - behind, load)
            for count in (0, random.randrange(3, 6)):
                out.emit("cv.setupi", loop=loop, count=count, uimm=4 * (len(body) + 1))
                out.words += body
                for name in ("lpcount0", "lpcount1"):
                    out.emit("csrrs", rd=_C, csr=ADDRESSES[name], rs1=0)
    return out.finish()


def scattered_traps(random: Random, config: CoreConfig) -> Iterator[Program]:
    """Programs far apart in memory that branch, loop, and trap in ID, in EX and in WB.

    Their addresses, mepc and mtval have every bit. With compressed instructions no target is misaligned, and
    EX does not trap.
    """
    for code in (MEMORY_MAP.l1.base, MEMORY_MAP.l2.base + 0x15_5000, MEMORY_MAP.l2.base + 0xA_A000):
        out = Builder(Place(code=code))
        _install_handler(out, _skipping(_A), _NOWHERE | random.getrandbits(20) << 2)
        for _ in range(4):
            out.emit("lw", rd=_C, rs1=_POINTER, imm=0)
            out.emit("sw", rs2=_C, rs1=_POINTER, imm=4)
            if not config.has("c"):
                out.emit("beq", rs1=0, rs2=0, imm=6)
                out.emit("jal", rd=_C, imm=10)
            out.emit("ebreak")
            out.emit("beq", rs1=0, rs2=0, imm=8)
            out.words.append(NOP)
            out.emit("jal", rd=_C, imm=8)
            out.words.append(NOP)
            if config.has("xcvhwlp"):
                for loop in (0, 1):
                    out.emit("cv.setupi", loop=loop, count=2, uimm=4 * 4)
                    out.words += [NOP] * 4
            out.words += [NOP] * random.randrange(1, 200)
        yield out.finish()


def hart_ids(random: Random) -> Iterator[Job]:
    """A program that reads mhartid, on harts whose numbers have every bit set or clear."""
    out = Builder()
    for _ in range(100):
        out.emit("csrrs", rd=_A, csr=ADDRESSES["mhartid"], rs1=0)
    program = out.finish()
    for number in (0x5555_5555, 0xAAAA_AAAA, 0xFFFF_FFFF, random.getrandbits(32)):
        yield replace(_job(program), hart_id=number)


def boots(random: Random) -> Iterator[Program]:
    """Programs that start where no memory is: the first instruction traps, and so does the handler's."""
    program = Builder().finish()
    for address in (0x5555_5554, 0xAAAA_AAA8, random.getrandbits(32) & 0x0FFF_FFFC):
        yield replace(program, entry=address)


def vectors(random: Random) -> Iterator[Program]:
    """Programs whose trap handler lies where no memory is: its first instruction traps, again and again.

    An exception goes there first, or an interrupt.
    """
    for address in (0x5555_5554, 0xAAAA_AAA9, random.getrandbits(32) & 0x0FFF_FFFC):
        out = Builder()
        out.load_immediate(_A, address)
        out.emit("csrrw", rd=0, csr=ADDRESSES["mtvec"], rs1=_A)
        out.emit("ecall")
        yield out.finish()
    for address in (0x5555_5501, 0xAAAA_AA81, 0xFFFF_FF81):
        for number, interrupt in enumerate(Interrupt):
            out = Builder()
            out.load_immediate(_A, address)
            out.emit("csrrw", rd=0, csr=ADDRESSES["mtvec"], rs1=_A)
            out.load_immediate(_A, 1 << interrupt)
            out.emit("csrrw", rd=0, csr=ADDRESSES["mie"], rs1=_A)
            out.load_immediate(_POINTER, REGISTERS[0])
            out.emit("addi", rd=_B, rs1=0, imm=1)
            out.emit("sw", rs2=_B, rs1=_POINTER, imm=interrupt & 12)
            out.emit("csrrsi", rd=0, csr=ADDRESSES["mstatus"], uimm=8)
            out.words += [NOP] * (8 + number)
            yield out.finish()


def directed(random: Random, config: CoreConfig) -> Iterator[tuple[str, Job]]:
    """All directed programs for a configuration, by name; those called ``ENDLESS`` never end."""
    for unit, times in (("alu", 12), ("mul", 10), ("div", 80)):
        yield f"operands {unit}", _job(operands(random, config, unit, times))
    if config.has("xcvmac"):
        yield "shift amounts", _job(shift_amounts(random, config))
    yield "csr bits", _job(csr_bits(random, config))
    for number, job in enumerate(hart_ids(random)):
        yield f"hart id {number}", job
    for number, program in enumerate(scattered_traps(random, config)):
        yield f"scattered traps {number}", _job(program)
    if config.has("xcvbitmanip"):
        yield "bit fields", _job(bit_fields(random))
    if config.has("xcvhwlp"):
        yield "loop counts", _job(loop_counts(random))
        yield "loop bounds", _job(loop_bounds(random))
        yield "loop returns", _job(loop_returns())
        yield "loop immediates", _job(loop_immediates(random))
        yield "faulting loops", _job(faulting_loops(random))
    for name, programs in zip(ENDLESS, (boots(random), vectors(random)), strict=True):
        for number, program in enumerate(programs):
            yield f"{name} {number}", Job(program=program, max_cycles=300)


def _job(program: Program) -> Job:
    return Job(program=program, max_cycles=100_000)
