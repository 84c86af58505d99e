"""All of a campaign: draw mutants, run checks until one sees each, and prove the rest equivalent."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hw.config import CoreConfig
from hw.units.unit import Unit
from verif.formal.sby import Status
from verif.mutation import core, unit
from verif.mutation.equivalence import is_equivalent, unit_proof
from verif.mutation.mutant import Mutant
from verif.mutation.proofs import failing_proof
from verif.mutation.regression import checks


@dataclass
class Campaign:
    """What became of each mutant.

    Parameters
    ----------
    what : str
        ``unit`` or ``core``.
    count, seed : int
        Mutants asked for, and what draws them and all programs.
    mutants : tuple of Mutant
    killed : dict of int to str
        By number: the check that saw it.
    equivalent : set of int
        Shown to be no fault.
    """

    what: str
    count: int
    seed: int
    mutants: tuple[Mutant, ...]
    killed: dict[int, str] = field(default_factory=dict)
    equivalent: set[int] = field(default_factory=set)

    @property
    def left(self) -> list[Mutant]:
        """Neither seen nor equivalent."""
        return [m for m in self.mutants if m.number not in self.killed and m.number not in self.equivalent]

    @property
    def score(self) -> float:
        """Percentage seen of those that are faults."""
        return 100 * len(self.killed) / max(len(self.mutants) - len(self.equivalent), 1)

    def as_json(self) -> dict:
        modules = {}
        for module in sorted({mutant.module for mutant in self.mutants}):
            own = [mutant.number for mutant in self.mutants if mutant.module == module]
            modules[module] = {
                "mutants": len(own),
                "killed": sum(number in self.killed for number in own),
                "equivalent": sum(number in self.equivalent for number in own),
            }
        return {
            "what": self.what,
            "seed": self.seed,
            "mutants": len(self.mutants),
            "killed": len(self.killed),
            "equivalent": len(self.equivalent),
            "score_percent": round(self.score, 2),
            "killed_by": dict(Counter(self.killed.values())),
            "modules": modules,
            "survivors": [
                {"number": m.number, "module": m.module, "fault": m.fault, "source": m.source}
                for m in self.left
            ],
        }


#: Called with a step's name, how many mutants it has to do, and then 1 for each that is done.
Progress = Callable[[str, int | None], None]


def run_unit(alone: Unit, count: int, seed: int, progress: Progress) -> Campaign:
    """The unit by itself: its bench, then its proof."""
    population = unit.population(alone, count, seed)
    campaign = Campaign("unit", count, seed, population.mutants)
    progress("bench", None)
    campaign.killed = unit.run_bench(alone, population, [m.number for m in population.mutants], seed)
    left = campaign.left
    progress("proof", len(left))
    for mutant in left:
        status = unit_proof(alone, population, mutant)
        if status is Status.FAIL:
            campaign.killed[mutant.number] = "proof"
        elif status is Status.PASS:
            campaign.equivalent.add(mutant.number)
        progress("", None)
    return campaign


def run_core(config: CoreConfig, count: int, seed: int, progress: Progress) -> Campaign:
    """The core: its regression in the order of ``verif.mutation.regression``, equivalence, proofs."""
    population = core.population(config, count, seed)
    campaign = Campaign("core", count, seed, population.mutants)
    progress("building", None)
    model = core.simulator(population)
    for check in checks(config, seed):
        numbers = [mutant.number for mutant in campaign.left]
        progress(check.name, len(numbers))
        seen = core.run_check(model, check, numbers, lambda number, _: progress("", None))
        campaign.killed |= dict.fromkeys(sorted(seen), check.name.rstrip(" 0123456789"))
    left = campaign.left
    progress("equivalence", len(left))
    for mutant in left:
        if is_equivalent(config, population, mutant):
            campaign.equivalent.add(mutant.number)
        progress("", None)
    left = campaign.left
    progress("proofs", len(left))
    for mutant in left:
        if proof := failing_proof(population, mutant):
            campaign.killed[mutant.number] = f"proof {proof}"
        progress("", None)
    return campaign
