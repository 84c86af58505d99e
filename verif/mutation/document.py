"""Tables of docs/verification.md about the quality of the tests, from docs/results."""

import json
from pathlib import Path
from typing import Any

_RESULTS = Path(__file__).parents[2] / "docs" / "results"


def _load(name: str) -> Any:
    return json.loads((_RESULTS / f"{name}.json").read_text())


def mutation() -> str:
    """Scores of unit and core, what saw how many, each module, and the survivors."""
    campaigns = [_load("mutation_unit"), _load("mutation_core")]
    lines = ["| | mutants | killed | equivalent | survive | score |", "|---|---|---|---|---|---|"]
    for row in campaigns:
        left = row["mutants"] - row["killed"] - row["equivalent"]
        figures = f"{row['mutants']} | {row['killed']} | {row['equivalent']} | {left}"
        lines.append(f"| {row['what']} | {figures} | {row['score_percent']:.1f} % |")
    for row in campaigns:
        seen = ", ".join(f"{name} {count}" for name, count in row["killed_by"].items())
        lines += ["", f"The {row['what']}'s, seen first by: {seen}."]
    lines += ["", "| module | mutants | killed | equivalent |", "|---|---|---|---|"]
    for row in campaigns:
        lines += [
            f"| {name} | {own['mutants']} | {own['killed']} | {own['equivalent']} |"
            for name, own in row["modules"].items()
        ]
    lines += ["", "Survivors:", "", "| module | fault | source |", "|---|---|---|"]
    for row in campaigns:
        lines += [f"| {own['module']} | {own['fault']} | {own['source']} |" for own in row["survivors"]]
    return "\n".join(lines) + "\n"


def coverage() -> str:
    """Lines and toggles by module."""
    figures = _load("coverage")
    lines = ["| module | lines | toggles |", "|---|---|---|"]
    for name, row in {**figures["modules"], "all": figures["all"]}.items():
        shares = [f"{100 * hit / total:.1f} % of {total}" for hit, total in (row["line"], row["toggle"])]
        lines.append(f"| {name} | {' | '.join(shares)} |")
    return "\n".join(lines) + "\n"


PARTS = {"mutation": mutation, "coverage": coverage}
