"""The table of docs/scaling.md: one campaign on one worker and on two, from results/scaling_N.json."""

from common.markdown import table
from common.results import load

_WORKERS = (1, 2)


def scaling() -> str:
    """Elapsed seconds, and what of the workers' time went into chunks."""
    campaigns = [load(f"scaling_{count}")["configurations"][0] for count in _WORKERS]
    rows = []
    for row in campaigns:
        spent = row["workers"] * row["elapsed_seconds"]
        rows.append(
            [
                str(row["workers"]),
                f"{row['instructions']:,}",
                str(row["chunks"]),
                f"{row['elapsed_seconds']:.1f}",
                f"{row['seconds']:.1f}",
                f"{row['longest_chunk_seconds']:.1f}",
                f"{100 * row['seconds'] / spent:.0f} %",
                f"{(spent - row['seconds']) / row['chunks']:.2f}",
            ]
        )
    heads = (
        *("workers", "instructions compared", "chunks", "s", "s in chunks", "s of the longest"),
        *("share of the workers' time in chunks", "overhead, s a chunk"),
    )
    return table(heads, rows)


PARTS = {"scaling": scaling}
