"""Campaigns: the same totals wherever chunks run, and whatever becomes of a worker."""

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from common.scheduler import Scheduler
from hw.config import RV32IM, XDECIMATE
from sim.rtl.model import core_model
from verif.fuzz import campaign as module
from verif.fuzz.campaign import CHUNK, Chunk, Total, run

INSTRUCTIONS = 70_000


def campaign(**options) -> Total:
    """A campaign of small chunks, without the seconds and the workers that it took."""
    total = run(RV32IM, 5, INSTRUCTIONS, size=1, **options)
    return replace(total, seconds=0.0, longest=0.0, elapsed=0.0, workers=0)


@pytest.mark.long
def test_a_lost_worker_changes_no_total(tmp_path: Path, machines: Callable, monkeypatch: pytest.MonkeyPatch):
    core_model(RV32IM, rvfi=True)  # in the cache of this machine, which all have a link to
    started = machines(2, parts=("models",))
    chunks: list[Chunk] = []

    def kill(chunk: Chunk) -> None:
        chunks.append(chunk)
        if len(chunks) == 1:
            started.workers[0].kill()

    def fresh(name: str) -> None:
        monkeypatch.setattr("common.files.BUILD", tmp_path / name)

    fresh("undisturbed")
    undisturbed = campaign()
    fresh("disturbed")
    with Scheduler(started.address) as pool:
        assert campaign(workers=pool, on_chunk=kill) == undisturbed
    assert started.workers[0].wait() == -signal.SIGKILL
    assert len(chunks) == undisturbed.programs > 3
    assert undisturbed.instructions >= INSTRUCTIONS


def test_a_chunk_depends_on_modules_that_only_records_name(monkeypatch: pytest.MonkeyPatch):
    followed: list[str] = []
    monkeypatch.setattr(module, "closure", lambda *modules, outside: followed.extend(modules) or "")
    module.unit_of(XDECIMATE, 1, 0, CHUNK)
    assert {"sim.iss.units.decimate", "verif.units.decimate.verification"} < set(followed)
