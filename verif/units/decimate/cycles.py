"""Rows of the cycle table for XDecimate."""

from hw.units.decimate.instructions import COUNTER
from verif.programs.cycle_table import LOAD, USE, ZERO, P, Q, X, Y, rrr

CYCLES = {
    "decimate counter": ([("csrrwi", {"rd": X, "csr": COUNTER.csr.address, "uimm": 3})], 1),
    "xdecimate, same rd": ([rrr("xdecimate.m8", X, P, ZERO)], 1),
    "xdecimate, alternating rd": ([rrr("xdecimate.m4", X, P, ZERO), rrr("xdecimate.m4", Y, Q, ZERO)], 2),
    "xdecimate, used next": ([rrr("xdecimate.m16", X, P, ZERO), USE], 3),
    "load into rd, xdecimate": ([LOAD, rrr("xdecimate.m8", X, P, ZERO)], 3),
    "xdecimate.clear": ([("xdecimate.clear", {})], 1),
}
