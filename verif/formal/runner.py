"""Running proofs, several at a time.

An outcome is kept under build/formal by the hash of all that it depends on.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from common.files import BUILD, locked, write_atomically
from verif.formal import sby
from verif.formal.proof import Proof, Result
from verif.formal.sby import Status, Task, Verdict


def task_of(proof: Proof) -> Task:
    """What sby is given for a proof."""
    sources = proof.build()
    return Task(
        files=sources.files,
        script=sources.script,
        mode=proof.method.mode,
        depth=proof.depth,
        timeout=proof.timeout,
    )


def _key(task: Task) -> str:
    ingredients = [task.text, *task.files.values(), *sby.VERSIONS]
    return hashlib.sha256("\0".join(ingredients).encode()).hexdigest()[:16]


def _known(path: Path) -> Verdict | None:
    if not path.exists():
        return None
    kept = json.loads(path.read_text())
    trace = Path(kept["trace"]) if kept["trace"] else None
    if trace and not trace.exists():
        return None
    return Verdict(Status(kept["status"]), kept["seconds"], tuple(kept["failed"]), trace)


def prove(proof: Proof) -> Result:
    """Run one proof, or find its outcome. Raises ``UserError`` when sby cannot run it."""
    task = task_of(proof)
    folder = BUILD / "formal" / f"{proof.name}-{_key(task)}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    outcome = folder / "verdict.json"
    with locked(folder.with_name(f"{folder.name}.lock")):
        if known := _known(outcome):
            return Result(proof, known, cached=True)
        verdict = sby.run(task, folder)
        if verdict.status is not Status.TIMEOUT:
            write_atomically(outcome, json.dumps(asdict(verdict), default=str))
    return Result(proof, verdict, cached=False)


def prove_all(proofs: Sequence[Proof], *, jobs: int = 1) -> Iterator[Result]:
    """Results as they come; the sources of a proof are made when its turn comes."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        futures = [pool.submit(prove, proof) for proof in proofs]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            sby.stop_all()
            raise
