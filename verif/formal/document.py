"""The table of docs/verification.md's section on proofs, from docs/results/formal.json."""

import json
from pathlib import Path

_RESULTS = Path(__file__).parents[2] / "docs" / "results" / "formal.json"


def table() -> str:
    """Every proof: what it shows, how and how deep, and the processor time that it took."""
    measured = json.loads(_RESULTS.read_text())
    lines = [
        "| proof | what is shown | method | depth | taken for granted | status | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in measured["proofs"]:
        cells = (
            f"`{row['name']}`",
            row["what"],
            row["method"],
            str(row["depth"]),
            row["assumes"],
            row["status"].lower(),
            f"{row['cpu_seconds']:.0f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    total = sum(row["cpu_seconds"] for row in measured["proofs"])
    lines += ["", f"In all {total:.0f} seconds of one processor; {', '.join(measured['tools'])}."]
    return "\n".join(lines) + "\n"


PARTS = {"proofs": table}
