"""The retirement trace of a job, one record an instruction, as sim/rtl/retirement.sv writes it."""

import numpy as np

#: Fields in the order of the file; those of RVFI have its names and meaning (``hw.core.rvfi``).
RECORD = np.dtype(
    [
        ("order", "<u4"),
        ("cycle", "<u4"),  # when it was reported, counted from the release of reset
        ("insn", "<u4"),
        ("pc_rdata", "<u4"),
        ("pc_wdata", "<u4"),
        ("status", "u1"),  # TRAP, INTR
        ("mem_rmask", "u1"),
        ("mem_wmask", "u1"),
        ("rs1_addr", "u1"),
        ("rs2_addr", "u1"),
        ("rs3_addr", "u1"),
        ("rd_addr", "u1"),
        ("rd2_addr", "u1"),
        ("rs1_rdata", "<u4"),
        ("rs2_rdata", "<u4"),
        ("rs3_rdata", "<u4"),
        ("rd_wdata", "<u4"),
        ("rd2_wdata", "<u4"),
        ("mem_addr", "<u4"),
        ("mem_rdata", "<u4"),
        ("mem_wdata", "<u4"),
        ("irq", "<u4"),
        ("mip", "<u4"),
        ("mstatus", "<u4"),
        ("mepc", "<u4"),
        ("mcause", "<u4"),
        ("mtval", "<u4"),
    ]
)
TRAP, INTR = 1, 2

#: What the model computes of each instruction.
COMPARED = (
    *("insn", "pc_rdata", "pc_wdata", "status", "mem_rmask", "mem_wmask"),
    *("rs1_addr", "rs2_addr", "rs3_addr", "rd_addr", "rd2_addr"),
    *("rs1_rdata", "rs2_rdata", "rs3_rdata", "rd_wdata", "rd2_wdata", "mem_addr", "mem_rdata", "mem_wdata"),
)
#: CSRs that traps change, as they were before the instruction.
CSRS = ("mstatus", "mepc", "mcause", "mtval")

_SOURCES = [f"rs{port}_{part}" for port in (1, 2, 3) for part in ("addr", "rdata")]


def read_trace(content: bytes) -> np.ndarray:
    """Records of a trace, without what has no meaning: sources of a trapped instruction, unused addresses.

    Raises ``ValueError`` when the trace does not end with a whole record.
    """
    if len(content) % RECORD.itemsize:
        raise ValueError(
            f"a trace must have whole records of {RECORD.itemsize} bytes, not {len(content)} bytes"
        )
    trace = np.frombuffer(content, RECORD).copy()
    trapped = (trace["status"] & TRAP) != 0
    for name in _SOURCES:
        trace[name][trapped] = 0
    trace["mem_addr"][(trace["mem_rmask"] | trace["mem_wmask"]) == 0] = 0
    return trace
