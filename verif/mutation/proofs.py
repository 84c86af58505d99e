"""Proofs about the whole core, with a mutant of the core in its place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from amaranth.lib.wiring import Component

from verif.formal.harness import sources
from verif.formal.inside import Inside
from verif.formal.proof import Sources
from verif.formal.proofs.execute import CUT as EXECUTE_CUT
from verif.formal.proofs.execute import ExecuteStageHarness
from verif.formal.proofs.forwarding import CUT as FORWARDING_CUT
from verif.formal.proofs.forwarding import ForwardingHarness
from verif.formal.registry import choose
from verif.formal.runner import prove
from verif.formal.sby import Status
from verif.formal.substitute import MODULE, Substitute
from verif.mutation.combinational import WITHOUT_TRACE
from verif.mutation.mutant import Mutant, Population, yosys_output


@dataclass(frozen=True)
class _CoreProof:
    """A proof of the registry, its harness, and the cells of the core that it cuts out."""

    name: str
    harness: Callable[[Callable[[Component], Inside]], Component]
    cut: tuple[str, ...]


_PROOFS = (
    _CoreProof("execute.stage", ExecuteStageHarness, EXECUTE_CUT),
    _CoreProof("forwarding.registers", ForwardingHarness, FORWARDING_CUT),
)


def _sources(population: Population, mutant: Mutant, proof: _CoreProof) -> Sources:
    made: list[Substitute] = []

    def inside_of(component: Component) -> Inside:
        made.append(Substitute(component))
        return made[-1]

    harness = sources(proof.harness(inside_of))
    cuts = "".join(f"cutpoint core{'' if cell[0] == '.' else '/'}{cell}\n" for cell in proof.cut)
    commands = f"{mutant.command}\n{cuts}{WITHOUT_TRACE}rename core {MODULE}\nwrite_rtlil out\n"
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


def fails(population: Population, mutant: Mutant, proof: _CoreProof) -> bool:
    """Whether a proof that holds for the core does not hold for a mutant."""
    [original] = [known for known in choose(proof.name) if known.name == proof.name]
    case = replace(
        original, name=f"mutant.{mutant.number}", build=partial(_sources, population, mutant, proof)
    )
    return prove(case).verdict.status in (Status.FAIL, Status.UNKNOWN)


def failing_proof(population: Population, mutant: Mutant) -> str:
    """The first proof that does not hold for a mutant of the core; empty if all do."""
    return next((proof.name for proof in _PROOFS if fails(population, mutant, proof)), "")
