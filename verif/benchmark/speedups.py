"""Tables of average speed-ups for the documents, of one or several machines beside the paper's."""

import json
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

from sw_kernels.variants import VARIANTS
from verif.benchmark import paper

RESULTS = Path(__file__).parents[2] / "docs" / "results"

#: Titles, kernels and the dense kernel that they are compared with.
_TABLES = (
    ("Conv K=256, 8x8, 3x3, over dense 4x2", "conv", "4x2"),
    ("Conv K=256, 8x8, 3x3, over dense 1x2", "conv", "1x2"),
    ("FC K=256, over dense", "linear", "1x2"),
)


def load(name: str) -> dict:
    """A report of docs/results."""
    return json.loads((RESULTS / f"{name}.json").read_text())


def speedups(machines: Mapping[str, str]) -> str:
    """Means over C of the paper's layers.

    Parameters
    ----------
    machines : mapping of str to str
        What a machine is called, to how the names of its reports begin.
    """
    lines = []
    for title, kernel, baseline in _TABLES:
        lines += ["", f"| {title} | 1:4 | 1:8 | 1:16 |", "| --- | ---: | ---: | ---: |"]
        for name in ("sparse_software", "sparse_xdecimate"):
            variants = [v for v in VARIANTS if (v.kernel, v.name) == (kernel, name)]
            for machine, prefix in machines.items():
                rows = load(f"{prefix}{kernel}")["rows"]
                means = []
                for variant in variants:
                    own = [row for row in rows if (row["variant"], row["m"]) == (name, variant.m)]
                    means.append(fmean(row[f"speedup_vs_dense_{baseline}"] for row in own))
                lines.append(f"| {name}, {machine} | " + " | ".join(f"{mean:.2f}" for mean in means) + " |")
            published = [paper.average(variant, baseline) for variant in variants]
            cells = [f"{value:.2f}" if value else "" for value in published]
            lines.append(f"| {name}, paper | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
