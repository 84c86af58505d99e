"""Seeds: one for all tests of a run, many fresh ones for ``make soak``; and caches that hold nothing."""

import gc
import os
import random
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from common import files

ROOT = Path(__file__).parents[1]
#: Of every run that does not choose another: a test passes or fails for its reasons, never by chance.
DEFAULT_SEED = 20261124
MAX_SEED = (1 << 31) - 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak",
        type=int,
        default=0,
        metavar="N",
        help="run only the randomized tests, each with N seeds drawn from SEED (by default a fresh one)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Settle the run's seed before workers start, which inherit it."""
    wanted = os.environ.get("SEED", "random" if config.getoption("--soak") else str(DEFAULT_SEED))
    seed = str(secrets.randbelow(MAX_SEED) + 1) if wanted == "random" else wanted
    if not (seed.isdecimal() and 1 <= int(seed) <= MAX_SEED):
        raise pytest.UsageError(f"SEED must be random or a number in 1..{MAX_SEED}, not {wanted!r}")
    os.environ["SEED"] = seed


def pytest_report_header() -> str:
    return f"seed: {os.environ['SEED']}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    count = metafunc.config.getoption("--soak")
    if count and "seed" in metafunc.fixturenames:
        # The same in every worker, different from test to test.
        source = random.Random(f"{os.environ['SEED']} {metafunc.definition.nodeid}")
        seeds = [source.randrange(1, MAX_SEED + 1) for _ in range(count)]
        metafunc.parametrize("seed", seeds, indirect=True, ids=[f"seed={seed}" for seed in seeds])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if config.getoption("--soak"):
        fixed = [item for item in items if "seed" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if "seed" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=fixed)


def pytest_collection_finish() -> None:
    """Look for unreachable cycles less often: a third of the time in which Amaranth makes a design."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Seed of a randomized test, 1 to 2**31 - 1; a failing test shows the command that repeats it."""
    chosen = int(getattr(request, "param", os.environ["SEED"]))
    test = request.node.nodeid
    for part in (f"[seed={chosen}]", f"seed={chosen}-", f"-seed={chosen}"):
        test = test.replace(part, "")
    print(f"to repeat: SEED={chosen} python -m pytest '{test}'")
    return chosen


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    """Random numbers from the test's seed."""
    return np.random.default_rng(seed)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache's folder for this test alone and processes that it starts; it is not there yet."""
    folder = tmp_path / "build"
    monkeypatch.setenv("XDECIMATE_CACHE", str(folder))
    monkeypatch.setattr(files, "BUILD", folder)
    return folder


@pytest.fixture
def linked_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Changes to a new cache, of the given name, that has models and programs but no other results."""
    parts = {part: files.BUILD / part for part in ("models", "objects", "programs", "work", "zig")}

    def change(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for part, path in parts.items():
            path.mkdir(parents=True, exist_ok=True)
            (folder / part).symlink_to(path)
        monkeypatch.setattr(files, "BUILD", folder)
        return folder

    return change


@dataclass(frozen=True)
class Machines:
    """A Dask scheduler and its workers, each a process with a cache of its own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    caches: list[Path]


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Callable[..., Machines]]:
    """Start a scheduler and a number of workers; they have the named parts of this machine's cache."""
    started: list[subprocess.Popen[bytes]] = []
    build = files.BUILD

    def start(count: int, parts: tuple[str, ...] = ()) -> Machines:
        def dask(ready: str, *arguments: object, cache: Path = tmp_path) -> str:
            command = [sys.executable, "-m", "dask", *map(str, arguments), "--dashboard-address", ":0"]
            environment = os.environ | {"XDECIMATE_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
            log = tmp_path / f"dask-{len(started)}.log"
            with log.open("w") as file:
                process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
            started.append(process)
            end = time.monotonic() + 60
            while not (found := re.search(rf"{ready} +(\S+)", log.read_text())):
                assert time.monotonic() < end, log.read_text()
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            return found[1]

        address = dask("Scheduler at:", "scheduler", "--host", "127.0.0.1", "--port", 0)
        caches = [tmp_path / f"cache-{number}" for number in range(count)]
        for cache in caches:
            cache.mkdir()
            for part in parts:
                (cache / part).symlink_to(build / part)
            options = ("--nthreads", 1, "--no-nanny", "--local-directory", tmp_path)
            dask("Registered to:", "worker", address, *options, cache=cache)
        return Machines(address, started[0], started[1:], caches)

    yield start
    for process in started:
        process.kill()
        process.wait()
