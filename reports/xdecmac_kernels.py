"""The kernels of XDecmac: tables of one core and of a cluster, and a summary in README."""

import re

from common.markdown import table
from common.results import load as load_result
from reports.speedups import recorded
from reports.synthesis import load


def kernels() -> str:
    """A table for each of the two layers, with speed-ups over the dense kernel of HWC images."""
    return "\n".join(_layer(operator) for operator in ("conv", "linear"))


def _layer(operator: str) -> str:
    measured = [row for core in ("xdecmac", "xdecmac8") for row in recorded(f"{core}_{operator}")]
    [geometry] = {row.geometry for row in measured}
    rows = [
        [
            f"`{row.kernel}`",
            f"1:{row.m}" if row.m else "dense",
            f"{row.cycles:,}",
            f"{row.macs / (row.m or 1) / row.cycles:.2f}",
            f"{row.speedup_vs_dense_4x2:.2f}",
        ]
        for row in measured
    ]
    heads = ("kernel", "N:M", "cycles", "MACs executed a cycle", "speed-up")
    return f"`{operator}` of `{geometry}`:\n\n{table(heads, rows)}"


def summary() -> str:
    """Gains on the convolution over the fastest dense kernel of one core, and the cost, in README."""
    gains: dict[str, dict[int | None, float]] = {}
    size: dict[str, str] = {}
    for core in ("xdecmac", "xdecmac8"):
        for row in recorded(f"{core}_conv"):
            name = row.kernel.replace("sparse", "dense")
            gains.setdefault(name, {})[row.m] = row.speedup_vs_dense_4x2
            size = dict(re.findall(r"(\w+)=(\d+)", row.geometry))
    rows = []
    for instruction in ("xdecimate", "xdecmac", "xdecmac8"):
        found = gains[f"dense_{instruction}"]
        figures = (f"{found[m]:.2f}" if m in found else "" for m in (None, 4, 8, 16))
        area = (
            "" if instruction == "xdecimate" else f"{load(f'area_{instruction}')['overhead_percent']:.1f} %"
        )
        rows.append([f"`{instruction}`", *figures, area])
    heads = (
        "one core, over the fastest dense kernel",
        "dense",
        "1:4",
        "1:8",
        "1:16",
        "area over `xdecimate`",
    )
    title = "The table shows a convolution from {C} to {K} channels, {IX}x{IY}, {FX}x{FY}.".format_map(size)
    return f"{title}\n\n{table(heads, rows)}"


def cluster() -> str:
    """Eight cores of each kind with every transfer, over the dense kernels of HWC on the same cluster."""
    tables = []
    for operator in ("conv", "linear"):
        measured = [
            row
            for core in ("xdecmac", "xdecmac8")
            for weights in ("_dense", "")
            for row in load_result(f"cluster_{core}_{operator}{weights}")["rows"]
        ]
        rows = [
            [
                f"`{row['kernel']}`",
                f"1:{row['m']}" if row["m"] else "dense",
                f"{row['cycles']:,}",
                f"{row['macs'] / (row['m'] or 1) / row['cycles']:.2f}",
                f"{row['speedup_vs_dense_4x2']:.2f}",
                f"{row['breakdown']['conflicts']:.1%}",
            ]
            for row in measured
        ]
        heads = ("kernel", "N:M", "cycles", "MACs executed a cycle", "speed-up", "conflicts")
        tables.append(f"`{operator}` of `{measured[0]['geometry']}`:\n\n{table(heads, rows)}")
    return "\n".join(tables)


#: The standard cluster and those with fewer conflicts: results of the convolution, and of their areas.
OTHERS = {
    "cluster_xdecmac_conv": "cluster_area",
    "cluster_xdecmac_banks": "cluster_area_banks",
    "cluster_xdecmac_step": "cluster_area_step",
}


def others() -> str:
    """The convolution on clusters with fewer conflicts: area, cycles, and the share of cycles without one."""
    areas = [load(name)["baseline_ge"] for name in OTHERS.values()]
    rows, heads = [], ["cluster", "area, GE"]
    for name, area in zip(OTHERS, areas, strict=True):
        measured = [row for end in ("_dense", "") for row in load_result(f"{name}{end}")["rows"]]
        heads[2:] = [f"1:{row['m']}" if row["m"] else "dense" for row in measured]
        rows.append(
            [
                f"`{measured[0]['config']['name']}`",
                f"{area:,.0f} ({area / areas[0] - 1:+.1%})",
                *(f"{row['cycles']:,} ({1 - row['breakdown']['conflicts']:.1%})" for row in measured),
            ]
        )
    return f"`conv` of `{measured[0]['geometry']}`:\n\n{table(heads, rows)}"


PARTS = {"xdecmac kernels": kernels}
CLUSTER = {"xdecmac cluster": cluster, "xdecmac others": others}
