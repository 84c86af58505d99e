"""The campaign's table in docs/verification.md, from results/fuzz.json."""

from common.markdown import table
from common.results import load


def campaign() -> str:
    """Instructions compared in each configuration, their coverage, and the bins never hit."""
    campaigns = load("fuzz")["configurations"]
    figures = {
        "seed": [str(c["seed"]) for c in campaigns],
        "programs": [f"{c['programs']:,}" for c in campaigns],
        "instructions compared": [f"{c['instructions']:,}" for c in campaigns],
        "clock cycles": [f"{c['cycles']:,}" for c in campaigns],
        "instructions/s of one job": [f"{c['instructions_per_second']:,}" for c in campaigns],
        "**differences**": [f"**{len(c['differences'])}**" for c in campaigns],
    }
    # A variant of a unit has a group of its own in its configuration alone.
    for group in dict.fromkeys(group for c in campaigns for group in c["coverage"]):
        covered = [c["coverage"].get(group, {"bins": 0}) for c in campaigns]
        figures[f"covered: {group}"] = [f"{c['hit']} of {c['bins']}" if c["bins"] else "" for c in covered]
    holes = [
        f"- {c['config']}, {group}: {', '.join(found['holes'])}\n"
        for c in campaigns
        for group, found in c["coverage"].items()
        if found["holes"]
    ]
    rows = [(name, *cells) for name, cells in figures.items()]
    unseen = f"Never seen:\n\n{''.join(holes)}" if holes else "Nothing was left out.\n"
    return f"{table(('', *(c['config'] for c in campaigns)), rows)}\n{unseen}"


PARTS = {"fuzz": campaign}
