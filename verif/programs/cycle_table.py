"""CV32E40P's cycle table as programs: what is repeated, and the cycles that one repetition costs."""

from hw.config import CoreConfig
from hw.instructions import ADDRESSES
from sim.rtl.job import Job
from verif.programs.builder import DATA, NOP, Builder
from verif.programs.compressed import ROWS, packed
from verif.units.verification import verifications

A, B, ONE, MIN, ZERO, P, Q, X, Y = 10, 11, 12, 13, 14, 8, 9, 15, 16
REPEATS = 16


def words(*instructions: tuple) -> list[int]:
    """Instruction words of (mnemonic, operands) or (mnemonic, form, operands)."""
    out = Builder()
    for mnemonic, *form, operands in instructions:
        out.emit(mnemonic, *form, **operands)
    return out.words


def rrr(mnemonic: str, rd: int, rs1: int, rs2: int) -> tuple:
    return mnemonic, {"rd": rd, "rs1": rs1, "rs2": rs2}


LOAD = ("lw", {"rd": X, "rs1": P, "imm": 0})
ELW = ("cv.elw", {"rd": X, "rs1": P, "imm": 0})
USE = rrr("add", X, X, A)
NOTHING = ("addi", {"rd": 0, "rs1": 0, "imm": 0})
POST = ("cv.lw", "rd, (rs1), imm")

#: What is repeated, and the cycles that one repetition costs; extension units have cases of their own.
CASES: dict[str, tuple[list[tuple], int]] = {
    "alu, dependent": ([rrr("add", X, X, A)], 1),
    "lui": ([("lui", {"rd": X, "imm": 4096})], 1),
    "dot product": ([rrr("cv.sdotsp.b", X, A, B)], 1),
    "mul": ([rrr("mul", X, X, A)], 1),
    "mac": ([rrr("cv.mac", X, A, B)], 1),
    "bit manipulation": ([rrr("cv.extractr", X, A, B)], 1),
    "clip": ([("cv.clip", {"rd": X, "rs1": A, "is2": 8})], 1),
    "shuffle": ([rrr("cv.shuffle2.b", X, A, B)], 1),
    "mulh": ([rrr("mulh", X, A, B)], 5),
    "mulhu": ([rrr("mulhu", X, A, B)], 5),
    "mulhsu": ([rrr("mulhsu", X, A, B)], 5),
    "div by 7": ([rrr("div", X, A, A)], 3 + 29),
    "div by -3": ([rrr("div", X, A, B)], 3 + 29),
    "remu by 1": ([rrr("remu", X, A, ONE)], 3 + 31),
    "div by -2**31": ([rrr("div", X, A, MIN)], 3),
    "divu by 2**31": ([rrr("divu", X, A, MIN)], 3),
    "div by 0": ([rrr("div", X, A, ZERO)], 3 + 32),
    "load": ([LOAD], 1),
    "store": ([("sw", {"rs2": X, "rs1": P, "imm": 0})], 1),
    "load, register offset": ([("cv.lw", "rd, rs2(rs1)", {"rd": X, "rs1": P, "rs2": ZERO})], 1),
    "load-use, operand": ([LOAD, USE], 3),
    "load-use, store data": ([LOAD, ("sw", {"rs2": X, "rs1": P, "imm": 0})], 3),
    "load-use, accumulator": ([LOAD, rrr("cv.sdotsp.b", X, A, B)], 3),
    "load, one between, use": ([LOAD, NOTHING, USE], 3),
    "post-incremented pointer": (
        [(*POST, {"rd": X, "rs1": P, "imm": 4}), (*POST, {"rd": Y, "rs1": P, "imm": -4})],
        2,
    ),
    "misaligned word": ([("lw", {"rd": X, "rs1": P, "imm": 1})], 2),
    "misaligned store": ([("sw", {"rs2": X, "rs1": P, "imm": 3})], 2),
    "halfword across a word": ([("lh", {"rd": X, "rs1": P, "imm": 3})], 2),
    "halfword within a word": ([("lh", {"rd": X, "rs1": P, "imm": 1})], 1),
    "jal": ([("jal", {"rd": 0, "imm": 4})], 2),
    "jalr, rs1 computed two before": (
        [
            ("auipc", {"rd": X, "imm": 0}),
            ("addi", {"rd": Y, "rs1": 0, "imm": 0}),
            ("jalr", {"rd": 0, "rs1": X, "imm": 12}),
        ],
        2 + 2,
    ),
    "jalr, rs1 just computed": (
        [("auipc", {"rd": X, "imm": 0}), ("jalr", {"rd": 0, "rs1": X, "imm": 8})],
        1 + 3,
    ),
    "jalr, rs1 just loaded": (
        [
            ("auipc", {"rd": X, "imm": 0}),
            ("sw", {"rs2": X, "rs1": P, "imm": 0}),
            ("lw", {"rd": Y, "rs1": P, "imm": 0}),
            ("jalr", {"rd": 0, "rs1": Y, "imm": 16}),
        ],
        3 + 4,
    ),
    "branch not taken": ([("beq", {"rs1": A, "rs2": B, "imm": 8})], 1),
    "branch taken": ([("bne", {"rs1": A, "rs2": B, "imm": 4})], 3),
    "mscratch": ([("csrrw", {"rd": X, "csr": ADDRESSES["mscratch"], "rs1": A})], 1),
    "mhartid": ([("csrrs", {"rd": X, "csr": ADDRESSES["mhartid"], "rs1": 0})], 1),
    "loop register": ([("csrrs", {"rd": X, "csr": ADDRESSES["lpcount0"], "rs1": 0})], 1),
    "mcycle": ([("csrrs", {"rd": X, "csr": ADDRESSES["mcycle"], "rs1": 0})], 4),
    "mcountinhibit": ([("csrrw", {"rd": X, "csr": ADDRESSES["mcountinhibit"], "rs1": ZERO})], 4),
    "mhpmcounter3": ([("csrrs", {"rd": X, "csr": ADDRESSES["mhpmcounter3"], "rs1": 0})], 4),
    "mhpmevent3": ([("csrrw", {"rd": X, "csr": ADDRESSES["mhpmevent3"], "rs1": A})], 4),
    "mepc": ([("csrrw", {"rd": X, "csr": ADDRESSES["mepc"], "rs1": A})], 4),
    "fence": ([("fence", {"fm": 0, "pred": 15, "succ": 15, "r1": 0, "r2": 0})], 4),
    "fence.i": ([("fence.i", {"fi": 0, "r1": 0, "r2": 0})], 4),
    "loop set-up": ([("cv.counti", {"loop": 0, "count": 5})], 1),
}

