"""The table of control and status registers beside those of extension units, which bring their own.

Addresses 0xC00 up are read-only by the RISC-V convention; an access to any other is an illegal instruction.
"""
# ruff: noqa: E501 - rows of a table stay on one line

from dataclasses import dataclass


@dataclass(frozen=True)
class Csr:
    """One register.

    Parameters
    ----------
    name : str
        As the privileged manual, or CV32E40P's, calls it.
    address : int
        12 bits.
    extension : str
        The extension of the core that brings it.
    flushes : bool
        An access costs 4 cycles because the pipeline drains after it.
    about : str
        What it holds.
    bank : str
        Name of the registers at consecutive addresses that it is one of, for documents; its own name if none.
    """

    name: str
    address: int
    extension: str
    flushes: bool
    about: str
    bank: str = ""

    @property
    def read_only(self) -> bool:
        return self.address >> 10 == 3

    @property
    def group(self) -> str:
        """Its bank, or itself."""
        return self.bank or self.name


def _counters(prefix: str, address: int, suffix: str = "") -> tuple[Csr, ...]:
    """Registers 3 to 31 of performance monitoring, which count nothing here.

    The privileged manual wants those of machine mode to be there; programs for CV32E40P access the others too.
    """
    bank = f"{prefix}3{suffix} to {prefix}31{suffix}"
    return tuple(
        Csr(f"{prefix}{number}{suffix}", address + number, "zicsr", True, "zero", bank)
        for number in range(3, 32)
    )


# fmt: off
CSRS: tuple[Csr, ...] = (
    Csr("mstatus",   0x300, "zicsr",     True,  "MIE and MPIE; MPP reads 3 (machine)"),
    Csr("misa",      0x301, "zicsr",     False, "RV32I, with M, C and X as configured; writes are ignored"),
    Csr("mie",       0x304, "zicsr",     False, "enables of software (3), timer (7) and external (11) interrupts"),
    Csr("mtvec",     0x305, "zicsr",     True,  "trap vector; mode 0 direct, 1 vectored on 128-byte alignment"),
    Csr("mstatush",  0x310, "zicsr",     False, "zero"),
    Csr("mcountinhibit", 0x320, "zicsr", True,  "bits 0 and 2 stop mcycle and minstret; zero after reset, so both count"),
    *_counters("mhpmevent", 0x320),
    Csr("mscratch",  0x340, "zicsr",     False, "for the trap handler"),
    Csr("mepc",      0x341, "zicsr",     True,  "pc of the trapped instruction; bit 0 is zero, and so is bit 1 without C"),
    Csr("mcause",    0x342, "zicsr",     True,  "interrupt bit and 5-bit cause"),
    Csr("mtval",     0x343, "zicsr",     False, "faulting address or illegal instruction word"),
    Csr("mip",       0x344, "zicsr",     False, "pending interrupts, the level of the pins; writes are ignored"),
    Csr("mcycle",    0xB00, "zicsr",     True,  "clock cycles, low half"),
    Csr("minstret",  0xB02, "zicsr",     True,  "retired instructions, low half"),
    *_counters("mhpmcounter", 0xB00),
    Csr("mcycleh",   0xB80, "zicsr",     True,  "clock cycles, high half"),
    Csr("minstreth", 0xB82, "zicsr",     True,  "retired instructions, high half"),
    *_counters("mhpmcounter", 0xB80, "h"),
    Csr("cycle",     0xC00, "zicsr",     True,  "mcycle, read-only"),
    Csr("instret",   0xC02, "zicsr",     True,  "minstret, read-only"),
    *_counters("hpmcounter", 0xC00),
    Csr("cycleh",    0xC80, "zicsr",     True,  "mcycleh, read-only"),
    Csr("instreth",  0xC82, "zicsr",     True,  "minstreth, read-only"),
    *_counters("hpmcounter", 0xC80, "h"),
    Csr("mvendorid", 0xF11, "zicsr",     False, "zero: not a commercial implementation"),
    Csr("marchid",   0xF12, "zicsr",     False, "zero"),
    Csr("mimpid",    0xF13, "zicsr",     False, "zero"),
    Csr("mhartid",   0xF14, "zicsr",     False, "the core's number, from its hart_id port"),
    Csr("mconfigptr", 0xF15, "zicsr",    False, "zero: no configuration structure"),
    Csr("lpstart0",  0xCC0, "xcvhwlp",   False, "start of hardware loop 0 (the inner one)"),
    Csr("lpend0",    0xCC1, "xcvhwlp",   False, "address just past its last instruction"),
    Csr("lpcount0",  0xCC2, "xcvhwlp",   False, "iterations left"),
    Csr("lpstart1",  0xCC4, "xcvhwlp",   False, "start of hardware loop 1 (the outer one)"),
    Csr("lpend1",    0xCC5, "xcvhwlp",   False, "address just past its last instruction"),
    Csr("lpcount1",  0xCC6, "xcvhwlp",   False, "iterations left"),
)
# fmt: on

ADDRESSES = {csr.name: csr.address for csr in CSRS}
