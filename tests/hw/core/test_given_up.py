"""An access fault aborts the slow instruction after the access; the next one starts from the beginning."""

import pytest

from hw.config import MEMORY_MAP, RV32IM, Region
from hw.instructions import ADDRESSES
from sim.rtl.job import NO_WAIT_STATES, Job, WaitStates
from verif.cosim.check import check_all
from verif.programs.builder import RESULTS, Builder

A, B, X, NOWHERE_POINTER, VECTOR, OUT = 10, 11, 12, 13, 14, 15
NOWHERE = 0x4000_0000
DIVIDEND, DIVISOR = 0xFEDC_BA98, 0x7654_3210
GIVEN_UP = {"mulhu": (0xFFFF_FFFF, 0xFFFF_FFFF), "divu": (0xFFFF_FFFF, 3)}
RESULT = {"mulhu": DIVIDEND * DIVISOR >> 32, "divu": DIVIDEND // DIVISOR}


def program(mnemonic: str) -> Builder:
    out = Builder()
    first, second = GIVEN_UP[mnemonic]
    setup = 2 * 5 + 1  # instructions up to the load
    handler = out.address + 4 * (setup + 2)
    for register, value in ((A, first), (B, second), (NOWHERE_POINTER, NOWHERE), (VECTOR, handler)):
        out.load_immediate(register, value)
    out.load_immediate(OUT, RESULTS)
    out.emit("csrrw", rd=0, csr=ADDRESSES["mtvec"], rs1=VECTOR)
    out.emit("lw", rd=X, rs1=NOWHERE_POINTER, imm=0)
    out.emit(mnemonic, rd=X, rs1=A, rs2=B)
    assert out.address == handler
    out.load_immediate(A, DIVIDEND)
    out.load_immediate(B, DIVISOR)
    out.emit(mnemonic, rd=X, rs1=A, rs2=B)
    out.emit("sw", rs2=X, rs1=OUT, imm=0)
    return out


@pytest.mark.parametrize("mnemonic", GIVEN_UP)
def test_the_next_one_starts_afresh(mnemonic: str):
    assert NOWHERE not in MEMORY_MAP.l1
    slow_answers = WaitStates(data_grant=0, data_response=128, instr_grant=0, instr_response=0)
    dumps = {"result": Region(base=RESULTS, size=4)}
    jobs = [
        Job(program=program(mnemonic).finish(), dumps=dumps, waits=waits, seed=seed, max_cycles=10_000)
        for waits, seed in [(NO_WAIT_STATES, 1), *((slow_answers, seed) for seed in range(1, 9))]
    ]
    outcomes = check_all(jobs, RV32IM)
    assert [outcome.mismatch for outcome in outcomes] == [None] * len(jobs)
    results = [outcome.result for outcome in outcomes]
    assert all(result.passed for result in results)
    values = [int.from_bytes(result.dumps["result"], "little") for result in results]
    assert values == [RESULT[mnemonic]] * len(jobs)