#: Of extensions that no named configuration has.
EXTENSION_CASES: dict[str, dict[str, tuple[list[tuple], int]]] = {
    "xcvbi": {
        "cv.beqimm not taken": ([("cv.beqimm", {"rs1": A, "imm5": -3, "imm": 8})], 1),
        "cv.beqimm taken": ([("cv.beqimm", {"rs1": B, "imm5": -3, "imm": 4})], 3),
        "cv.bneimm not taken": ([("cv.bneimm", {"rs1": A, "imm5": 7, "imm": 8})], 1),
        "cv.bneimm taken": ([("cv.bneimm", {"rs1": A, "imm5": 6, "imm": 4})], 3),
        "cv.beqimm of what was just loaded": ([LOAD, ("cv.beqimm", {"rs1": X, "imm5": 1, "imm": 8})], 3),
    },
    "xcvbitrev": {
        "cv.bitrev, dependent": ([("cv.bitrev", {"rd": X, "rs1": X, "is3": 1, "is2": 4})], 1),
    },
    "xcvcplx": {
        "complex product, dependent": ([rrr("cv.cplxmul.r", X, X, A), rrr("cv.cplxmul.i.div4", X, X, A)], 2),
        "load-use, complex accumulator": ([LOAD, rrr("cv.cplxmul.i", X, A, B)], 3),
        "conjugate, dependent": ([("cv.cplxconj", {"rd": X, "rs1": X})], 1),
        "rotated difference, dependent": ([rrr("cv.subrotmj.div2", X, X, A)], 1),
        "divided sum, dependent": ([rrr("cv.add.div8", X, X, A)], 1),
    },
    "xcvelw": {
        "event load": ([ELW], 4),
        "event load and its use": ([ELW, USE], 5),
        "event load into its pointer": (
            [("sw", {"rs2": Q, "rs1": Q, "imm": 0}), ("cv.elw", {"rd": Q, "rs1": Q, "imm": 0})],
            1 + 5,
        ),
        "event load of a misaligned word": ([("cv.elw", {"rd": X, "rs1": P, "imm": 1})], 5),
    },
}


