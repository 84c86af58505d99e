"""Running programs on the core: many jobs a process, as many processes as asked for."""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Generic

from common.files import check_writable, write_atomically
from common.workplace import workplace
from hw.config import CoreConfig
from sim.rtl.image import read_image, write_image
from sim.rtl.job import Job, R, Result, TileJob
from sim.rtl.model import Model, core_model
from sim.rtl.process import SimulatorProcess

_POLL_SECONDS = 0.05
_COVERAGE = "coverage.dat"  # Verilator's name
_TRACE = "trace"
#: The module that runs inside the simulator, by name: its source is an ingredient of what comes out.
RUNNER = "sim.rtl.job_runner"


def run_programs(
    config: CoreConfig,
    jobs: Sequence[Job],
    *,
    processes: int = 1,
    trace: Path | None = None,
    on_result: Callable[[int, Result], None] | None = None,
) -> list[Result]:
    """Run programs on the generated core of a configuration; see ``run_on_model``."""
    model = core_model(config, trace=trace is not None)
    return run_on_model(model, jobs, processes=processes, trace=trace, on_result=on_result)


def run_on_model(
    model: Model,
    jobs: Sequence[TileJob[R]],
    *,
    processes: int = 1,
    trace: Path | None = None,
    coverage: Path | None = None,
    recording: Path | None = None,
    on_result: Callable[[int, R], None] | None = None,
    keep: bool = True,
) -> list[R]:
    """Run jobs on a tile's model and return their results in order.

    Parameters
    ----------
    model : Model
        From ``core_model``, ``tile_model`` or ``cluster_model``.
    jobs : sequence of Job
    processes : int
        Simulators to run side by side; jobs are dealt out in turn.
    trace : Path or None
        File to write, FST; all jobs run in one process.
    coverage : Path or None
        File to write, Verilator's, of a model that was built to; all jobs run in one process.
    recording : Path or None
        File to write, of a netlist with a recorder (``synth.gates``); all jobs run in one process.
    on_result : callable
        Called with a job's number and its result as soon as it has ended.
    keep : bool
        Return the results; otherwise ``on_result`` alone gets them, and the list is empty.

    Raises
    ------
    UserError
        When the trace, the coverage or the recording cannot be written.
    SimulationError
        When a simulator fails. A program that fails or does not end is a result, not an error.
    """
    for path in filter(None, (trace, coverage, recording)):
        check_writable(path)
        processes = 1
    arguments = ["--trace", "--trace-file", _TRACE] if trace else []
    arguments += [f"+record={recording.resolve()}"] if recording else []
    results: dict[int, R] = {}
    with ExitStack() as stack:
        batches = []
        for first in range(min(processes, len(jobs))):
            directory = stack.enter_context(workplace())
            batch = _Batch(model, directory, dict(list(enumerate(jobs))[first::processes]), arguments)
            stack.callback(batch.process.stop)
            batches.append(batch)
        running = list(batches)
        while running:
            time.sleep(_POLL_SECONDS)
            ended = [batch for batch in running if not batch.process.running]
            for batch in running:
                for number, result in batch.new_results():
                    if keep:
                        results[number] = result
                    if on_result:
                        on_result(number, result)
            for batch in ended:
                batch.process.check()
                running.remove(batch)
        if trace:
            write_atomically(trace, (batches[0].directory / _TRACE).read_bytes())
        if coverage:
            write_atomically(coverage, (batches[0].directory / _COVERAGE).read_bytes())
    return [results[number] for number in sorted(results)]


class _Batch(Generic[R]):
    """Jobs, by their numbers, that one process runs."""

    def __init__(
        self, model: Model, directory: Path, jobs: dict[int, TileJob[R]], arguments: Sequence[str]
    ) -> None:
        self.directory = directory
        self._left = list(jobs.items())
        self._done = 0
        for number, job in jobs.items():
            for name, memory in job.memories.items():
                write_image(directory / f"{number}.{name}.hex", memory, job.program.segments)
        description = [_description(number, job) for number, job in jobs.items()]
        (directory / "jobs.json").write_text(json.dumps(description))
        self.process = SimulatorProcess(
            model, RUNNER, directory, arguments=[f"+directory={directory}", *arguments]
        )

    def new_results(self) -> list[tuple[int, R]]:
        """Results that have come since the last call."""
        path = self.directory / "results.jsonl"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        new = []
        for line in lines[self._done :]:
            if line.endswith("\n"):
                number, job = self._left.pop(0)
                self._done += 1
                new.append((number, self._result(number, job, json.loads(line))))
        return new

    def _result(self, number: int, job: TileJob[R], outcome: dict[str, Any]) -> R:
        dumps = {
            name: read_image(self.directory / f"{_dump_file(number, index)}.dump.hex", region)
            for index, (name, region) in enumerate(job.dumps.items())
        }
        output = (self.directory / f"{number}.out").read_text(errors="replace")
        return job.result(outcome, output, dumps, self._trace(number))

    def _trace(self, number: int) -> bytes:
        """The bytes that the tile wrote while a job ran, which are many and so are taken off the disk."""
        path = self.directory / f"{number}.trace"
        if not path.exists():
            return b""
        content = path.read_bytes()
        path.unlink()
        return content


def _dump_file(number: int, index: int) -> int:
    return number << 8 | index


def _description(number: int, job: TileJob) -> dict:
    """A job as ``sim.rtl.job_runner`` reads it: values of the tile's inputs, and its outputs' names."""
    dumps = []
    for index, (name, region) in enumerate(job.dumps.items()):
        levels = enumerate(job.memories.values(), start=1)
        found = next(((n, m) for n, m in levels if m.base <= region.base and region.end <= m.end), None)
        if found is None or region.size < 1:
            raise ValueError(f"dump {name}: {region} must have at least one byte and lie in one memory")
        level, memory = found
        dumps.append(
            {
                "file": _dump_file(number, index),
                "dump_level": level,
                "dump_first": (region.base - memory.base) // 4,
                "dump_last": (region.end - 1 - memory.base) // 4,
            }
        )
    return {"inputs": {"file": number} | job.inputs(), "outputs": job.outputs, "dumps": dumps}
