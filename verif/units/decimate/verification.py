"""XDecimate's record for verification."""

from random import Random

from hw.units.unit import Unit
from verif.programs.builder import DATA
from verif.programs.instruction_generator import SLOT, InstructionGenerator, immediate, move, word
from verif.units.decimate.coverage import count_decimate, decimate_bins
from verif.units.decimate.cycles import CYCLES
from verif.units.decimate.proofs import PROOFS
from verif.units.decimate.stream import stream
from verif.units.verification import Registers, UnitBench, Verification


def _result(random: Random, registers: Registers) -> list[int]:
    return [  # the byte that it merges is the one that is there
        *immediate(registers.first, SLOT),
        word("sw", rs2=registers.base, rs1=registers.first, imm=0),
        move(registers.value, registers.base),
        word("xdecimate.clear"),
        word(f"xdecimate.m{random.choice((4, 8, 16))}", rd=registers.value, rs1=registers.first, rs2=0),
    ]


def _guest(saved: int, free: int) -> list[int]:
    return [word("lui", rd=free, imm=DATA), word("xdecimate.m4", rd=free, rs1=free, rs2=saved)]


def _access(maker: InstructionGenerator, rs1: int) -> int:
    """M = 4, as larger offsets would take it out of memory."""
    return word("xdecimate.m4", rd=maker.register(), rs1=rs1, rs2=maker.register())


def _bench(unit: Unit) -> UnitBench:
    return UnitBench(
        component=unit.alone,
        module="verif.testbenches.bench_decimate",
        cases=(
            "everything_at_once",
            "kills_and_faults",
            "clear_anywhere",
            "corners",
            "same_destination",
            "interleaved_destinations",
            "one_a_cycle",
        ),
        proof="unit.standalone",
        # The back end calls the port csr_rdata by the name of the signal that drives it, ahead.
        exposed=("ahead", "pending", "counter", "merge_lane", "held"),
    )


VERIFICATION = Verification(
    results={"decimate": _result},
    stream=stream,
    guest=_guest,
    access=_access,
    bins=decimate_bins,
    count=count_decimate,
    cycles=CYCLES,
    busy=("pending",),
    proofs=PROOFS,
    bench=_bench,
)
