"""Instructions and hidden state of XDecimate, in the free slot at custom-1, funct3 5."""

from hw.isa.csr import Csr
from hw.isa.instruction import Cycles, rows
from hw.units.decimate.index import COUNTER_WIDTH, SIZES
from hw.units.unit import State

EXTENSION = "xdecimate"

# fmt: off
INSTRUCTIONS = rows(EXTENSION, (
    ("xdecimate.m4",    "0000000 rs2 rs1 101 rd+ 0101011", "rd, rs1, rs2", "decimate.m4",    Cycles.LOAD),
    ("xdecimate.m8",    "0000001 rs2 rs1 101 rd+ 0101011", "rd, rs1, rs2", "decimate.m8",    Cycles.LOAD),
    ("xdecimate.m16",   "0000010 rs2 rs1 101 rd+ 0101011", "rd, rs1, rs2", "decimate.m16",   Cycles.LOAD),
    ("xdecimate.clear", "0000011 00000 00000 101 00000 0101011", "", "decimate.clear", Cycles.SINGLE),
))
# fmt: on

COUNTER = State(
    name="counter",
    csr=Csr(EXTENSION, 0x800, EXTENSION, False, "the 16-bit decimate counter, read and write at user level"),
    width=COUNTER_WIDTH,
)


def _pseudocode(m: int) -> str:
    bits, low = (2, "3:0") if m == 4 else (4, "2:0")
    index = f"rs2[counter[{low}]*{bits} +: {bits}]"
    return f"rd[counter[2:1]*8 +: 8] = mem8[rs1 + {m}*counter[15:1] + {index}]; counter = counter + 1"


PSEUDOCODE = {f"xdecimate.m{m}": _pseudocode(m) for m in SIZES} | {"xdecimate.clear": "counter = 0"}
