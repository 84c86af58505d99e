"""The table of docs/kernels.md: the kernels of XDecmac on one core, beside others."""

from itertools import groupby

from common.markdown import table
from reports.speedups import recorded


def kernels() -> str:
    """A row for each kernel of the two layers, with its speed-up over the dense kernel of HWC images."""
    rows = []
    for operator in ("conv", "linear"):
        for (geometry, name), own in groupby(
            recorded(f"xdecmac_{operator}"), lambda row: (row.geometry, row.kernel)
        ):
            rows += [
                [
                    f"{operator} `{geometry}`",
                    f"`{name}`",
                    f"1:{row.m}" if row.m else "dense",
                    f"{row.cycles:,}",
                    f"{row.macs / (row.m or 1) / row.cycles:.2f}",
                    f"{row.speedup_vs_dense_4x2:.2f}",
                ]
                for row in own
            ]
    heads = ("layer", "kernel", "N:M", "cycles", "MACs executed a cycle", "speed-up")
    return table(heads, rows)


PARTS = {"xdecmac kernels": kernels}
