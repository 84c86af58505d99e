"""The table of riscv-formal's checks in docs/verification.md: what ``xdecimate riscv-formal`` measured."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from verif.formal.riscv_formal.checks import GROUPS

_RESULTS = Path(__file__).parents[3] / "docs" / "results" / "riscv_formal.json"


def table() -> str:
    """One line a group: which checks at which depth, how they ended, processor time."""
    checks = json.loads(_RESULTS.read_text())["checks"]
    lines = ["| group | checks | clock cycles | result | seconds |", "|---|---|---|---|---|"]
    for group in GROUPS:
        rows = [row for row in checks if row["group"] == group.name]
        for depth in sorted({row["depth"] for row in rows}):
            own = [row for row in rows if row["depth"] == depth]
            names = sorted({row["check"].removesuffix("_ch0").removesuffix("_ch1") for row in own})
            instructions = [name.removeprefix("insn_") for name in names if name.startswith("insn_")]
            others = [name for name in names if not name.startswith("insn_")]
            what = ", ".join(others + [f"instructions {' '.join(instructions)}"] * bool(instructions))
            ended = ", ".join(
                f"{n} {status}" for status, n in sorted(Counter(r["status"] for r in own).items())
            )
            seconds = sum(row["seconds"] for row in own)
            lines.append(f"| `{group.name}` | {what} | {depth} | {ended} | {seconds:.0f} |")
    return "\n".join(lines) + "\n"


PARTS: dict[str, Callable[[], str]] = {"riscv_formal": table}
