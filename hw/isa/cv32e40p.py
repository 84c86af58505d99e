"""Differences from CV32E40P: registers that this core lacks, by address, and features in words.

Addresses are those of CV32E40P's user manual (COREV_PULP = 1, COREV_CLUSTER = 1, FPU = 0). Registers that
``hw.isa.csr`` comes to hold are no longer listed.
"""
# ruff: noqa: E501 - rows of a table stay on one line

from dataclasses import dataclass

from hw.isa import csr


@dataclass(frozen=True)
class Feature:
    """Something that is no instruction and no register."""

    name: str
    real: str
    here: str


FEATURES = (
    Feature(
        "compressed instructions (RV32C)",
        "yes",
        "with extension c, which every named configuration but `rv32im` has. Without it, as in `xdecimate-c`, compressed instructions are illegal, `xdecimate run` refuses a file that has them, and a jump to an address that is not a multiple of 4 is misaligned (cause 0)",
    ),
    Feature(
        "immediate branches (xcvbi), cv.bitrev, complex numbers (of SIMD)",
        "yes",
        "with extensions xcvbi, xcvbitrev and xcvcplx, or all of them as in `xdecimate+corev`; no named configuration has them. Without them they are illegal instructions",
    ),
    Feature(
        "cv.elw (xcvelw)",
        "if configured; wfi is then a nop",
        "with extension xcvelw or corev; wfi still waits. No named configuration has it, and it is then an illegal instruction",
    ),
    Feature("fast interrupts", "16, mie and mip bits 16 to 31", "none; mie and mip have bits 3, 7 and 11"),
    Feature("debug mode and triggers", "yes", "none; ebreak always traps (cause 3)"),
    Feature("floating point (FPU, ZFINX)", "if configured", "none"),
    Feature("physical memory protection (PMP)", "none", "none, so all of memory is open to every program"),
    Feature("performance counters 3 to 31", "1 by default", "none; their registers read zero"),
    Feature(
        "mtvec after reset", "the pin mtvec_addr_i, vectored", "`CoreConfig.mtvec_reset`, 0 unless chosen"
    ),
    Feature("mtvec base", "aligned to 256 bytes", "aligned to 4 bytes, to 128 when vectored"),
    Feature("mcountinhibit after reset", "counters stopped", "counters run"),
    Feature("mvendorid, marchid, misa", "0x602, 4, with C", "0, 0, with C if configured"),
    Feature("mtval", "always zero", "faulting address, illegal word or misaligned target"),
    Feature("access faults", "none", "precise (causes 1, 5, 7)"),
)

#: Registers of its CSR map, one name for each address, that the first version lacked.
CSRS = {
    **{"mcountinhibit": 0x320, "mhpmevent3": 0x323, "mhpmcounter3": 0xB03, "mhpmcounter3h": 0xB83},
    **{"hpmcounter3": 0xC03, "hpmcounter3h": 0xC83},
    **{"tselect": 0x7A0, "tdata1": 0x7A1, "tdata2": 0x7A2, "tdata3": 0x7A3, "tinfo": 0x7A4},
    **{"mcontext": 0x7A8, "scontext": 0x7AA},
    **{"dcsr": 0x7B0, "dpc": 0x7B1, "dscratch0": 0x7B2, "dscratch1": 0x7B3},
    **{"uhartid": 0xCD0, "privlv": 0xCD1, "zfinx": 0xCD2},
}


def absent_csrs() -> list[str]:
    """Names of those that no configuration has."""
    return [name for name, address in CSRS.items() if address not in csr.ADDRESSES.values()]
