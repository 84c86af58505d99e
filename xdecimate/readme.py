"""README's tables of results, made from what the commands measured.

``xdecimate bench conv|linear --geometry paper`` and ``xdecimate area`` write the figures with ``--json`` into
docs/results; ``python -m xdecimate.readme`` puts them into README.md.
"""

import json
from pathlib import Path
from statistics import fmean

from hw.files import write_atomically
from sw_kernels.variants import VARIANTS
from verif.benchmark import paper

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RESULTS = ROOT / "docs" / "results"
BEGIN, END = "<!-- results -->\n", "<!-- /results -->\n"


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
    area = _load("area")
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


def updated(text: str) -> str:
    """README with the results of today's files."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{results()}{END}{tail}"


if __name__ == "__main__":
    write_atomically(README, updated(README.read_text()))
