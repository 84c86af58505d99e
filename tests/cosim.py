"""Random programs in co-simulation, for configurations that several tests look at."""

from hw.config import CoreConfig
from sim.rtl.model import Model
from verif.cosim.check import check_all
from verif.coverage.coverage import Coverage
from verif.fuzz.case import case

SEED = 1


def check_random_programs(config: CoreConfig, count: int, model: Model | None = None) -> Coverage:
    """Check that core and model run programs alike, and give what these cover."""
    jobs = [case(config, SEED, number).job() for number in range(count)]
    outcomes = check_all(jobs, config, model=model)
    assert [outcome.mismatch for outcome in outcomes] == [None] * count
    covered = Coverage()
    for job, outcome in zip(jobs, outcomes, strict=True):
        covered.add(Coverage.of(outcome.trace, job.program, config))
    return covered
