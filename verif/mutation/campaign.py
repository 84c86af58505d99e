"""All of a campaign: draw mutants, run checks until one sees each, and prove the rest equivalent."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from common.cache import plain
from common.closure import closure
from common.workers import Here, Unit, Workers
from hw.config import CoreConfig, config_named
from verif.formal.sby import VERSIONS, Status
from verif.mutation import core, unit
from verif.mutation.equivalence import is_equivalent, unit_proof
from verif.mutation.mutant import Mutant
from verif.mutation.proofs import failing_proof
from verif.mutation.regression import checks
from verif.units.verification import MODULES


@dataclass
class Campaign:
    """Outcome of each mutant.

    Parameters
    ----------
    what : str
        ``unit`` or ``core``.
    config : str
        The configuration.
    count, seed : int
        Mutants asked for, and what draws them and all programs.
    mutants : tuple of Mutant
    source : str
        Part of the path of the source files that they are in; empty for all.
    killed : dict of int to str
        By number: the check that saw it.
    equivalent : set of int
        Shown to be no fault.
    """

    what: str
    config: str
    count: int
    seed: int
    mutants: tuple[Mutant, ...]
    source: str = ""
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
            "config": self.config,
            **({"source": self.source} if self.source else {}),
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


def run_unit(config: CoreConfig, count: int, seed: int, progress: Progress) -> Campaign:
    """The unit of a configuration by itself: its bench, then its proof."""
    alone = unit.unit_of(config)
    population = unit.population(alone, count, seed)
    campaign = Campaign("unit", config.name, count, seed, population.mutants)
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


def run_core(
    config: CoreConfig,
    count: int,
    seed: int,
    progress: Progress,
    workers: Workers | None = None,
    *,
    source: str = "",
) -> Campaign:
    """The core: its regression in the order of ``verif.mutation.regression``, equivalence, proofs.

    With ``source``, faults are only in what comes from source files with this in their paths. All of it runs
    on ``workers``; without, in this process.
    """
    origin = core.Origin(config.name, count, seed, source)
    population = origin.population()
    campaign = Campaign("core", config.name, count, seed, population.mutants, source)
    progress("building", None)
    model = core.simulator(population)
    for index, check in enumerate(checks(config, seed)):
        numbers = [mutant.number for mutant in campaign.left]
        progress(check.name, len(numbers))
        run = partial(core.run_on_workers, workers, origin, index, model, check) if workers else None
        seen = core.run_check(model, check, numbers, lambda number, _: progress("", None), run)
        campaign.killed |= dict.fromkeys(sorted(seen), check.name.rstrip(" 0123456789"))
    for step, judge in {"equivalence": judge_equivalence, "proofs": judge_proofs}.items():
        left = campaign.left
        progress(step, len(left))
        units = [(mutant, _unit_of(judge, origin, mutant)) for mutant in left]
        for mutant, verdict in (workers or Here()).as_completed(units):
            if verdict and step == "equivalence":
                campaign.equivalent.add(mutant.number)
            elif verdict:
                campaign.killed[mutant.number] = f"proof {verdict}"
            progress("", None)
    return campaign


def _unit_of(judge: Callable[[core.Origin, int], str], origin: core.Origin, mutant: Mutant) -> Unit:
    """A proof about a mutant as work; what was not shown in time may be shown by another attempt."""
    code = closure(__name__, *MODULES)
    return Unit(
        kind="judged",
        ingredients=(
            code,
            *VERSIONS,
            judge.__name__,
            origin.population().rtlil,
            mutant.command,
            plain(origin),
        ),
        function=judge,
        arguments=(origin, mutant.number),
        final=bool,
    )


def judge_equivalence(origin: core.Origin, number: int) -> str:
    """``equivalent`` when the mutant is shown to be the core, empty otherwise."""
    shown = is_equivalent(config_named(origin.config), origin.population(), origin.mutant(number))
    return "equivalent" if shown else ""


def judge_proofs(origin: core.Origin, number: int) -> str:
    """Name of a proof that sees the mutant, empty if none does."""
    return failing_proof(config_named(origin.config), origin.population(), origin.mutant(number))
