"""The kernels of XDecmac on one core: a table of docs/kernels.md, and a summary in README."""

from common.markdown import table
from reports.speedups import recorded
from reports.synthesis import load


def kernels() -> str:
    """A row for each kernel of the two layers, with its speed-up over the dense kernel of HWC images."""
    rows = [
        [
            f"{row.operator} `{row.geometry}`",
            f"`{row.kernel}`",
            f"1:{row.m}" if row.m else "dense",
            f"{row.cycles:,}",
            f"{row.macs / (row.m or 1) / row.cycles:.2f}",
            f"{row.speedup_vs_dense_4x2:.2f}",
        ]
        for operator in ("conv", "linear")
        for core in ("xdecmac", "xdecmac8")
        for row in recorded(f"{core}_{operator}")
    ]
    heads = ("layer", "kernel", "N:M", "cycles", "MACs executed a cycle", "speed-up")
    return table(heads, rows)


def summary() -> str:
    """Gains on the convolution over the fastest dense kernel of one core, and the cost, in README."""
    gains: dict[str, dict[int | None, float]] = {}
    for core in ("xdecmac", "xdecmac8"):
        for row in recorded(f"{core}_conv"):
            name = row.kernel.replace("sparse", "dense")
            gains.setdefault(name, {})[row.m] = row.speedup_vs_dense_4x2
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
    return table(heads, rows)


PARTS = {"xdecmac kernels": kernels}
