"""The table of docs/kernels.md: the kernels of XDecmac on one core, beside others."""

from common.markdown import table
from reports.speedups import recorded


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


PARTS = {"xdecmac kernels": kernels}
