"""Running proofs, several at a time.

An outcome is kept by all that it depends on, a counterexample with the sources that it is of.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from common.cache import kept
from common.closure import closure
from common.workers import Here, Unit, Workers
from common.workplace import workplace
from verif.formal import sby
from verif.formal.proof import Proof, Result
from verif.formal.sby import Status, Task, Verdict


def task_of(proof: Proof) -> Task:
    """The task of sby for a proof."""
    sources = proof.build()
    return Task(
        files=sources.files,
        script=sources.script,
        mode=proof.method.mode,
        depth=proof.depth,
        timeout=proof.timeout,
    )


def unit_of(proof: Proof) -> Unit:
    """The work that a proof is."""
    task = task_of(proof)
    return Unit(
        kind="formal",
        ingredients=(task.text, *task.files.values(), *sby.VERSIONS, closure(__name__, outside=("hw",))),
        function=run_task,
        arguments=(task,),
        final=_in_time,
    )


def run_task(task: Task) -> dict[str, Any]:
    """The verdict of sby on a task, in JSON, and the text of its counterexample."""
    with workplace() as folder:
        verdict = sby.run(task, folder)
        return {
            "status": verdict.status,
            "seconds": verdict.seconds,
            "failed": verdict.failed,
            "trace": verdict.trace.read_text() if verdict.trace else None,
        }


def _in_time(outcome: dict[str, Any]) -> bool:
    return outcome["status"] != Status.TIMEOUT


def _verdict(unit: Unit, outcome: dict[str, Any]) -> Verdict:
    trace = None
    if outcome["trace"]:
        [task] = unit.arguments

        def write(folder: Path) -> None:
            for name, text in (task.files | {"task.sby": task.text, "trace.vcd": outcome["trace"]}).items():
                (folder / name).write_text(text)

        trace = kept("traces", (*unit.ingredients, outcome["trace"]), write) / "trace.vcd"
    return Verdict(Status(outcome["status"]), outcome["seconds"], tuple(outcome["failed"]), trace)


def prove(proof: Proof) -> Result:
    """Run one proof, or find its outcome. Raises ``UserError`` when sby cannot run it."""
    [result] = prove_all([proof])
    return result


def prove_all(proofs: Sequence[Proof], workers: Workers | None = None) -> Iterator[Result]:
    """Results as they come, from this process without ``workers``; a proof's sources are made in its turn."""

    def units() -> Iterator[tuple[tuple[Proof, Unit, bool], Unit]]:
        for proof in proofs:
            unit = unit_of(proof)
            yield (proof, unit, unit.known() is not None), unit

    for (proof, unit, cached), outcome in (workers or Here()).as_completed(units()):
        yield Result(proof, _verdict(unit, outcome), cached)
