"""Mutants that are equivalent to the design, shown by proof and not by the lack of a test.

The unit's proof is of every host that keeps the protocol; a mutant for which it still holds is equivalent in
every use. A mutant of the core is compared with the core itself, all of both, in any state that they can be
in.
"""

from dataclasses import replace
from functools import cache

from hw.config import CoreConfig
from hw.units.unit import Unit
from verif.formal.harness import sources
from verif.formal.miter import SIDES, Combinational, Miter
from verif.formal.proof import Method, Proof, Sources
from verif.formal.registry import named
from verif.formal.runner import prove
from verif.formal.sby import Status
from verif.mutation.combinational import combinational
from verif.mutation.mutant import Mutant, Population, yosys_output
from verif.units.verification import unit_bench

#: The unit's name in its proof.
_UNIT = "harness.unit"
PATIENCE = 300
#: Yosys commands that merge gates with the same function, and so all that a fault without effect has doubled.
SWEPT = "\ntechmap\nopt\nabc -g AND,XOR -script +strash;ifraig;scorr;map"
#: What the solver gets: words and their arithmetic, or gates where it runs out of time on words.
ATTEMPTS = ("", SWEPT)


def unit_proof(unit: Unit, population: Population, mutant: Mutant) -> Status:
    """Verdict of the unit's proof on a mutant: ``PASS`` if equivalent, ``FAIL`` if the proof detects it."""
    own = unit_bench(unit)
    proof = named(own.proof)
    wires = " ".join(f"{unit.module}/w:{name}" for name in own.exposed)
    commands = f"{mutant.command}\nexpose {wires}\nrename {unit.module} {_UNIT}\nwrite_rtlil out\n"
    text = yosys_output(population.rtlil, commands)

    def build() -> Sources:
        sources = proof.build()
        read = "read_rtlil harness.il"
        swapped = sources.script.replace(read, f"{read}\ndelete {_UNIT}\nread_rtlil mutant.il", 1)
        return Sources(files={**sources.files, "mutant.il": text}, script=swapped)

    case: Proof = replace(proof, name=f"mutant.{mutant.number}", build=build)
    return prove(case).verdict.status


@cache
def _sound(rtlil: str) -> Combinational:
    return combinational(rtlil, SIDES[0])


def is_equivalent(config: CoreConfig, population: Population, mutant: Mutant) -> bool:
    """True if a mutant of the core equals the core in every cycle, for any program and memory.

    A product is any number where the two multiply different ones. What no attempt of ``PATIENCE`` seconds
    shows counts as not shown.
    """
    sound = _sound(population.rtlil)
    faulty = combinational(population.rtlil, SIDES[1], mutant.command)
    if faulty.registers != sound.registers:
        raise RuntimeError(f"mutant {mutant.number} must have the registers of the core: {mutant.command}")
    status = Status.TIMEOUT
    for last in ATTEMPTS:
        if status is Status.TIMEOUT:
            status = prove(_comparison(config, sound, faulty, mutant, last)).verdict.status
    return status is Status.PASS


def _comparison(
    config: CoreConfig, sound: Combinational, faulty: Combinational, mutant: Mutant, last: str
) -> Proof:
    """The proof that the two are equal; ``last`` are Yosys commands on the prepared comparison."""

    def build() -> Sources:
        text = sources(Miter(config, sound))
        sides = "read_rtlil sound.il\nread_rtlil faulty.il\n"
        # What only the common state decides is then there once, and cannot differ. Products of anything else
        # are any numbers: no solver compares two multipliers.
        merge = "hierarchy -top harness\nproc\nflatten\nprep -top harness\ncutpoint t:$mul c:*multiplier* %i"
        return Sources(
            files={**text.files, "sound.il": sound.text, "faulty.il": faulty.text},
            script=sides + text.script.replace("prep -top harness", merge + last),
        )

    return Proof(
        name=f"mutant.{mutant.number}",
        what="the mutant is the core",
        method=Method.COMBINATIONAL,
        depth=1,
        build=build,
        timeout=PATIENCE,
    )
