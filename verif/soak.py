"""Randomized tests with many seeds as units of work, so that other machines run them too."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from common.cache import Ingredient, key, plain
from common.closure import project
from common.errors import UserError
from common.workers import Unit, Workers

_ROOT = Path(__file__).parents[1]
#: Tests of a unit: pytest collects for some seconds, a test takes a fraction of one.
GROUP = 50


def collect(seeds: int, seed: int) -> list[str]:
    """Names of the randomized tests, each with this many seeds that are drawn from ``seed``.

    Raises ``UserError`` without a checkout, which alone has tests, or when pytest cannot collect them.
    """
    if not (_ROOT / "tests").is_dir():
        raise UserError(f"{_ROOT} has no tests; run xdecimate soak in a checkout, after make setup")
    done = _pytest(seeds, seed, "--collect-only")
    names = [line for line in done.stdout.splitlines() if "::" in line]
    if done.returncode or not names:
        raise UserError(f"pytest cannot collect the tests: {done.stdout[-500:]}{done.stderr[-500:]}")
    return names


def run(workers: Workers, seeds: int, seed: int, tests: Sequence[str]) -> Iterator[tuple[int, str]]:
    """For groups of tests, as they end: how many, and pytest's output if one of them failed."""
    units = []
    for first in range(0, len(tests), GROUP):
        group = list(tests[first : first + GROUP])
        units.append(
            (
                group,
                Unit(
                    kind="soak",
                    ingredients=(project(), _tests_key(), plain([seeds, seed, group])),
                    function=run_group,
                    arguments=(_tests_key(), seeds, seed, group),
                    final=_passed,
                ),
            )
        )
    for group, outcome in workers.as_completed(units):
        yield len(group), outcome["output"]


def run_group(expected: str, seeds: int, seed: int, tests: list[str]) -> dict[str, Any]:
    """One unit's work: pytest on these tests. Raises ``UserError`` when the tests here are others."""
    if _tests_key() != expected:
        raise UserError(f"the tests in {_ROOT} on a worker are others; check out the same commit there")
    done = _pytest(seeds, seed, *tests)
    return {"output": done.stdout[-4000:] + done.stderr[-1000:] if done.returncode else ""}


def _passed(outcome: dict[str, Any]) -> bool:
    return not outcome["output"]


def _pytest(seeds: int, seed: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "--soak", str(seeds), *arguments]
    environment = os.environ | {"SEED": str(seed)}
    return subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)


@cache
def _tests_key() -> str:
    parts: list[Ingredient] = []
    for path in sorted((_ROOT / "tests").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            parts += [str(path.relative_to(_ROOT)), path.read_bytes()]
    return key(parts)
