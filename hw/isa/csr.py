"""The one table of control and status registers.

Addresses 0xC00 up are read-only by the RISC-V convention; everything not here is an illegal instruction.
"""
# ruff: noqa: E501 - rows of a table stay on one line

from dataclasses import dataclass


@dataclass(frozen=True)
class Csr:
    """One register: ``flushes`` says that an access costs 4 cycles because the pipeline drains after it."""

    name: str
    address: int
    extension: str
    flushes: bool
    about: str

    @property
    def read_only(self) -> bool:
        return self.address >> 10 == 3


# fmt: off
CSRS: tuple[Csr, ...] = (
    Csr("mstatus",   0x300, "zicsr",     True,  "MIE and MPIE; MPP reads 3 (machine)"),
    Csr("misa",      0x301, "zicsr",     False, "RV32IM and X; writes are ignored"),
    Csr("mie",       0x304, "zicsr",     False, "enables of software (3), timer (7) and external (11) interrupts"),
    Csr("mtvec",     0x305, "zicsr",     True,  "trap vector; mode 0 direct, 1 vectored on 128-byte alignment"),
    Csr("mstatush",  0x310, "zicsr",     False, "zero"),
    Csr("mscratch",  0x340, "zicsr",     False, "for the trap handler"),
    Csr("mepc",      0x341, "zicsr",     True,  "pc of the trapped instruction, bits 1:0 zero"),
    Csr("mcause",    0x342, "zicsr",     True,  "interrupt bit and 5-bit cause"),
    Csr("mtval",     0x343, "zicsr",     False, "faulting address or illegal instruction word"),
    Csr("mip",       0x344, "zicsr",     False, "pending interrupts, the level of the pins; writes are ignored"),
    Csr("mcycle",    0xB00, "zicsr",     True,  "clock cycles, low half"),
    Csr("minstret",  0xB02, "zicsr",     True,  "retired instructions, low half"),
    Csr("mcycleh",   0xB80, "zicsr",     True,  "clock cycles, high half"),
    Csr("minstreth", 0xB82, "zicsr",     True,  "retired instructions, high half"),
    Csr("cycle",     0xC00, "zicsr",     True,  "mcycle, read-only"),
    Csr("instret",   0xC02, "zicsr",     True,  "minstret, read-only"),
    Csr("cycleh",    0xC80, "zicsr",     True,  "mcycleh, read-only"),
    Csr("instreth",  0xC82, "zicsr",     True,  "minstreth, read-only"),
    Csr("mvendorid", 0xF11, "zicsr",     False, "zero: not a commercial implementation"),
    Csr("marchid",   0xF12, "zicsr",     False, "zero"),
    Csr("mimpid",    0xF13, "zicsr",     False, "zero"),
    Csr("mhartid",   0xF14, "zicsr",     False, "the core's number, from its hart_id port"),
    Csr("lpstart0",  0xCC0, "xcvhwlp",   False, "start of hardware loop 0 (the inner one)"),
    Csr("lpend0",    0xCC1, "xcvhwlp",   False, "address just past its last instruction"),
    Csr("lpcount0",  0xCC2, "xcvhwlp",   False, "iterations left"),
    Csr("lpstart1",  0xCC4, "xcvhwlp",   False, "start of hardware loop 1 (the outer one)"),
    Csr("lpend1",    0xCC5, "xcvhwlp",   False, "address just past its last instruction"),
    Csr("lpcount1",  0xCC6, "xcvhwlp",   False, "iterations left"),
    Csr("xdecimate", 0x800, "xdecimate", False, "the 16-bit decimate counter, read and write at user level"),
)
# fmt: on

ADDRESSES = {csr.name: csr.address for csr in CSRS}
