"""Instructions that compute one register: corner cases from the manuals, and NumPy as a second opinion."""

from collections.abc import Callable

import numpy as np
import pytest

from hw.config import XDECMAC
from hw.instructions import INSTRUCTIONS, named
from sim.iss.semantics import ACTIONS, VALUES
from sim.iss.unit_model import unit_models

RD, RS1, RS2 = 10, 11, 12
CORNERS = (0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x8000_7FFF, 0x7FFF_8000, 0x8080_7F7F, 0x7F80_80FF)


def compute(start: Callable, mnemonic: str, rs1: int, rs2: int = 0, rd: int = 0, **immediates: int) -> int:
    """rd after one instruction whose operands have these values."""
    instruction = named(mnemonic)
    registers = {"rd": RD, "rs1": RS1, "rs2": RS2}
    fields = {name: registers.get(name, immediates.get(name, 0)) for name in instruction.fields}
    machine = start([instruction.encode(**fields)], {RD: rd, RS1: rs1, RS2: rs2})
    step = machine.step()
    assert step.trap is None
    return machine.registers[RD]


def test_every_row_of_the_table_is_modelled() -> None:
    units = {mnemonic for unit in unit_models(XDECMAC) for mnemonic in unit.actions}
    assert {row.mnemonic for row in INSTRUCTIONS} == set(VALUES) | set(ACTIONS) | units
    assert not set(VALUES) & set(ACTIONS) | (set(VALUES) | set(ACTIONS)) & units


