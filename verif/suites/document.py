"""The table of docs/riscv_suites.md: how many tests of each suite pass on which configuration."""

import json
from pathlib import Path

from hw.config import CONFIGS

_RESULTS = Path(__file__).parents[2] / "docs" / "results" / "suites.json"
_SOURCES = {"suite": "the suite's signatures", "model": "the model's signatures", "none": "its own checks"}


def table() -> str:
    """Passed of all by group, what they were held against, and every test that fails."""
    rows = {(row["group"], row["config"]): row for row in json.loads(_RESULTS.read_text())}
    lines = [f"| tests | {' | '.join(CONFIGS)} | held against |", "|---" * (len(CONFIGS) + 2) + "|"]
    failures: dict[str, str] = {}
    for group in dict.fromkeys(group for group, _ in rows):
        own = [rows[group, config] for config in CONFIGS]
        cells = [f"{len(row['passed'])} of {len(row['passed']) + len(row['failed'])}" for row in own]
        sources = ", ".join(_SOURCES[name] for name in own[0]["references"])
        lines.append(f"| {group} | {' | '.join(cells)} | {sources} |")
        failures |= {f"{group}/{name}": why for row in own for name, why in row["failed"].items()}
    lines += ["", "Not passed:", "", *(f"- `{name}`: {why}" for name, why in failures.items())]
    return "\n".join(lines) + "\n"


PARTS = {"suites": table}
