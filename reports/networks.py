"""Tables of networks: the paper's beside ours, and those of MLPerf Tiny."""

from typing import Any

from bench.mlperf_tiny import BENCHMARKS
from bench.paper_networks import PUBLISHED, published
from common.markdown import table
from common.results import RESULTS, load
from compiler.models.registry import architecture_named
from hw.cluster.config import cluster_named

PAPER_NETWORKS = RESULTS / "paper_networks"
#: Networks with XDecmac, which the paper does not have.
XDECMAC_NETWORKS = RESULTS / "xdecmac_networks"


def mlperf_tiny() -> str:
    """One row for each network of MLPerf Tiny, from the reports of `xdecimate infer`."""
    rows = []
    for benchmark in BENCHMARKS:
        report = load(f"networks/{benchmark.file}")
        layers = report["rows"]
        assert all(layer["matches_golden"] for layer in layers)
        macs = sum(layer["macs"] for layer in layers)
        rows.append(
            [
                benchmark.title,
                f"`{benchmark.file}.tflite`",
                str(len(layers)),
                f"{macs / 1e6:.2f}",
                f"{report['cycles']:,}",
                f"{macs / report['cycles']:.2f}",
                f"{benchmark.gap9_cycles:,}" if benchmark.gap9_cycles else "",
            ]
        )
    heads = ("network", "file", "layers", "MMAC", "cycles", "MACs/cycle", "GAP9, cycles")
    return table(heads, rows)


def _recorded() -> dict[str, list[dict[str, Any]]]:
    """Rows of the paper's networks that were measured, by the title of the network."""
    found = {}
    for name in dict.fromkeys(row.network for row in PUBLISHED):
        if (PAPER_NETWORKS / f"{name}.json").is_file():
            rows = load(f"paper_networks/{name}")["rows"]
            assert all(row["matches_golden"] for row in rows)
            found[architecture_named(name).title] = rows
    return found


def paper_networks() -> str:
    """The paper's table of networks, with its figures in brackets."""
    heads = ("network", "N:M", "cores", "Mcycles", "predicted", "MACs/cycle", "MB", "faster than dense")
    cells = [_cells(title, row, rows) for title, rows in _recorded().items() for row in rows]
    return table(heads, cells)


def xdecmac_networks() -> str:
    """Networks with XDecmac, beside the same weights on the paper's kinds of cores."""
    measured = [
        row
        for path in sorted(XDECMAC_NETWORKS.glob("*.json"))
        for row in load(f"xdecmac_networks/{path.stem}")["rows"]
    ]
    recorded = [row for rows in _recorded().values() for row in rows]
    others = {_variant(row): row["cycles"] for row in (*recorded, *measured)}
    cells = []
    for row in measured:
        assert row["matches_golden"]
        if row["isa"].startswith("xdecmac"):
            dense = others.get((row["network"], None, "baseline"))
            sparse = others.get((row["network"], row["m"], "xdecimate")) if row["m"] else None
            cells.append(
                [
                    architecture_named(row["network"]).title + (", composed" if row["composed"] else ""),
                    f"1:{row['m']}" if row["m"] else "dense",
                    row["isa"] + ", in step" * cluster_named(row["config"]["name"]).broadcast,
                    f"{row['cycles'] / 1e6:.2f}",
                    f"{row['predicted_cycles'] / 1e6:.2f}",
                    f"{row['macs_per_cycle']:.2f}",
                    f"{row['weight_bytes'] / 1e6:.2f}",
                    f"{dense / row['cycles']:.2f}" if dense else "",
                    f"{sparse / row['cycles']:.2f}" if sparse else "",
                ]
            )
    heads = ("network", "N:M", "cores", "Mcycles", "predicted", "MACs/cycle", "MB")
    return table((*heads, "faster than dense, baseline", "faster than xdecimate"), cells)


