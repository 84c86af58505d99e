"""The table of docs/verification.md's section on proofs, from results/formal.json."""

from common.markdown import table
from common.results import load


def proofs() -> str:
    """Every proof: what it shows, how and how deep, and the processor time that it took."""
    measured = load("formal")
    rows = [
        (
            f"`{row['name']}`",
            row["what"],
            row["method"],
            str(row["depth"]),
            row["assumes"],
            row["status"].lower(),
            f"{row['cpu_seconds']:.0f}",
        )
        for row in measured["proofs"]
    ]
    heads = ("proof", "what is shown", "method", "depth", "taken for granted", "status", "seconds")
    total = sum(row["cpu_seconds"] for row in measured["proofs"])
    sentence = f"In all {total:.0f} seconds of one processor; {', '.join(measured['tools'])}."
    return f"{table(heads, rows)}\n{sentence}\n"


PARTS = {"proofs": proofs}
