"""The table of docs/riscv_suites.md: how many tests of each suite pass on which configuration."""

from typing import Any

from common.markdown import table
from common.results import load

_SOURCES = {"suite": "the suite's signatures", "model": "the model's signatures", "none": "its own checks"}


def _passed(row: dict[str, Any] | None) -> str:
    """Passed of all; nothing for a group that a configuration cannot run."""
    return f"{len(row['passed'])} of {len(row['passed']) + len(row['failed'])}" if row else ""


def suites() -> str:
    """Passed of all by group, what they were checked against, and every test that fails."""
    reports = {(row["group"], row["config"]): row for row in load("suites")}
    configs = list(dict.fromkeys(config for _, config in reports))
    rows = []
    failures: dict[str, str] = {}
    for group in dict.fromkeys(group for group, _ in reports):
        own = [reports.get((group, config)) for config in configs]
        cells = [_passed(row) for row in own]
        there = [row for row in own if row]
        rows.append((group, *cells, ", ".join(_SOURCES[name] for name in there[0]["references"])))
        failures |= {f"{group}/{name}": why for row in there for name, why in row["failed"].items()}
    listed = "".join(f"- `{name}`: {why}\n" for name, why in failures.items())
    return f"{table(('tests', *configs, 'checked against'), rows)}\nNot passed:\n\n{listed}"


PARTS = {"suites": suites}
