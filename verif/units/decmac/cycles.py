"""Rows of the cycle table for XDecmac."""

from hw.units.decmac.instructions import XACC
from verif.programs.cycle_table import LOAD, NOTHING, ZERO, A, B, P, X, Y, rrr

READ = ("csrrs", {"rd": Y, "csr": XACC, "rs1": 0})
WRITE = ("csrrw", {"rd": Y, "csr": XACC, "rs1": A})
QUANTIZE = rrr("xdecq", Y, A, B)
DOT = rrr("cv.sdotsp.b", Y, A, B)
DOT_OF_HALVES = rrr("cv.sdotsp.h", Y, A, B)
WORD = rrr("mul", Y, A, B)


def _multiply(m: int) -> tuple:
    return f"xdecmac.m{m}", {"rs3": X, "rs1": P, "rs2": ZERO}


CYCLES = {
    "xdecmac": ([_multiply(8)], 1),
    "load the weights, xdecmac": ([LOAD, _multiply(16)], 3),
    "xdecmac, xdecimate": ([_multiply(8), rrr("xdecimate.m8", Y, P, ZERO)], 3),
    "xdecmac, dot product": ([_multiply(1), DOT], 2),
    "xdecmac, one between, dot product": ([_multiply(1), NOTHING, DOT], 4),
    "xdecmac, one between, dot product of halves": ([_multiply(1), NOTHING, DOT_OF_HALVES], 3),
    "xdecmac, product of words": ([_multiply(1), WORD], 2),
    "xdecmac, one between, product of words": ([_multiply(1), NOTHING, WORD], 4),
    "xdecq": ([QUANTIZE], 5),
    "xdecmac, xdecq": ([_multiply(4), QUANTIZE], 8),
    "accumulator": ([WRITE], 1),
    "xdecmac, accumulator": ([_multiply(4), READ], 4),
}