@pytest.mark.parametrize(
    ("mnemonic", "rs1", "rs2", "expected"),
    [
        ("sra", 0x8000_0000, 0xFFFF_FFE4, 0xF800_0000),  # amount 4
        ("sltu", 1, 0xFFFF_FFFF, 1),
        ("slt", 1, 0xFFFF_FFFF, 0),
        ("mulh", 0x8000_0000, 0x8000_0000, 0x4000_0000),
        ("mulhsu", 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF),
        ("mulhu", 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFE),
        ("div", 0x8000_0000, 0xFFFF_FFFF, 0x8000_0000),
        ("rem", 0x8000_0000, 0xFFFF_FFFF, 0),
        ("div", 0xFFFF_FFF9, 2, 0xFFFF_FFFD),  # -7 / 2 = -3
        ("rem", 0xFFFF_FFF9, 2, 0xFFFF_FFFF),
        ("rem", 7, 0xFFFF_FFFE, 1),
        ("div", 5, 0, 0xFFFF_FFFF),
        ("divu", 5, 0, 0xFFFF_FFFF),
        ("rem", 0xFFFF_FFFB, 0, 0xFFFF_FFFB),
        ("remu", 5, 0, 5),
        ("cv.abs", 0x8000_0000, 0, 0x8000_0000),
        ("cv.sle", 0x8000_0000, 0x8000_0000, 1),
        ("cv.sleu", 0x8000_0000, 1, 0),
        ("cv.clipr", 0xFFFF_FF00, 0x8000_007F, 0xFFFF_FF80),  # bit 31 of the bound does not count
        ("cv.clipr", 200, 127, 127),
        ("cv.clipr", 0xFFFF_FFFF, 0, 0xFFFF_FFFF),
        ("cv.clipur", 0xFFFF_FF00, 127, 0),
        ("cv.clipur", 0x7FFF_FFFF, 0xFFFF_FFFF, 0x7FFF_FFFF),
        ("cv.ror", 0x0000_0001, 33, 0x8000_0000),
        ("cv.ror", 0x1234_5678, 32, 0x1234_5678),
        ("cv.ff1", 0, 0, 32),
        ("cv.ff1", 0x8000_0000, 0, 31),
        ("cv.fl1", 0, 0, 32),
        ("cv.fl1", 1, 0, 0),
        ("cv.clb", 0, 0, 0),
        ("cv.clb", 0xFFFF_FFFF, 0, 31),
        ("cv.clb", 1, 0, 30),
        ("cv.clb", 0x4000_0000, 0, 0),
        ("cv.cnt", 0xFFFF_FFFF, 0, 32),
        ("cv.extractr", 0x0000_0F80, 3 << 5 | 8, 0xFFFF_FFFF),  # four bits from bit 8: 0xF
        ("cv.extractr", 0x8000_0000, 31 << 5 | 31, 0xFFFF_FFFF),  # cut off at bit 31
        ("cv.extractur", 0xA000_0000, 31 << 5 | 28, 0xA),
        ("cv.bsetr", 0, 31 << 5 | 30, 0xC000_0000),
        ("cv.bclrr", 0xFFFF_FFFF, 3 << 5 | 4, 0xFFFF_FF0F),
        ("cv.avg.b", 0x7F80_FF01, 0x0180_FF02, 0xC000_FF01),  # sums wrap to the byte first
        ("cv.avgu.b", 0x7F80_FF01, 0x0180_FF02, 0x4000_7F01),
        ("cv.abs.b", 0x8081_FF7F, 0, 0x807F_017F),
        ("cv.sra.h", 0x8000_7FFF, 0x0013_000F, 0xF000_0000),  # amounts 3 (19 mod 16) and 15
        ("cv.srl.sc.b", 0x8040_2010, 0xFFFF_FF0B, 0x1008_0402),  # amount 3 (11 mod 8)
        ("cv.cmpgt.b", 0x7F80_0001, 0x807F_0000, 0xFF00_00FF),
        ("cv.cmpgtu.b", 0x7F80_0001, 0x807F_0000, 0x00FF_00FF),
        ("cv.dotup.b", 0xFFFF_FFFF, 0xFFFF_FFFF, 4 * 255 * 255),
        ("cv.dotusp.b", 0xFFFF_FFFF, 0xFFFF_FFFF, -4 * 255 & 0xFFFF_FFFF),
        ("cv.dotsp.b", 0x8080_8080, 0x8080_8080, 4 * 128 * 128),
        ("cv.dotsp.h", 0x8000_8000, 0x8000_8000, 0x8000_0000),
        ("cv.shuffle.b", 0x4433_2211, 0xFC01_0203, 0x1122_3344),
        ("cv.shuffle.h", 0x4433_2211, 0x0000_0001, 0x2211_4433),
        ("cv.pack", 0x1111_2222, 0x3333_4444, 0x2222_4444),
        ("cv.cplxmul.r", 0x4000_8000, 0x4000_8000, 0x0000_6000),  # (-1 + j/2)**2 = 3/4 - j
        ("cv.cplxmul.r.div8", 0x7FFF_8000, 0x8000_8000, 0x0000_1FFF),
        ("cv.cplxmul.i", 0x4000_8000, 0x4000_8000, 0x8000_0000),
        ("cv.cplxmul.i", 0x8000_8000, 0x8000_8000, 0),  # 2**31 wraps to -2**31
        ("cv.cplxmul.i.div2", 0x8000_8000, 0x8000_8000, 0x8000_0000),
        ("cv.cplxmul.i.div4", 0x8000_8000, 0x8000_8000, 0xC000_0000),
        ("cv.cplxconj", 0x8000_1234, 0, 0x8000_1234),  # -(-2**15) wraps
        ("cv.cplxconj", 0x0001_8000, 0, 0xFFFF_8000),
        ("cv.subrotmj", 0x0007_0003, 0x0001_0004, 0x0001_0006),  # (3 + 7j - 4 - j) * -j
        ("cv.subrotmj.div4", 0x8000_0000, 0x7FFF_8000, 0xE000_0000),  # both wrap first
        ("cv.add.div2", 0x7FFF_FFFF, 0x0001_FFFE, 0xC000_FFFE),
        ("cv.add.div8", 0x0010_FFF0, 0x0008_0001, 0x0003_FFFE),
        ("cv.sub.div2", 0x8000_0003, 0x0001_0006, 0x3FFF_FFFE),
        ("cv.pack.h", 0x1111_2222, 0x3333_4444, 0x1111_3333),
    ],
)
def test_corners(start: Callable, mnemonic: str, rs1: int, rs2: int, expected: int) -> None:
    assert f"{compute(start, mnemonic, rs1, rs2):#010x}" == f"{expected:#010x}"