def _straddling(*codes: int) -> list[int]:
    """Words in which a 32-bit instruction that ``codes`` reach lies across two words."""
    return packed([*codes, *words(rrr("add", X, X, A)), _C_NOP])


_C_NOP = ROWS["c.nop"].match
_C_JUMP = ROWS["c.j"].encode(imm=2)
_C_BRANCH = ROWS["c.beqz"].encode(rs1=ZERO, imm=2)
#: A half-word 14 bytes ahead.
_ADDRESS = words(("auipc", {"rd": X, "imm": 0}), ("addi", {"rd": X, "rs1": X, "imm": 14}))
_FENCE = words(CASES["fence"][0][0])
_FENCE_I = words(CASES["fence.i"][0][0])
#: Of a core with extension c, as words: what is repeated, and the cycles that one repetition costs.
COMPRESSED_CASES: dict[str, tuple[list[int], int]] = {
    "16 bits": (packed([ROWS["c.add"].encode(rd=X, rs2=A)] * 2), 2),
    "32 bits across words": (packed([_C_NOP, *words(*[rrr("add", X, X, A)] * 5), _C_NOP]), 7),
    "c.lw and its use": (
        packed([ROWS["c.lw"].encode(rd=X, rs1=P, uimm=0), ROWS["c.and"].encode(rd=X, rs2=A)]),
        3,
    ),
    "c.j to 16 bits at a half-word": (packed([_C_JUMP, _C_NOP]), 2 + 1),
    "c.j to 32 bits at a word": (packed([_C_NOP, _C_JUMP]), 1 + 2),
    "c.j to 32 bits across words": (_straddling(_C_JUMP), 3 + 2),
    "jal to 32 bits across words": (
        _straddling(*words(("jal", {"rd": 0, "imm": 6})), _C_NOP),
        3 + 2,
    ),
    "c.jr to 16 bits at a half-word": (
        packed([*_ADDRESS, _C_NOP, _C_NOP, ROWS["c.jr"].encode(rs1=X), _C_NOP]),
        4 + 2 + 1,
    ),
    "branch taken to 16 bits at a half-word": (packed([_C_BRANCH, _C_NOP]), 3 + 1),
    "branch taken to 32 bits across words": (_straddling(_C_BRANCH), 4 + 2),
    "branch not taken, 32 bits across words": (_straddling(ROWS["c.bnez"].encode(rs1=ZERO, imm=2)), 1 + 2),
    "fence before 16 bits at a half-word": (packed([_C_NOP, *_FENCE, _C_NOP]), 1 + 4 + 1),
    "fence before 32 bits across words": (_straddling(_C_NOP, *_FENCE), 1 + 5 + 2),
    "fence.i before 32 bits across words": (_straddling(_C_NOP, *_FENCE_I), 1 + 5 + 2),
    "mcycle before 32 bits across words": (_straddling(_C_NOP, *words(CASES["mcycle"][0][0])), 1 + 4 + 2),
}


def cases(config: CoreConfig) -> dict[str, tuple[list[tuple], int]]:
    """The whole table for a configuration, which must have the instructions of ``CASES``."""
    own = [EXTENSION_CASES[name] for name in config.isa if name in EXTENSION_CASES]
    own += [dict(part.cycles) for part in verifications(config)]
    return CASES | {name: case for part in own for name, case in part.items()}


def program(body: list[int], config: CoreConfig) -> Job:
    """A job that runs instruction words between a fixed head and tail."""
    out = Builder()
    values = {A: 7, B: -3 & 0xFFFF_FFFF, ONE: 1, MIN: 0x8000_0000, ZERO: 0, P: DATA, Q: DATA + 64}
    for register, value in values.items():
        out.load_immediate(register, value)
    for state in config.state:
        out.emit("csrrwi", rd=0, csr=state.csr.address, uimm=state.reset)
    out.words += [NOP] * 3 + body + [NOP] * 3
    return Job(program=out.finish(bytes(512)), max_cycles=100_000)


def repeated(case: tuple[list[tuple], int], count: int) -> list[int]:
    """The words of a case, ``count`` times."""
    body, _ = case
    return words(*body) * count


def whole_table(config: CoreConfig, count: int) -> Job:
    """All cases one after the other, each ``count`` times, with nothing of one left in the pipeline."""
    body = [word for case in cases(config).values() for word in (*repeated(case, count), *[NOP] * 3)]
    return program(body, config)
