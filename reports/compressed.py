"""Tables of kernels and networks with and without compressed instructions."""

from bench.compressed import GEOMETRIES, recorded
from common.markdown import table
from common.results import load
from compiler.models.registry import architecture_named


def kernels() -> str:
    """The layers, and a row for each kernel, as ``bench.compressed`` measured them."""
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
    heads = (
        "kernel",
        "bytes",
        "bytes, compressed",
        "cycles",
        "cycles, compressed",
        "built compressed",
        "program, bytes",
        "program, cycles",
    )
    layers = "".join(
        f"The layer of {operator} is `{geometry}`.\n" for operator, geometry in GEOMETRIES.items()
    )
    others = "Depthwise kernels and those of other operators compute a small layer of odd sizes.\n"
    return f"{layers}{others}\n{table(heads, rows)}"


def networks() -> str:
    """A row for each network and core, measured by ``xdecimate bench networks``."""
    measured = load("compressed_networks")["rows"]
    cycles = {(row["network"], row["m"], row["isa"]): row["cycles"] for row in measured}
    rows = []
    for (network, m, isa), own in cycles.items():
        plain = cycles.get((network, m, f"{isa}-c"))
        if plain is not None:
            title = architecture_named(network).title
            rows.append([title, f"1:{m}", f"`{isa}`", f"{plain:,}", f"{own:,}", f"{own / plain - 1:+.2%}"])
    return table(("network", "N:M", "cores", "cycles without c", "cycles", "difference"), rows)


#: Tables of docs/kernels.md.
PARTS = {"compressed": kernels, "compressed networks": networks}
