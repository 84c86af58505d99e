"""The tables of docs/area.md, made from synth/results."""

import json
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def load(name: str) -> dict:
    """Figures of one report."""
    return json.loads((RESULTS / f"{name}.json").read_text())


def table(heads: str, rows: list[list[str]]) -> str:
    """A Markdown table; the heads have ``|`` between them."""
    lines = [f"| {heads} |", "|" + "---|" * (heads.count("|") + 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def blocks() -> str:
    """Both cores by block, embedded library."""
    figures = load("area")
    before, after = figures["config"]
    rows = [
        [row["block"], f"{row['baseline_ge']:,.0f}", f"{row['extended_ge']:,.0f}", f"{difference:+,.0f}"]
        for row in figures["blocks"]
        for difference in (row["extended_ge"] - row["baseline_ge"],)
    ]
    sums = [f"**{figures[key]:,.0f}**" for key in ("baseline_ge", "extended_ge")]
    rows.append(["**sum**", *sums, f"**{figures['overhead_ge']:+,.0f}**"])
    return table(f"block | {before} GE | {after} GE | difference", rows)


def overheads() -> str:
    """One row for each pair and library that was measured."""
    reports = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("area*.json"))]
    return table(
        "library | hierarchy | without → with | GE without | GE with | overhead GE | overhead | path ratio",
        [
            [
                report["library"],
                report["hierarchy"],
                " → ".join(report["config"]),
                f"{report['baseline_ge']:,.0f}",
                f"{report['extended_ge']:,.0f}",
                f"{report['overhead_ge']:,.0f}",
                f"{report['overhead_percent']:.2f} %",
                f"{report['path_ratio']:.3f}",
            ]
            for report in reports
        ],
    )


def paths() -> str:
    """Longest paths, embedded library."""
    figures = load("area")["paths"]
    labels = {"baseline": "without", "extended": "with", "through_unit": "with, through the unit"}
    return table(
        "core | inverter delays | gates | from | to | through",
        [
            [
                label,
                f"{path['delay']}",
                f"{path['gates']}",
                path["start"],
                path["end"],
                " > ".join(path["through"]),
            ]
            for key, label in labels.items()
            for path in (figures[key],)
        ],
    )


#: Parts of docs/area.md by the name of their marker.
PARTS = {"blocks": blocks, "overheads": overheads, "paths": paths}
