"""Tables of docs/cluster.md, made from what ``xdecimate bench --cores --json`` measured."""

from collections.abc import Callable

from hw.markdown import table
from verif.benchmark.cluster import CAUSES
from verif.benchmark.speedups import speedups
from verif.results import load


def _name(row: dict) -> str:
    return f"{row['variant']} 1:{row['m']}" if row["m"] else row["variant"]


def _rows(kernel: str) -> str:
    shares = [cause for cause in CAUSES if cause not in ("memory", "event")]
    cells = []
    for row in load(f"cluster_{kernel}")["rows"]:
        assert row["matches_golden"]
        cells.append(
            (
                row["geometry"].partition(",")[0],
                _name(row),
                f"{row['cycles']:,}",
                f"{row['dense_macs_per_cycle']:.2f}",
                f"{row['speedup_vs_dense_4x2']:.2f}",
                f"{row['speedup_vs_dense_1x2']:.2f}",
                f"{row['port_use']:.0%}",
                *(f"{row['breakdown'][cause]:.1%}" for cause in shares),
            )
        )
    columns = ("", "kernel", "cycles", "MACs/cycle", "vs 4x2", "vs 1x2", "port", *shares)
    return f"\n{table(columns, cells)}\n"


def _scaling(name: str) -> str:
    """Speed-up and efficiency by number of cores, and the conflicts of the largest cluster."""
    rows = load(f"cluster_{name}")["rows"]
    counts = sorted({row["cores"] for row in rows})
    cells = []
    for name in dict.fromkeys(map(_name, rows)):
        own = {row["cores"]: row for row in rows if _name(row) == name}
        cells.append(
            [name, f"{own[counts[0]]['cycles']:,}"]
            + [f"{own[n]['efficiency'] * n / counts[0]:.2f} ({own[n]['efficiency']:.0%})" for n in counts[1:]]
            + [f"{own[counts[-1]]['breakdown']['conflicts']:.1%}"]
        )
    title = f"{rows[0]['banks']} banks"
    columns = (
        title,
        f"cycles on {counts[0]}",
        *(f"{n} cores" for n in counts[1:]),
        f"conflicts on {counts[-1]}",
    )
    return f"\n{table(columns, cells)}\n"


#: What makes the text between the markers of docs/cluster.md.
PARTS: dict[str, Callable[[], str]] = {
    "averages": lambda: speedups({"8 cores": "cluster_"}),
    "conv": lambda: _rows("conv"),
    "linear": lambda: _rows("linear"),
    "scaling": lambda: _scaling("scaling"),
    "banks": lambda: _scaling("banks"),
}
