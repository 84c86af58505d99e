"""Running jobs on the RTL and holding every retired instruction against the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from hw.config import CoreConfig
from sim.rtl.job import Job, Result
from sim.rtl.model import Model, core_model
from sim.rtl.run import run_on_model
from verif.cosim.mismatch import Mismatch, mismatch
from verif.cosim.trace import COMPARED, CSRS, read_trace
from verif.cosim.trace_replay import TraceReplay

#: Clock cycles in which something retires, or the core hangs: a division takes 35, a memory access some ten
#: with the slowest wait states.
_LONGEST_WAIT = 5000


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Outcome of a job.

    Parameters
    ----------
    mismatch : Mismatch or None
        The first difference.
    instructions : int
        Retired instructions that were compared, trapped ones included.
    result : Result
        The simulator's; its ``trace`` is empty.
    trace : ndarray of RECORD
        What retired (``verif.cosim.trace``): for coverage.
    """

    mismatch: Mismatch | None
    instructions: int
    result: Result
    trace: np.ndarray = field(repr=False)


def check(job: Job, config: CoreConfig) -> Mismatch | None:
    """Run one job on the core of a configuration and compare every retired instruction with the model.

    Wait states, their seed and interrupts at random are the job's. A program that does not end within its
    ``max_cycles`` is compared as far as it came. Returns the first difference, None when there is none.
    """
    return check_all([job], config)[0].mismatch


def check_all(
    jobs: Sequence[Job],
    config: CoreConfig,
    *,
    processes: int = 1,
    model: Model | None = None,
    on_outcome: Callable[[int, Outcome], None] | None = None,
) -> list[Outcome]:
    """Run many jobs in one simulator process (or several), which shares its start-up among them.

    Parameters
    ----------
    jobs : sequence of Job
        Each needs 84 bytes of memory an instruction until it is compared, which happens as soon as it ends.
    config : CoreConfig
        Of the core, and of the model.
    processes : int
        Simulators side by side; the comparison runs in this process.
    model : Model or None
        Another simulator of such a core with a trace port (``tile_model(verilog, rvfi=True)``), for instance
        of a broken one; by default that of the configuration.
    on_outcome : callable
        Called with a job's number and outcome as soon as it is compared; jobs end in any order.

    Raises
    ------
    SimulationError
        When the simulator fails.
    """
    outcomes: dict[int, Outcome] = {}

    def compare(number: int, result: Result) -> None:
        outcomes[number] = outcome = check_result(jobs[number], config, result)
        if on_outcome:
            on_outcome(number, outcome)

    run_on_model(
        model or core_model(config, rvfi=True), jobs, processes=processes, on_result=compare, keep=False
    )
    return [outcomes[number] for number in range(len(jobs))]


def check_result(job: Job, config: CoreConfig, result: Result) -> Outcome:
    """Compare what a simulator has traced with the model."""
    trace = read_trace(result.trace)
    bare = Result(**{**vars(result), "trace": b""})
    difference = _compare(job, config, trace, bare)
    return Outcome(mismatch=difference, instructions=len(trace), result=bare, trace=trace)


def _compare(job: Job, config: CoreConfig, trace: np.ndarray, result: Result) -> Mismatch | None:
    if (difference := _check_sequence(trace)) is not None:
        return difference
    replay = TraceReplay(job, config)
    expected, objection = replay.follow(trace)
    seen = trace[: len(expected)]
    names = (*COMPARED, *CSRS)
    differs = np.stack([seen[name] != expected[name] for name in names])
    if differs.any():
        index = int(differs.any(axis=0).argmax())
        wrong = [name for name, column in zip(names, differs, strict=True) if column[index]]
        lines = [f"  {name}: core {seen[name][index]:#x}, model {expected[name][index]:#x}" for name in wrong]
        return mismatch(
            trace,
            index,
            wrong[0],
            "\n".join(lines),
            core=int(seen[wrong[0]][index]),
            model=int(expected[wrong[0]][index]),
        )
    if objection is not None:
        return mismatch(trace, objection.index, "interrupt", f"  {objection.text}")
    ended = replay.machine.memory.exit_word
    if result.exit_code is not None and (ended is None or ended >> 1 != result.exit_code):
        what = f"  the program ended with code {result.exit_code}, the model with {ended}"
        return mismatch(trace, len(trace), "end", what, core=result.exit_code, model=ended)
    if result.asleep and replay.machine.next_mnemonic != "wfi":
        return mismatch(trace, len(trace), "sleep", "  asleep, and what comes next is no wfi")
    quiet = result.cycles - (int(trace["cycle"][-1]) if len(trace) else 0)
    if result.exit_code is None and not result.asleep and quiet > _LONGEST_WAIT:
        return mismatch(trace, len(trace), "end", f"  nothing retires for {quiet} cycles")
    return None


def _check_sequence(trace: np.ndarray) -> Mismatch | None:
    """Orders count up by one, and no two instructions are reported in one cycle."""
    gaps = trace["order"] != np.arange(len(trace), dtype=np.uint32)
    if gaps.any():
        index = int(gaps.argmax())
        order = int(trace["order"][index])
        return mismatch(
            trace, index, "order", f"  order: core {order}, must be {index}", core=order, model=index
        )
    back = np.diff(trace["cycle"].astype(np.int64)) <= 0
    if back.any():
        index = int(back.argmax()) + 1
        what = f"  cycle {trace['cycle'][index]} is not after that of the instruction before"
        return mismatch(trace, index, "cycle", what)
    return None