@pytest.mark.parametrize(
    ("mnemonic", "rs1", "immediates", "expected"),
    [
        ("sltiu", 5, {"imm": -1}, 1),
        ("lui", 0, {"imm": -4096}, 0xFFFF_F000),
        ("srai", 0x8000_0000, {"uimm": 31}, 0xFFFF_FFFF),
        ("cv.clip", 5, {"is2": 0}, 0),
        ("cv.clip", 0xFFFF_FFF0, {"is2": 0}, 0xFFFF_FFFF),
        ("cv.clip", 0xFFFF_FF00, {"is2": 8}, 0xFFFF_FF80),
        ("cv.clip", 0x7FFF_FFFF, {"is2": 31}, 0x3FFF_FFFF),
        ("cv.clipu", 300, {"is2": 8}, 127),
        ("cv.clipu", 300, {"is2": 0}, 0),
        ("cv.extract", 0x0000_0F80, {"is3": 7, "is2": 4}, 0xFFFF_FFF8),
        ("cv.extractu", 0x0000_0F80, {"is3": 7, "is2": 4}, 0xF8),
        ("cv.extract", 0x9000_0000, {"is3": 7, "is2": 28}, 0xFFFF_FFF9),
        ("cv.bitrev", 0xC64A_5933, {"is3": 0, "is2": 4}, 0x0CC9_A526),  # the manual's three examples
        ("cv.bitrev", 0xC64A_5933, {"is3": 1, "is2": 4}, 0x0CC6_5A19),
        ("cv.bitrev", 0xC64A_5933, {"is3": 2, "is2": 4}, 0x216B_244B),
        ("cv.bitrev", 0xC64A_5933, {"is3": 3, "is2": 4}, 0x0CC9_A526),
        ("cv.bitrev", 0x0000_0003, {"is3": 0, "is2": 31}, 1),
        ("cv.add.sci.b", 0x0001_7FFF, {"imm": -1}, 0xFF00_7EFE),
        ("cv.minu.sci.b", 0xFF3F_4000, {"uimm": 63}, 0x3F3F_3F00),
        ("cv.max.sci.h", 0x8000_0001, {"imm": -32}, 0xFFE0_0001),
        ("cv.cmpltu.sci.h", 0x003E_003F, {"uimm": 63}, 0xFFFF_0000),
        ("cv.dotusp.sci.b", 0x01FF_0102, {"imm": -32}, -32 * (1 + 255 + 1 + 2) & 0xFFFF_FFFF),
        ("cv.extract.b", 0x0080_0000, {"uimm": 2}, 0xFFFF_FF80),
        ("cv.extractu.h", 0x8001_0000, {"uimm": 1}, 0x8001),
        ("cv.shuffle.sci.h", 0x4433_2211, {"uimm": 1}, 0x2211_4433),
        ("cv.shufflei0.sci.b", 0x4433_2211, {"uimm": 0b00_01_11}, 0x1111_2244),
        ("cv.shufflei3.sci.b", 0x4433_2211, {"uimm": 0b10_01_00}, 0x4433_2211),
    ],
)
def test_corners_with_immediates(
    start: Callable, mnemonic: str, rs1: int, immediates: dict[str, int], expected: int
) -> None:
    assert f"{compute(start, mnemonic, rs1, **immediates):#010x}" == f"{expected:#010x}"


