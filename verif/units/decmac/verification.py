"""XDecmac's record for verification."""

from functools import partial
from random import Random

from hw.units.decimate.instructions import COUNTER
from hw.units.decmac.instructions import LANES, XACC
from hw.units.decmac.unit import DecmacUnit
from hw.units.unit import Unit
from verif.programs.builder import DATA
from verif.programs.instruction_generator import InstructionGenerator, immediate, word
from verif.units.decmac import multiplier, proofs
from verif.units.decmac.coverage import count_decmac, decmac_bins
from verif.units.decmac.cycles import CYCLES
from verif.units.decmac.stream import stream
from verif.units.verification import Registers, UnitBench, Verification

_HALF = 1 << 15
#: Place of the counter behind that of the accumulators.
_SAVED_COUNTER = 4 * 2 * LANES


def _result(random: Random, registers: Registers) -> list[int]:
    """xdecq of twice the bytes, halved; into both banks, if there are two."""
    words = []
    for byte in (*range(LANES), *range(LANES)):
        words += [
            word("slli", rd=registers.first, rs1=registers.base, uimm=24 - 8 * byte),
            word("srai", rd=registers.first, rs1=registers.first, uimm=23),
            word("csrrw", rd=0, csr=XACC, rs1=registers.first),
        ]
    words += immediate(registers.second, _HALF)
    return [*words, word("xdecq", rd=registers.value, rs1=registers.second, rs2=0)]


def _guest(saved: int, free: int) -> list[int]:
    """The counter, which is XDecimate's, waits in memory behind the accumulators."""
    counter, accumulator = COUNTER.csr.address, XACC
    return [
        word("csrrw", rd=free, csr=counter, rs1=0),
        word("sw", rs2=free, rs1=saved, imm=_SAVED_COUNTER),
        word("lui", rd=free, imm=DATA),
        word("xdecmac.m8", rs3=saved, rs1=free, rs2=saved),
        word("csrrs", rd=free, csr=accumulator, rs1=0),
        word("xdecq", rd=free, rs1=saved, rs2=free),
        word("lw", rd=free, rs1=saved, imm=_SAVED_COUNTER),
        word("csrrw", rd=0, csr=counter, rs1=free),
    ]


def _access(maker: InstructionGenerator, rs1: int) -> int:
    """M = 1, as larger offsets would take it out of memory."""
    return word("xdecmac.m1", rs3=maker.register(), rs1=rs1, rs2=maker.register())


def _bench(unit: Unit) -> UnitBench:
    [accumulators] = unit.state
    positions, width = accumulators.depth, accumulators.width
    registers = ("weight", *(("waiting", "bank") if positions > LANES else ()))
    return UnitBench(
        component=partial(DecmacUnit, positions=positions, accumulator_width=width),
        module="verif.testbenches.bench_decmac",
        cases=(
            "everything_at_once",
            "kills_and_faults",
            "corners",
            "clipping",
            "accumulators_read_and_written",
            "one_a_cycle",
            "reset_anywhere",
        ),
        proof=proofs.proof_name(positions, width),
        # The back end calls the ports multiply_valid and bytes by the names of signals that drive them.
        exposed=("multiplying", "byte", *registers, *(f"accumulator{i}" for i in range(positions))),
    )


VERIFICATION = Verification(
    results={"decmac": _result},
    stream=stream,
    guest=_guest,
    access=_access,
    bins=decmac_bins,
    count=count_decmac,
    cycles=CYCLES,
    busy=("multiplying",),
    proofs=(*proofs.PROOFS, *multiplier.PROOFS),
    bench=_bench,
)
