"""Programs on the RTL, here or on many machines, and what they leave in memory, kept by content."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from common.cache import Ingredient, kept_json, plain
from common.closure import closure
from common.workers import Unit, Workers
from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig
from sim.rtl.cluster import ClusterJob, ClusterResult, cluster_model
from sim.rtl.errors import SimulationError
from sim.rtl.job import Job, Result
from sim.rtl.model import Model, core_model
from sim.rtl.run import RUNNER, run_on_model

MAX_CYCLES = 2_000_000_000


@dataclass(frozen=True)
class Speed:
    """Clock cycles of whole programs and seconds that simulation took; 0 if the cache had all results."""

    cycles: int
    seconds: float


def simulate(
    config: CoreConfig | ClusterConfig,
    jobs: Sequence[Job] | Sequence[ClusterJob],
    *,
    processes: int = 2,
    workers: Workers | None = None,
    done: Callable[[], None] = lambda: None,
    model: Model | None = None,
) -> tuple[list[dict[str, bytes]], Speed]:
    """The jobs' dumps by their names, from the generated design of a configuration or from ``model`` of it.

    Jobs without a result in the cache run in ``processes`` processes, or each as a unit of work on
    ``workers``. ``done`` is called at the end of each job. Raises ``SimulationError`` when the simulator
    fails or a program does not pass.
    """
    chosen = model or _model(config)
    units = [_unit(config, chosen, job) for job in jobs]
    outcomes = {number: known for number, unit in enumerate(units) if (known := unit.known()) is not None}
    for _ in outcomes:
        done()
    missing = [number for number in range(len(jobs)) if number not in outcomes]

    def on_result(position: int, result: Result | ClusterResult) -> None:
        number = missing[position]
        unit = units[number]
        outcome = _outcome(jobs[number], result)
        outcomes[number] = kept_json(unit.kind, unit.ingredients, lambda: outcome)
        done()

    start = time.monotonic()
    if workers and missing:
        for number, outcome in workers.as_completed((number, units[number]) for number in missing):
            outcomes[number] = outcome
            done()
    elif missing:
        to_run: Sequence[Any] = [jobs[number] for number in missing]
        run_on_model(chosen, to_run, processes=processes, on_result=on_result, keep=False)
    seconds = time.monotonic() - start if missing else 0.0
    dumps = [
        {name: bytes.fromhex(text) for name, text in outcomes[number]["dumps"].items()}
        for number in range(len(jobs))
    ]
    return dumps, Speed(sum(outcomes[number]["cycles"] for number in missing), seconds)


def _model(config: CoreConfig | ClusterConfig) -> Model:
    return cluster_model(config) if isinstance(config, ClusterConfig) else core_model(config)


def _unit(config: CoreConfig | ClusterConfig, model: Model, job: Job | ClusterJob) -> Unit:
    # The values that hw gives are in the job, the code that it generates in the model.
    code = closure("sim.rtl.run", RUNNER, outside=("hw", "sim.rtl.model"))
    parts: list[Ingredient] = [code, model.key, plain([job.inputs(), job.memories, job.dumps])]
    for segment in job.program.segments:
        parts += [str(segment.address), segment.data]
    return Unit(kind="measurements", ingredients=tuple(parts), function=run_alone, arguments=(config, job))


def run_alone(config: CoreConfig | ClusterConfig, job: Any) -> dict[str, Any]:
    """Run one job; returns its cycles and, in hexadecimal, its dumps."""
    [result] = run_on_model(_model(config), [job])
    return _outcome(job, result)


def _outcome(job: Job | ClusterJob, result: Result | ClusterResult) -> dict[str, Any]:
    if not result.passed:
        why = f": {result.why}" if isinstance(result, ClusterResult) else ""
        raise SimulationError(
            f"{job.program.path} ended with {result.exit_code} after {result.cycles} cycles{why}"
        )
    return {"cycles": result.cycles, "dumps": {name: data.hex() for name, data in result.dumps.items()}}
