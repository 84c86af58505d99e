"""Random programs in co-simulation, for configurations that several tests look at."""

from hw.config import CoreConfig
from sim.rtl.job import Job
from sim.rtl.model import Model
from verif.cosim.check import Outcome, check_all
from verif.fuzz.case import case

SEED = 1


def check_random_programs(
    config: CoreConfig, count: int, model: Model | None = None
) -> list[tuple[Job, Outcome]]:
    """Programs with their outcomes, after the check that core and model run every one alike."""
    jobs = [case(config, SEED, number).job() for number in range(count)]
    outcomes = check_all(jobs, config, model=model)
    assert [outcome.mismatch for outcome in outcomes] == [None] * count
    return list(zip(jobs, outcomes, strict=True))