def bounds() -> str:
    """For each network, the gain that its dense layers leave to pruning."""
    lines = []
    for title, rows in _recorded().items():
        measured = {(row["m"], row["isa"]): row for row in rows}
        dense, sparse = measured.get((None, "baseline")), measured.get((16, "xdecimate"))
        if dense and sparse:
            pruned = {layer["macs"] // layer["count"] for layer in sparse["layers"] if layer["m"]}
            cycles = sum(row["cycles"] for row in dense["layers"] if row["macs"] // row["count"] in pruned)
            share, most = cycles / dense["cycles"], dense["cycles"] / (dense["cycles"] - cycles)
            gain = dense["cycles"] / sparse["cycles"]
            lines.append(
                f"- {title}: pruned layers take {100 * share:.0f} % of the dense network's cycles. Without "
                f"them it would be {most:.1f} times faster; at 1:16 it is {gain:.2f} times faster."
            )
    return "\n".join(lines) + "\n"


def _cells(title: str, row: dict[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    paper = published(row["network"], row["m"], row["isa"])
    dense = published(row["network"], None, row["isa"])
    assert paper is not None
    assert dense is not None
    (own,) = (other["cycles"] for other in rows if other["m"] is None)
    return [
        title + (", composed" if row["composed"] else ""),
        f"1:{row['m']}" if row["m"] else "dense",
        row["isa"],
        _mcycles(row),
        f"{row['predicted_cycles'] / 1e6:.2f}",
        f"{row['macs_per_cycle']:.2f} ({paper.macs_per_cycle:.2f})",
        f"{row['weight_bytes'] / 1e6:.2f} ({paper.megabytes:.2f})",
        f"{own / row['cycles']:.2f} ({dense.mcycles / paper.mcycles:.2f})" if row["m"] else "",
    ]


def _mcycles(row: dict[str, Any]) -> str:
    paper = published(row["network"], row["m"], row["isa"])
    assert paper is not None
    return f"{row['cycles'] / 1e6:.2f} ({paper.mcycles:.2f})"


def summary() -> str:
    """Millions of cycles of the paper's networks, a row for each kind of cores, the paper's in brackets."""
    cells = []
    for title, rows in _recorded().items():
        found = {(row["isa"], row["m"]): _mcycles(row) for row in rows}
        cells += [
            [f"{title}, `{isa}`", *(found.get((isa, m), "") for m in (None, 4, 8, 16))]
            for isa in dict.fromkeys(row["isa"] for row in rows)
        ]
    return table(("8 cores, Mcycles", "dense", "1:4", "1:8", "1:16"), cells)


def both_ways() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Rows of variants that ran in full, and of the same ones composed."""
    rows = [
        row
        for path in sorted(PAPER_NETWORKS.glob("*.json"))
        for row in load(f"paper_networks/{path.stem}")["rows"]
    ]
    assert all(row["matches_golden"] for row in rows)
    full = [row for row in rows if not row["composed"]]
    composed = {_variant(row): row for row in rows if row["composed"]}
    return [(row, composed[_variant(row)]) for row in full if _variant(row) in composed]


def _variant(row: dict[str, Any]) -> tuple[str, int | None, str]:
    return row["network"], row["m"], row["isa"]


def composed_and_full() -> str:
    """Cycles of networks that ran both in full and with each distinct layer once."""
    heads = ("network", "N:M", "cores", "in full", "composed", "difference")
    cells = [
        [
            architecture_named(full["network"]).title,
            f"1:{full['m']}" if full["m"] else "dense",
            full["isa"],
            f"{full['cycles']:,}",
            f"{composed['cycles']:,}",
            f"{100 * (composed['cycles'] / full['cycles'] - 1):+.2f}%",
        ]
        for full, composed in both_ways()
    ]
    return table(heads, cells)


PARTS = {
    "networks": mlperf_tiny,
    "paper networks": paper_networks,
    "xdecmac networks": xdecmac_networks,
    "bounds": bounds,
    "composed and full": composed_and_full,
}
