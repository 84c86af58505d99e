"""Tables of results in README.md and docs, made from what the commands measured.

``xdecimate bench conv|linear --geometry paper`` write their figures with ``--json`` into docs/results, and so
does ``xdecimate formal``; ``make synth`` writes into synth/results. ``python -m xdecimate.readme`` puts them
into the documents, each table between a marker ``<!-- name -->`` and ``<!-- /name -->``.
"""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

from hw.files import write_atomically
from sw_kernels.variants import VARIANTS
from synth import document
from verif.benchmark import cluster_document, paper
from verif.formal import document as proofs
from verif.mutation import document as mutation
from verif.suites import document as suites

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results"


def _load(name: str) -> dict:
    return json.loads((RESULTS / f"{name}.json").read_text())


def _speedups(kernel: str, baseline: str, title: str) -> list[str]:
    rows = _load(kernel)["rows"]
    lines = [f"| {title} | 1:4 | 1:8 | 1:16 |", "|---|---|---|---|"]
    for name in ("sparse_software", "sparse_xdecimate"):
        cells = []
        for variant in (v for v in VARIANTS if (v.kernel, v.name) == (kernel, name)):
            own = [row for row in rows if (row["variant"], row["m"]) == (name, variant.m)]
            measured = fmean(row[f"speedup_vs_dense_{baseline}"] for row in own)
            published = paper.average(variant, baseline)
            cells.append(f"{measured:.2f}" + (f" ({published:.2f})" if published else ""))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def results() -> str:
    """The text between README's markers."""
    area = document.load("area")
    matching = [row["matches_golden"] for name in ("conv", "linear") for row in _load(name)["rows"]]
    lines = [
        "Speed-up on one core, averaged over the paper's layers, in brackets the paper's own average",
        "(eight cores, FC with the transfer of its weights); "
        f"{sum(matching)} of {len(matching)} outputs equal NumPy's in every byte:",
        "",
        *_speedups("conv", "4x2", "Conv K=256, 8x8, 3x3, over dense 4x2"),
        *_speedups("conv", "1x2", "Conv K=256, 8x8, 3x3, over dense 1x2"),
        *_speedups("linear", "1x2", "FC K=256, over dense"),
        f"Area ({area['target']}): {area['baseline_ge']:,.0f} GE without XDecimate, "
        f"{area['extended_ge']:,.0f} GE with it: {area['overhead_ge']:,.0f} GE "
        f"or {area['overhead_percent']:.2f} %, the hierarchy kept ([docs/area.md](docs/area.md)).",
        "",
    ]
    return "\n".join(lines)


#: Documents, and what makes the text between their markers.
DOCUMENTS: dict[Path, dict[str, Callable[[], str]]] = {
    ROOT / "README.md": {"results": results},
    ROOT / "docs" / "area.md": document.PARTS,
    ROOT / "docs" / "cluster.md": cluster_document.PARTS | {"area": document.cluster},
    ROOT / "docs" / "riscv_suites.md": suites.PARTS,
    ROOT / "docs" / "verification.md": proofs.PARTS | mutation.PARTS,
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


if __name__ == "__main__":
    for path in DOCUMENTS:
        write_atomically(path, updated(path))
