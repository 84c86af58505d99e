"""Designs against each other: tables of docs/designs.md, from the reports of `xdecimate explore`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from common.markdown import table
from common.results import load
from reports import synthesis

#: Reports of `make explore`: of cores.
CORES = ("conv", "linear")


def explored(name: str) -> dict[str, Any]:
    """One report."""
    return load(f"explore/{name}")


def is_earlier(name: str) -> bool:
    """True if none of a report's areas was measured of today's designs."""
    reports = [report for kind in ("area", "cluster_area") for report in synthesis.load_all(kind)]
    current = [report for report in reports if not synthesis.is_earlier(report)]
    areas = {report[key] for report in current for key in ("baseline_ge", "extended_ge")}
    return not any(point["ge"] in areas for point in explored(name)["points"])


def cores() -> str:
    """Cores on each of the two layers: areas and speed-ups, and energies."""
    return "\n".join(
        f"{_caption(name)}\n{_speedups(name, ('core',))}\nEnergy of the core for the same layer, uJ:\n\n"
        f"{_energies(name)}"
        for name in CORES
    )


def clusters() -> str:
    """Clusters and their cores on one layer: areas and speed-ups."""
    return _of_clusters("clusters")


def sizes() -> str:
    """The same for numbers of cores, widths of the bus and sizes of L1."""
    return _of_clusters("sizes")


def _of_clusters(name: str) -> str:
    return f"{_caption(name)}\n{_speedups(name, ('cluster', 'core'))}"


def _caption(name: str) -> str:
    report = explored(name)
    first = report["points"][0]
    text = f"`{first['operator']}` {first['geometry']}; areas: {Path(report['target']).stem}"
    if is_earlier(name):
        text += ", of an earlier state of the core; `make explore` measures all figures again"
    return f"{text}.\n"


def _speedups(name: str, heads: tuple[str, ...]) -> str:
    return _by_design(
        name,
        (*heads, "kGE", "over the first"),
        lambda first, own: [f"{own['ge'] / 1000:.1f}", f"{100 * (own['ge'] / first['ge'] - 1):+.1f} %"],
        lambda point: f"{point['speedup']:.2f}{_star(point, 'ge')}",
    )


def _energies(name: str) -> str:
    return _by_design(
        name,
        ("core",),
        lambda first, own: [],
        lambda point: f"{point['nj'] / 1000:.1f}{_star(point, 'nj')}",
    )


def _by_design(
    name: str,
    heads: tuple[str, ...],
    about: Callable[[dict[str, Any], dict[str, Any]], list[str]],
    cell: Callable[[dict[str, Any]], str],
) -> str:
    """A row for each design, and in it a cell for each sparsity."""
    points = explored(name)["points"]
    sparsities = list(dict.fromkeys(point["m"] for point in points))
    rows = []
    for design in dict.fromkeys(point["design"] for point in points):
        own = {point["m"]: point for point in points if point["design"] == design}
        names = [f"`{part}`" for part in design.split(" of ")]
        rows.append([*names, *about(points[0], own[sparsities[0]]), *(cell(own[m]) for m in sparsities)])
    return table((*heads, *(f"1:{m}" if m else "dense" for m in sparsities)), rows)


def _star(point: dict[str, Any], cost: str) -> str:
    return r"\*" if cost in point["best"] else ""


PARTS = {"cores": cores, "clusters": clusters, "sizes": sizes}
