"""Tables of results in README.md and docs, made from what the commands measured.

Commands write their figures with ``--json`` into results. ``python -m reports`` puts them into the documents,
each table between a marker ``<!-- name -->`` and ``<!-- /name -->``, and writes docs/isa.md.
"""

from collections.abc import Callable
from pathlib import Path

from common.files import write_atomically
from reports import cluster, cv32e40p, fuzz, inner_loops, isa, mutation, ports, proofs, suites, synthesis
from reports.speedups import recorded, speedups

ROOT = Path(__file__).parents[1]

#: Machines of README's tables, and how the names of their reports begin.
MACHINES = {"1 core": "", "8 cores": "cluster_"}


def results() -> str:
    """The text between README's markers."""
    area = synthesis.load("area")
    reports = [prefix + kernel for prefix in MACHINES.values() for kernel in ("conv", "linear")]
    matching = [row.matches_golden for name in reports for row in recorded(name)]
    lines = [
        "Speed-up averaged over the paper's layers: on one core whose memory holds everything; on eight with",
        "all transfers between L2 and 128 kB of L1, as in the paper ([docs/cluster.md](docs/cluster.md)).",
        f"{sum(matching)} of {len(matching)} outputs equal NumPy's in every byte.",
        speedups(MACHINES),
        f"Area ({area['target']}): {area['baseline_ge']:,.0f} GE without XDecimate, "
        f"{area['extended_ge']:,.0f} GE with it: {area['overhead_ge']:,.0f} GE "
        f"or {area['overhead_percent']:.2f} %, the hierarchy kept ([docs/area.md](docs/area.md)).",
        "",
    ]
    return "\n".join(lines)


#: Documents, and what makes the text between their markers.
DOCUMENTS: dict[Path, dict[str, Callable[[], str]]] = {
    ROOT / "README.md": {"results": results},
    ROOT / "docs" / "area.md": synthesis.PARTS,
    ROOT / "docs" / "cluster.md": cluster.PARTS
    | {"area": synthesis.cluster, "cluster ports": ports.PARTS["cluster ports"]},
    ROOT / "docs" / "core.md": {"core ports": ports.PARTS["core ports"], "absent": cv32e40p.render},
    ROOT / "docs" / "unit.md": {"unit ports": ports.PARTS["unit ports"]},
    ROOT / "docs" / "kernels.md": inner_loops.PARTS,
    ROOT / "docs" / "riscv_suites.md": suites.PARTS,
    ROOT / "docs" / "verification.md": fuzz.PARTS | proofs.PARTS | mutation.PARTS,
}


def updated(path: Path) -> str:
    """A document with the results of today's files."""
    text = path.read_text()
    for name, make in DOCUMENTS[path].items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        text = f"{head}{begin}{make()}{end}{tail}"
    return text


def write_all() -> None:
    """Bring all documents up to date."""
    for path in DOCUMENTS:
        write_atomically(path, updated(path))
    write_atomically(ROOT / isa.DOCUMENT, isa.render())
