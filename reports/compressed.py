"""Table of kernels with and without compressed instructions, as ``bench.compressed`` measured them."""

from bench.compressed import recorded
from common.markdown import table
from common.results import load


def kernels() -> str:
    """A row for each kernel: bytes of its functions and what compressed ones cost, then as they are built."""
    rows = []
    for row in recorded():
        plain, small, chosen = row.plain, row.all_compressed, row.chosen
        rows.append(
            [
                " ".join(filter(None, (row.operator, row.kernel, f"m{row.m}" if row.m else ""))),
                f"{plain.kernel_bytes:,}",
                f"{small.kernel_bytes:,}",
                f"{plain.cycles:,}",
                f"{row.cost:+.2%}",
                "yes" if row.compressed else "no",
                f"{chosen.code_bytes / plain.code_bytes - 1:+.1%}",
                f"{chosen.cycles - plain.cycles:+,}",
            ]
        )
    heads = ("kernel", "bytes", "compressed", "cycles", "compressed", "taken", "program bytes", "cycles")
    return table(heads, rows)


def networks() -> str:
    """A row for each network and core, measured by ``xdecimate bench networks``."""
    rows = [
        [f"{row['network']} 1:{row['m']}", f"`{row['isa']}`", f"{row['cycles']:,}"]
        for row in load("compressed_networks")["rows"]
    ]
    return table(("network", "cores", "cycles"), rows)


#: Tables of docs/kernels.md.
PARTS = {"compressed": kernels, "compressed networks": networks}
