"""The generated core against the instruction-set model: random programs in co-simulation."""

import time
from collections.abc import Callable, Sequence

from hw.config import CONFIGS
from verif.fuzz.campaign import run
from verif.testbenches.case import Bench, Outcome

#: Retired instructions in each configuration.
INSTRUCTIONS = 67_000


class CoreBench(Bench):
    """One case a configuration: a short campaign of ``xdecimate fuzz``."""

    name = "core"
    about = "each configuration of the core, every retired instruction against the instruction-set model"

    @property
    def cases(self) -> tuple[str, ...]:
        return tuple(CONFIGS)

    def run(self, cases: Sequence[str], seed: int, done: Callable[[Outcome], None]) -> None:
        for name in cases:
            start = time.monotonic()
            total = run(CONFIGS[name], seed, INSTRUCTIONS)
            again = f"xdecimate fuzz --config {name} --seed {seed} --program"
            failures = [f"{failure.text}\nto shrink: {again} {failure.number}" for failure in total.failures]
            done(Outcome(name, time.monotonic() - start, "\n".join(failures)))