@pytest.mark.parametrize(
    ("mnemonic", "rd", "rs1", "rs2", "immediates", "expected"),
    [
        ("cv.cplxmul.r", 0xABCD_0000, 0x0000_7FFF, 0x0000_4000, {}, 0xABCD_3FFF),
        ("cv.cplxmul.i.div2", 0x0000_ABCD, 0x0000_7FFF, 0x4000_0000, {}, 0x1FFF_ABCD),
        ("cv.addn", 0, 0x7FFF_FFFF, 1, {"is3": 1}, 0xC000_0000),  # the sum wraps, then the sign shifts in
        ("cv.addun", 0, 0x7FFF_FFFF, 1, {"is3": 1}, 0x4000_0000),
        ("cv.addrn", 0, 5, 1, {"is3": 2}, 2),
        ("cv.addurn", 0, 0xFFFF_FFFF, 0, {"is3": 1}, 0),
        ("cv.subn", 0, 1, 4, {"is3": 1}, 0xFFFF_FFFE),
        ("cv.subrn", 0, 1, 4, {"is3": 0}, 0xFFFF_FFFD),
        ("cv.addnr", 0x7FFF_FFFF, 1, 33, {}, 0xC000_0000),  # rd + rs1, amount rs2[4:0]
        ("cv.subunr", 1, 2, 28, {}, 0xF),
        ("cv.suburnr", 1, 2, 32, {}, 0xFFFF_FFFF),
        ("cv.mac", 0xFFFF_FFFF, 0x1_0001, 0x1_0001, {}, 0x2_0000),
        ("cv.msu", 0, 3, 5, {}, 0xFFFF_FFF1),
        ("cv.mulsn", 0, 0x8000, 0x8000, {"is3": 0}, 0x4000_0000),
        ("cv.mulsrn", 0, 0xFFFF, 3, {"is3": 1}, 0xFFFF_FFFF),  # (-3 + 1) >>> 1
        ("cv.mulhhun", 0, 0xFFFF_0000, 0xFFFF_0000, {"is3": 16}, 0xFFFE),
        ("cv.macsn", 0x7FFF_FFFF, 1, 1, {"is3": 4}, 0xF800_0000),  # wraps before it is shifted
        ("cv.macun", 0xFFFF_FFFF, 1, 1, {"is3": 4}, 0),
        ("cv.machhurn", 1, 0x0003_0000, 0x0002_0000, {"is3": 3}, 1),  # (6 + 1 + 4) >> 3
        ("cv.insert", 0xFFFF_FFFF, 0, 0, {"is3": 7, "is2": 28}, 0x0FFF_FFFF),
        ("cv.insertr", 0, 0xAB, 7 << 5 | 8, {}, 0xAB00),
        ("cv.insert.b", 0x4433_2211, 0xAA, 0, {"uimm": 3}, 0xAA33_2211),
        ("cv.insert.h", 0x4433_2211, 0x1_BEEF, 0, {"uimm": 1}, 0xBEEF_2211),
        ("cv.sdotsp.b", 10, 0x0101_0101, 0xFFFF_FFFF, {}, 6),
        ("cv.sdotup.h", 1, 0xFFFF_FFFF, 0xFFFF_FFFF, {}, (2 * 0xFFFE_0001 + 1) & 0xFFFF_FFFF),
        ("cv.shuffle2.b", 0xDDCC_BBAA, 0x4433_2211, 0x0704_0300, {}, 0x4411_DDAA),
        ("cv.shuffle2.h", 0xDDCC_BBAA, 0x4433_2211, 0x0003_0000, {}, 0x4433_BBAA),
        ("cv.packlo.b", 0xDDCC_BBAA, 0x11, 0x22, {}, 0xDDCC_1122),
        ("cv.packhi.b", 0xDDCC_BBAA, 0x11, 0x22, {}, 0x1122_BBAA),
    ],
)
def test_corners_that_read_rd_or_shift(
    start: Callable, mnemonic: str, rd: int, rs1: int, rs2: int, immediates: dict[str, int], expected: int
) -> None:
    assert f"{compute(start, mnemonic, rs1, rs2, rd, **immediates):#010x}" == f"{expected:#010x}"


