"""Area of a design with XDecimate, compared with the design without it."""

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from common.errors import UserError
from hw.cluster.config import ClusterConfig
from hw.config import CoreConfig
from synth.area import compare
from synth.cells import embedded
from synth.cluster import compare_clusters
from synth.libraries import PDKS, liberty_file, pdk_library
from synth.library import Library
from synth.mapping import Flow
from synth.reports import Report
from synth.units.decimate import unit_variants
from xdecimate._api.configuration import cluster_config, core_config


@dataclass(frozen=True, kw_only=True)
class AreaReport:
    """Areas of two designs, in gate equivalents (GE: areas of the library's smallest NAND2).

    Parameters
    ----------
    baseline, extended : str
        Names of the configurations.
    baseline_ge, extended_ge : float
        Total areas.
    overhead_ge, overhead_percent : float
        What the extension adds, in GE and of the baseline.
    blocks : dict of str to (float, float)
        Areas of each block in both; empty where the hierarchy was flattened.
    library : str
        Library that the designs are mapped to.
    figures : dict
        All figures, as ``xdecimate area --json`` writes them: longest paths, tool, script, hashes.
    cached : bool
        Whether it was measured earlier.
    """

    baseline: str
    extended: str
    baseline_ge: float
    extended_ge: float
    overhead_ge: float
    overhead_percent: float
    blocks: dict[str, tuple[float, float]]
    library: str
    figures: dict[str, Any]
    cached: bool


def area(
    baseline: str | CoreConfig = "baseline",
    extended: str | CoreConfig = "xdecimate",
    *,
    cluster: int | str | ClusterConfig | None = None,
    library: str | PathLike[str] | Library | None = None,
    flat: bool = False,
    orders: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> AreaReport:
    """Measure the area that XDecimate adds to a core or a cluster, mapped to a cell library with Yosys.

    The first call takes minutes; the report is kept, and found again as long as nothing has changed.

    Parameters
    ----------
    baseline, extended : str or CoreConfig
        The cores, as for ``core_config``.
    cluster : int, str or ClusterConfig, optional
        Clusters instead of cores, as for ``cluster_config``, with these cores. Memories are left out.
    library : str or path, optional
        Name of a PDK (``sky130A``, ``ihp-sg13g2``: $PDK_ROOT says where it is; ``osu018``, ``osu035``), or a
        Liberty file; by default the small library that comes with the package.
    flat : bool
        Flatten the hierarchy and optimize across blocks; slower.
    orders : int
        With ``flat``, also the figures with the same assignments in this number of orders, which measures
        synthesis noise.
    progress : callable, optional
        Called with the number of modules that are mapped, and the number of all modules.

    Raises
    ------
    UserError
        When there is no such configuration, cluster or library, ``orders`` is not 1 without ``flat``, a
        cluster is to be flattened, or Yosys fails.

    Examples
    --------
    >>> import xdecimate as xd
    >>> report = xd.area("rv32im", "rv32im+xdecimate")
    >>> report.extended_ge > report.baseline_ge
    True
    """
    cores = core_config(baseline), core_config(extended)
    check_orders(orders, flat=flat and cluster is None)
    flow = Flow(_library(library), flat=flat)
    if cluster is None:
        return _report(compare(*cores, flow, progress or _silent, orders))
    return _report(compare_clusters(cluster_config(cluster), *cores, flow, progress or _silent))


def unit_area(
    *,
    library: str | PathLike[str] | Library | None = None,
    flat: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Measure the XDecimate unit alone: with all block sizes or two, with its own adder and register or not.

    Parameters
    ----------
    library, flat, progress
        As for ``area``.

    Returns
    -------
    Report
        ``figures["rows"]``: a dict for each variant, with ``ge``, ``flip_flops``, ``parts`` and ``path``.

    Raises
    ------
    UserError
        When there is no such library, or Yosys fails.
    """
    return unit_variants(Flow(_library(library), flat=flat), progress or _silent)


def _silent(finished: int, total: int) -> None:
    """Report no progress."""


def check_orders(orders: int, *, flat: bool) -> None:
    """Raise ``UserError`` unless there is at least one, and one only where the hierarchy is kept."""
    if orders < 1:
        raise UserError(f"orders must be 1 or more, not {orders}")
    if orders > 1 and not flat:
        raise UserError(
            "more than one order needs a flattened core: with hierarchy, both cores have the same gates in "
            "the blocks that they share; flatten the hierarchy, or leave out orders"
        )


def _library(library: str | PathLike[str] | Library | None) -> Library:
    if library is None:
        return embedded()
    if isinstance(library, Library):
        return library
    if library in PDKS:
        return pdk_library(str(library))
    if isinstance(library, str) and not Path(library).suffix:
        raise UserError(f"library must be one of {', '.join(PDKS)}, or a Liberty file, not {library!r}")
    return liberty_file(Path(library))


def _report(report: Report) -> AreaReport:
    figures = report.figures
    before, after = figures["config"]
    return AreaReport(
        baseline=before,
        extended=after,
        baseline_ge=figures["baseline_ge"],
        extended_ge=figures["extended_ge"],
        overhead_ge=figures["overhead_ge"],
        overhead_percent=figures["overhead_percent"],
        blocks={row["block"]: (row["baseline_ge"], row["extended_ge"]) for row in figures["blocks"]},
        library=figures["target"],
        figures=figures,
        cached=report.cached,
    )
