"""Tables of docs/verification.md about the quality of the tests, from results."""

from common.markdown import table
from common.results import load

#: Results of the campaigns, in the order of the table.
CAMPAIGNS = (
    "mutation_unit",
    "mutation_unit_xdecmac",
    "mutation_unit_xdecmac8",
    "mutation_core",
    "mutation_core_xdecmac",
)


def _name(campaign: dict) -> str:
    return _with_source(campaign, f"{campaign['what']} of {campaign['config']}")


def _with_source(campaign: dict, name: str) -> str:
    return f"{name}, {campaign['source']}" if "source" in campaign else name


def mutation() -> str:
    """Scores of units and core, what saw how many, each module, and the survivors."""
    campaigns = [load(name) for name in CAMPAIGNS]
    counts = ("mutants", "killed", "equivalent")
    scores = [
        [
            _name(row),
            *(str(row[count]) for count in counts),
            str(row["mutants"] - row["killed"] - row["equivalent"]),
            f"{row['score_percent']:.1f} %",
        ]
        for row in campaigns
    ]
    seen = [
        f"The {_name(row)}, seen first by: "
        + ", ".join(f"{name} {count}" for name, count in row["killed_by"].items())
        + ".\n"
        for row in campaigns
    ]
    modules = [
        [_with_source(row, name), *(str(own[count]) for count in counts)]
        for row in campaigns
        for name, own in row["modules"].items()
    ]
    survivors = [
        (own["module"], own["fault"], own["source"]) for row in campaigns for own in row["survivors"]
    ]
    return "\n".join(
        [
            table(("", *counts, "survive", "score"), scores),
            *seen,
            table(("module", *counts), modules),
            "Survivors:\n",
            table(("module", "fault", "source"), survivors),
        ]
    )


def coverage() -> str:
    """Lines and toggles by module."""
    figures = load("coverage")
    rows = [
        [
            name,
            *(f"{100 * hit / total:.1f} % of {total}" for hit, total in (row["line"], row["toggle"])),
        ]
        for name, row in {**figures["modules"], "all": figures["all"]}.items()
    ]
    return table(("module", "lines", "toggles"), rows)


PARTS = {"mutation": mutation, "coverage": coverage}
