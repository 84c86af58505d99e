"""Counters that can be stopped, registers that are there and read zero, and mtvec after reset."""

from dataclasses import replace

import pytest

from hw.config import MEMORY_MAP, RV32IM, Region
from hw.instructions import ADDRESSES, CSRS
from sim.rtl.job import Job
from verif.cosim.check import check_all
from verif.programs.builder import RESULTS, Builder

A, B, SEEN, OUT = 10, 11, 12, 13
INHIBIT_CYCLE, INHIBIT_INSTRET = 1 << 0, 1 << 2
ZERO = [csr for csr in CSRS if csr.bank] + [csr for csr in CSRS if csr.name in ("mconfigptr", "mstatush")]


def results(program: Builder, words: int) -> list[int]:
    """Values that a program stored to RESULTS, the same on the RTL and on the model."""
    job = Job(program=program.finish(), dumps={"results": Region(base=RESULTS, size=4 * words)})
    [outcome] = check_all([job], RV32IM)
    assert outcome.mismatch is None, str(outcome.mismatch)
    assert outcome.result.passed
    content = outcome.result.dumps["results"]
    return [int.from_bytes(content[at : at + 4], "little") for at in range(0, len(content), 4)]


def test_registers_without_state_read_zero_after_any_write():
    out = Builder()
    out.load_immediate(A, 0xFFFF_FFFF)
    out.emit("addi", rd=SEEN, rs1=0, imm=0)
    for csr in ZERO:
        if not csr.read_only:
            out.emit("csrrw", rd=0, csr=csr.address, rs1=A)
        out.emit("csrrs", rd=B, csr=csr.address, rs1=0)
        out.emit("or", rd=SEEN, rs1=SEEN, rs2=B)
    out.load_immediate(OUT, RESULTS)
    out.emit("sw", rs2=SEEN, rs1=OUT, imm=0)
    assert len(ZERO) == 5 * 29 + 2
    assert results(out, 1) == [0]


@pytest.mark.parametrize(
    ("counter", "inhibit"), [("mcycle", INHIBIT_CYCLE), ("minstret", INHIBIT_INSTRET)], ids=lambda v: str(v)
)
def test_a_counter_stops_and_continues(counter: str, inhibit: int):
    out = Builder()
    out.load_immediate(OUT, RESULTS)
    other = (INHIBIT_CYCLE | INHIBIT_INSTRET) & ~inhibit
    for position, value in enumerate((0, inhibit, inhibit, other, 0)):
        out.emit("csrrwi", rd=0, csr=ADDRESSES["mcountinhibit"], uimm=value)
        for half in (0, 1):
            out.emit("csrrs", rd=A, csr=ADDRESSES[counter], rs1=0)
            out.emit("sw", rs2=A, rs1=OUT, imm=4 * (2 * position + half))
    seen = results(out, 10)
    running, stopped, again = seen[:2], seen[2:6], seen[6:]
    assert running[0] < running[1] < stopped[0]
    assert len(set(stopped)) == 1
    assert stopped[-1] <= again[0] < again[1] < again[2] < again[3]


def test_all_of_mcountinhibit_but_two_bits_is_zero():
    out = Builder()
    out.load_immediate(A, 0xFFFF_FFFF)
    out.load_immediate(OUT, RESULTS)
    out.emit("csrrs", rd=B, csr=ADDRESSES["mcountinhibit"], rs1=A)
    out.emit("sw", rs2=B, rs1=OUT, imm=0)
    out.emit("csrrs", rd=B, csr=ADDRESSES["mcountinhibit"], rs1=0)
    out.emit("sw", rs2=B, rs1=OUT, imm=4)
    assert results(out, 2) == [0, INHIBIT_CYCLE | INHIBIT_INSTRET]


@pytest.mark.long
def test_an_early_trap_goes_where_the_configuration_says():
    """The trap handler is the program itself: it passes when it is entered for the second time.

    Without the configuration's address, the trap goes to where no memory is, again and again.
    """
    vectored = MEMORY_MAP.boot | 1
    out = Builder()
    out.emit("csrrs", rd=A, csr=ADDRESSES["mcause"], rs1=0)
    out.emit("bne", rs1=A, rs2=0, imm=8)
    out.emit("ecall")
    out.load_immediate(OUT, RESULTS)
    out.emit("csrrs", rd=A, csr=ADDRESSES["mtvec"], rs1=0)
    out.emit("sw", rs2=A, rs1=OUT, imm=0)
    job = Job(program=out.finish(), dumps={"results": Region(base=RESULTS, size=4)}, max_cycles=1000)
    for config in (RV32IM, replace(RV32IM, mtvec_reset=vectored)):
        [outcome] = check_all([job], config)
        assert outcome.mismatch is None, str(outcome.mismatch)
        assert outcome.result.passed == bool(config.mtvec_reset)
    assert int.from_bytes(outcome.result.dumps["results"], "little") == vectored


@pytest.mark.parametrize("value", [-4, 2, 6, 0x1C00_8041, 1 << 32])
def test_mtvec_cannot_hold_every_value(value: int):
    with pytest.raises(ValueError, match="mtvec_reset must be a 32-bit multiple of 4"):
        replace(RV32IM, mtvec_reset=value)
