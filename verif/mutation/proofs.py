"""Proofs about the whole core, with a mutant of the core in its place."""

from dataclasses import replace
from functools import partial

from amaranth.lib.wiring import Component

from hw.config import CoreConfig
from verif.formal.core_harness import CoreSources
from verif.formal.harness import cutpoints, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Proof, Sources
from verif.formal.registry import PROOFS
from verif.formal.runner import prove
from verif.formal.sby import Status
from verif.formal.substitute import MODULE, Substitute
from verif.mutation.combinational import WITHOUT_TRACE
from verif.mutation.mutant import Mutant, Population, yosys_output

_PROOFS = [(proof, proof.build) for proof in PROOFS if isinstance(proof.build, CoreSources)]


def _sources(population: Population, mutant: Mutant, of_core: CoreSources) -> Sources:
    made: list[Substitute] = []

    def inside_of(component: Component) -> Inside:
        made.append(Substitute(component))
        return made[-1]

    harness = sources(of_core.harness(of_core.config, inside_of))
    cuts = "\n".join(cutpoints("core", of_core.cut))
    commands = f"{mutant.command}\n{cuts}\n{WITHOUT_TRACE}rename core {MODULE}\nwrite_rtlil out\n"
    text = yosys_output(population.rtlil, commands)
    [substitute] = made
    looks = "".join(
        f"  wire width {len(signal)} output {1000 + i} \\seen_{i}\n  connect \\seen_{i} \\{path}\n"
        for i, (path, signal) in enumerate(substitute.seen.items())
    )
    before, end, after = text.rpartition("\nend\n")
    return Sources(
        files={**harness.files, "mutant.il": f"{before}\n{looks}{end.lstrip()}{after}"},
        script=f"read_rtlil mutant.il\n{harness.script}",
    )


def fails(population: Population, mutant: Mutant, proof: Proof, of_core: CoreSources) -> bool:
    """True if a proof that holds for the core fails for a mutant."""
    build = partial(_sources, population, mutant, of_core)
    case = replace(proof, name=f"mutant.{mutant.number}", build=build)
    return prove(case).verdict.status in (Status.FAIL, Status.UNKNOWN)


def failing_proof(config: CoreConfig, population: Population, mutant: Mutant) -> str:
    """The first proof about the core of a configuration that does not hold for a mutant; empty if all do."""
    own = ((proof, build) for proof, build in _PROOFS if build.config == config)
    return next((proof.name for proof, build in own if fails(population, mutant, proof, build)), "")
