"""Values that the fields of the decoder's controls take."""

from amaranth.hdl import Value, ValueLike, unsigned
from amaranth.lib import data, enum


class FunctionalUnit(enum.Enum, shape=unsigned(3)):
    """The unit of EX that makes the result."""

    ALU = 0
    MULTIPLIER = 1
    DIVIDER = 2
    LSU = 3  # the result is the post-incremented pointer; load data come from WB
    CSR = 4


class Lanes(enum.Enum, shape=unsigned(2)):
    """Width of the elements that an operation works on."""

    WORD = 0
    HALF = 1
    BYTE = 2


class AluOperation(enum.Enum, shape=unsigned(6)):
    """Operations of the ALU; comparisons give 0 or 1 on words and a mask on lanes."""

    ADD = 0
    SUB = 1
    AND = 2
    OR = 3
    XOR = 4
    SLL = 5
    SRL = 6
    SRA = 7
    ROR = 8
    CMPEQ = 9
    CMPNE = 10
    CMPLT = 11
    CMPGE = 12
    CMPLTU = 13
    CMPGEU = 14
    CMPGT = 15
    CMPLE = 16
    CMPGTU = 17
    CMPLEU = 18
    MIN = 19
    MINU = 20
    MAX = 21
    MAXU = 22
    ABS = 23
    CLIP = 24
    CLIPU = 25
    AVG = 26
    AVGU = 27
    ADDN = 28
    ADDUN = 29
    ADDRN = 30
    ADDURN = 31
    SUBN = 32
    SUBUN = 33
    SUBRN = 34
    SUBURN = 35
    EXTRACT = 36
    EXTRACTU = 37
    INSERT = 38
    BCLR = 39
    BSET = 40
    FF1 = 41
    FL1 = 42
    CLB = 43
    CNT = 44
    LANE_GET = 45
    LANE_GETU = 46
    LANE_PUT = 47
    SHUFFLE = 48
    SHUFFLE2 = 49
    PACK = 50
    PACKH = 51
    PACKLO = 52
    PACKHI = 53


def is_among(operation: ValueLike, *operations: AluOperation) -> Value:
    """One bit: the operation is one of ``operations``."""
    return Value.cast(operation).matches(*operations)


class MultiplierOperation(enum.Enum, shape=unsigned(3)):
    """Operations of the multiplier; signs, halves and rounding come beside it.

    The top bit tells words from the rest: the choice of its factors is on the longest path.
    """

    MUL = 0  # low word of a * b
    MAC = 1  # c + a * b
    MSU = 2  # c - a * b
    HALF = 4  # (c + product of one pair of halves) >> amount
    DOT = 5  # c + sum of the lanes' products
    HIGH = 6  # high word of a * b, 5 cycles
    SCALE = 7  # four values of an extension unit that borrows the multiplier, 5 cycles


class ComplexOperation(enum.Enum, shape=unsigned(2)):
    """Change of an operation on halves to one on a complex number, its real part in the lower half."""

    NONE = 0
    SCALE = 1  # shift the sums or differences by funct3; of a dot product, make one part of a complex product
    ROTATE = 2  # multiply the difference by -j, then shift it by funct3
    CONJUGATE = 3  # of ABS: negate the imaginary part alone


class CsrOperation(enum.Enum, shape=unsigned(2)):
    READ = 0
    WRITE = 1
    SET = 2
    CLEAR = 3


class System(enum.Enum, shape=unsigned(3)):
    """Instructions that the controller handles in ID."""

    NONE = 0
    FENCE = 1
    ECALL = 2
    EBREAK = 3
    MRET = 4
    WFI = 5


class Jump(enum.Enum, shape=unsigned(2)):
    NONE = 0
    PC = 1
    REGISTER = 2
    BRANCH = 3


class OperandA(enum.Enum, shape=unsigned(3)):
    RS1 = 0
    RD = 1
    PC = 2
    ZERO = 3
    UIMM = 4


class OperandB(enum.Enum, shape=unsigned(2)):
    RS2 = 0
    RD = 1
    RS1 = 2
    IMMEDIATE = 3


class OperandC(enum.Enum, shape=unsigned(2)):
    ZERO = 0
    RD = 1
    RS2 = 2
    TARGET = 3


class Immediate(enum.Enum, shape=unsigned(4)):
    """Source of the immediate of operand b."""

    I = 0  # noqa: E741 (the manual's name)
    S = 1
    U = 2
    SHAMT = 3  # bits 24:20
    FOUR = 4  # bytes of the instruction, for the link address of a jump; 2 of a compressed one
    CLIP = 5  # 2**(is2 - 1) - 1
    BIT_FIELD = 6  # is3 above is2, as the register form has them in rs2
    SIMD = 7  # sign-extended 6 bits in every lane
    SIMD_UNSIGNED = 8
    SHUFFLE_HALF = 9  # lane numbers where the register form has them in rs2
    SHUFFLE_BYTE = 10


class LoopWrites(data.Struct):
    """Registers of a hardware loop that an instruction sets in ID."""

    start: unsigned(1)
    end: unsigned(1)
    count: unsigned(1)