#: Lane-wise operations in NumPy, whose integers wrap: operation and whether lanes are unsigned.
NUMPY: dict[str, tuple[Callable[..., np.ndarray], bool]] = {
    "add": (np.add, False),
    "sub": (np.subtract, False),
    "avg": (lambda a, b: (a + b) >> 1, False),
    "avgu": (lambda a, b: (a + b) >> 1, True),
    "min": (np.minimum, False),
    "minu": (np.minimum, True),
    "max": (np.maximum, False),
    "maxu": (np.maximum, True),
    "srl": (lambda a, b: a >> b % (8 * b.itemsize), True),
    "sra": (lambda a, b: a >> b % (8 * b.itemsize), False),
    "sll": (lambda a, b: a << b % (8 * b.itemsize), True),
    "or": (np.bitwise_or, False),
    "xor": (np.bitwise_xor, False),
    "and": (np.bitwise_and, False),
    "cmpeq": (lambda a, b: -(a == b).astype(a.dtype), False),
    "cmpne": (lambda a, b: -(a != b).astype(a.dtype), False),
    "cmpgt": (lambda a, b: -(a > b).astype(a.dtype), False),
    "cmpge": (lambda a, b: -(a >= b).astype(a.dtype), False),
    "cmplt": (lambda a, b: -(a < b).astype(a.dtype), False),
    "cmple": (lambda a, b: -(a <= b).astype(a.dtype), False),
    "cmpgtu": (lambda a, b: -(a > b).astype(a.dtype), True),
    "cmpgeu": (lambda a, b: -(a >= b).astype(a.dtype), True),
    "cmpltu": (lambda a, b: -(a < b).astype(a.dtype), True),
    "cmpleu": (lambda a, b: -(a <= b).astype(a.dtype), True),
}
TYPES = {("h", False): np.int16, ("h", True): np.uint16, ("b", False): np.int8, ("b", True): np.uint8}


def lanes(word: int, kind: type) -> np.ndarray:
    return np.array([word], np.uint32).view(kind)


def operand_words(rng: np.random.Generator) -> list[tuple[int, int]]:
    pairs = [(a, b) for a in CORNERS for b in CORNERS]
    return pairs + [(int(a), int(b)) for a, b in rng.integers(0, 1 << 32, (50, 2))]


@pytest.mark.parametrize("letter", "hb")
@pytest.mark.parametrize("name", NUMPY)
def test_lanes_against_numpy(name: str, letter: str, rng: np.random.Generator) -> None:
    function, unsigned = NUMPY[name]
    kind = TYPES[letter, unsigned]
    for a, b in operand_words(rng):
        first, second = lanes(a, kind), lanes(b, kind)
        immediate = b & 0x3F if unsigned else (b & 0x3F ^ 0x20) - 0x20
        scalar, repeated = np.full_like(second, second[0]), np.full_like(second, immediate)
        for form, last, other in (("", b, second), (".sc", b, scalar), (".sci", immediate, repeated)):
            expected = int(function(first, other).astype(kind).view(np.uint32)[0])
            found = VALUES[f"cv.{name}{form}.{letter}"](a, last)
            assert found == expected, f"cv.{name}{form}.{letter} {a:#010x} {last:#x}: {found:#010x}"


@pytest.mark.parametrize("letter", "hb")
@pytest.mark.parametrize(("name", "unsigned"), [("up", (1, 1)), ("usp", (1, 0)), ("sp", (0, 0))])
def test_dot_products_against_numpy(
    name: str, unsigned: tuple[int, int], letter: str, rng: np.random.Generator
) -> None:
    kinds = [TYPES[letter, bool(flag)] for flag in unsigned]
    for a, b in operand_words(rng):
        first, second = lanes(a, kinds[0]).astype(np.int64), lanes(b, kinds[1]).astype(np.int64)
        for form, other in (("", second), (".sc", np.full_like(second, second[0]))):
            expected = int(first @ other) & 0xFFFF_FFFF
            assert VALUES[f"cv.dot{name}{form}.{letter}"](a, b) == expected, f"{a:#010x} {b:#010x}"
            accumulated = VALUES[f"cv.sdot{name}{form}.{letter}"](a ^ b, a, b)
            assert accumulated == (expected + (a ^ b)) & 0xFFFF_FFFF, f"{a:#010x} {b:#010x}"


def test_x0_stays_zero_and_can_be_a_source(start: Callable, word: Callable) -> None:
    machine = start([word("addi", rd=0, rs1=0, imm=5), word("addi", rd=1, rs1=0, imm=7)], {1: 3})
    assert machine.step().writes == ()
    assert machine.step().writes == ((1, 7),)
    assert machine.registers[0] == 0
