"""Instructions and hidden state of XDecmac, behind XDecimate's at custom-1, funct3 5."""

from collections.abc import Mapping

from hw.isa.csr import Csr
from hw.isa.instruction import Cycles, Instruction, rows
from hw.units.unit import State

#: Bytes of a word, and products of an instruction.
LANES = 4
#: Address of the accumulators' CSR, in every variant.
XACC = 0x801


def instructions(extension: str) -> tuple[Instruction, ...]:
    """Rows of the instruction table, for an extension of this name."""
    # fmt: off
    return rows(extension, (
        ("xdecmac.m4",  "0000100 rs2 rs1 101 rs3 0101011", "rs3, rs1, rs2", "decmac.m4",       Cycles.LOAD),
        ("xdecmac.m8",  "0000101 rs2 rs1 101 rs3 0101011", "rs3, rs1, rs2", "decmac.m8",       Cycles.LOAD),
        ("xdecmac.m16", "0000110 rs2 rs1 101 rs3 0101011", "rs3, rs1, rs2", "decmac.m16",      Cycles.LOAD),
        ("xdecmac.m1",  "0000111 rs2 rs1 101 rs3 0101011", "rs3, rs1, rs2", "decmac.m1",       Cycles.LOAD),
        ("xdecq",       "0001000 rs2 rs1 101 rd 0101011",  "rd, rs1, rs2",  "decmac.quantize", Cycles.MULH),
    ))
    # fmt: on


def accumulator(extension: str, positions: int, width: int) -> State:
    """The chain of accumulators, one for each position."""
    about = f"the first of {positions} accumulators, which a write moves down: its value enters as the last"
    return State(
        name="accumulator",
        csr=Csr("xacc", XACC, extension, False, about),
        width=width,
        signed=True,
        depth=positions,
    )


def pseudocode(positions: int) -> Mapping[str, str]:
    """One line for each mnemonic."""
    bank, step = ("4*counter[0] + p", 1) if positions > LANES else ("p", 2)

    def product(m: int) -> str:
        bits, low = (2, "4:1") if m == 4 else (4, "3:1")
        index = f" + rs2[counter[{low}]*{bits} +: {bits}]" if m > 1 else ""
        word = f"mem32[(rs1 + 4*({m}*counter[15:1]{index})) & ~3]"
        factors = "sext(word[8*p +: 8]) * sext(rs3[counter[2:1]*8 +: 8])"
        return (
            f"word = {word}; acc[{bank}] = acc[{bank}] + {factors} for p in 0..3; counter = counter + {step}"
        )

    scaled = "clip(((acc[p] * rs1[15:0] >> 16) + rs2) >> rs1[20:16], -128, 127)"
    rest = "acc[0..3] = acc[4..7]; acc[4..7] = 0" if positions > LANES else "acc = 0"
    return {f"xdecmac.m{m}": product(m) for m in (4, 8, 16, 1)} | {
        "xdecq": f"rd[8*p +: 8] = {scaled} for p in 0..3; {rest}; counter = 0"
    }
