"""The campaign's table in docs/verification.md, made from docs/results/fuzz.json.

``make fuzz`` writes the figures, and puts them into the page with ``python -m verif.fuzz.document``.
"""

import json
from pathlib import Path

from hw.files import write_atomically

_DOCS = Path(__file__).parents[2] / "docs"
PAGE = _DOCS / "verification.md"
FIGURES = _DOCS / "results" / "fuzz.json"
BEGIN, END = "<!-- fuzz -->\n", "<!-- /fuzz -->\n"


def section() -> str:
    """The text between the page's markers."""
    campaigns = json.loads(FIGURES.read_text())["configurations"]
    lines = [
        "| | " + " | ".join(c["config"] for c in campaigns) + " |",
        "|---" * (len(campaigns) + 1) + "|",
        _row("seed", [str(c["seed"]) for c in campaigns]),
        _row("programs", [f"{c['programs']:,}" for c in campaigns]),
        _row("instructions compared", [f"{c['instructions']:,}" for c in campaigns]),
        _row("clock cycles", [f"{c['cycles']:,}" for c in campaigns]),
        _row("instructions/s of one job", [f"{c['instructions_per_second']:,}" for c in campaigns]),
        _row("**differences**", [f"**{len(c['differences'])}**" for c in campaigns]),
    ]
    for group in campaigns[0]["coverage"]:
        covered = [c["coverage"][group] for c in campaigns]
        lines.append(
            _row(f"covered: {group}", [f"{c['hit']} of {c['bins']}" if c["bins"] else "" for c in covered])
        )
    holes = [
        f"- {c['config']}, {group}: {', '.join(found['holes'])}"
        for c in campaigns
        for group, found in c["coverage"].items()
        if found["holes"]
    ]
    return "\n".join(
        [*lines, "", *(["Never seen:", "", *holes] if holes else ["Nothing was left out."]), "", ""]
    )


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def updated(text: str) -> str:
    """The page with the figures of today's file."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{section()}{END}{tail}"


if __name__ == "__main__":
    write_atomically(PAGE, updated(PAGE.read_text()))
