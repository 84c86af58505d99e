"""The tables of docs/area.md, made from synth/results."""

import json
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def load(name: str) -> dict:
    """Figures of one report."""
    return json.loads((RESULTS / f"{name}.json").read_text())


def table(heads: str, rows: list[list[str]]) -> str:
    """A Markdown table; the heads have ``|`` between them."""
    if not rows:
        return "Not measured yet: `make synth` does.\n"
    lines = [f"| {heads} |", "|" + "---|" * (heads.count("|") + 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def blocks() -> str:
    """Both cores by block, embedded library."""
    figures = load("area")
    before, after = figures["config"]
    rows = [
        [row["block"], f"{row['baseline_ge']:,.0f}", f"{row['extended_ge']:,.0f}", f"{difference:+,.0f}"]
        for row in figures["blocks"]
        for difference in (row["extended_ge"] - row["baseline_ge"],)
    ]
    sums = [f"**{figures[key]:,.0f}**" for key in ("baseline_ge", "extended_ge")]
    rows.append(["**sum**", *sums, f"**{figures['overhead_ge']:+,.0f}**"])
    return table(f"block | {before} GE | {after} GE | difference", rows)


def overheads() -> str:
    """One row for each pair and library that was measured."""
    reports = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("area*.json"))]
    return table(
        "library | hierarchy | without → with | GE without | GE with | overhead GE | overhead | path ratio",
        [
            [
                report["library"],
                report["hierarchy"],
                " → ".join(report["config"]),
                f"{report['baseline_ge']:,.0f}",
                f"{report['extended_ge']:,.0f}",
                f"{report['overhead_ge']:,.0f}",
                f"{report['overhead_percent']:.2f} %",
                f"{report['path_ratio']:.3f}",
            ]
            for report in reports
        ],
    )


def paths() -> str:
    """Longest paths, embedded library."""
    figures = load("area")["paths"]
    labels = {"baseline": "without", "extended": "with", "through_unit": "with, through the unit"}
    return table(
        "core | inverter delays | gates | from | to | through",
        [
            [
                label,
                f"{path['delay']}",
                f"{path['gates']}",
                path["start"],
                path["end"],
                " > ".join(path["through"]),
            ]
            for key, label in labels.items()
            for path in (figures[key],)
        ],
    )


def variants() -> str:
    """The unit by itself, embedded library."""
    rows = load("variants")["rows"]
    parts = list(rows[0]["parts"])
    return table(
        " | ".join(["M", "adder and register", "GE", "flip-flops", *parts]),
        [
            [
                ", ".join(map(str, row["m"])),
                row["adder_and_register"],
                f"{row['ge']:,.0f}",
                f"{row['flip_flops']}",
                *(f"{row['parts'][part]:,.0f}" for part in parts),
            ]
            for row in rows
        ],
    )


def timing() -> str:
    """Constrained runs: one row for each library and analysis."""
    reports = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("timing*.json"))]
    heads = "library, corner | mapped for | hierarchy | analysis | MHz without | MHz with | path ratio"
    return table(
        heads + " | area overhead | path with XDecimate",
        [
            [
                report["corner"],
                f"{report['period_ns']:g} ns",
                report["hierarchy"],
                analysis["tool"].partition(" from")[0],
                f"{analysis['baseline']['f_max_mhz']}",
                f"{analysis['extended']['f_max_mhz']}",
                f"{analysis['path_ratio']:.3f}",
                f"{report['overhead_percent']:.2f} %",
                f"{analysis['extended']['start']} to {analysis['extended']['end']}"
                + _through(report, analysis["extended"]),
            ]
            for report in reports
            for analysis in report["analyses"]
        ],
    )


def _through(report: dict, path: dict) -> str:
    return " through " + " > ".join(path["through"]) if report["hierarchy"] == "kept" else ""


def fpga() -> str:
    """One row for each device and configuration."""
    reports = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("fpga*.json"))]
    return table(
        "device | configuration | LUTs | flip-flops | block RAMs | DSPs | MHz by seed | median MHz",
        [
            [
                report["device"],
                row["config"],
                *(f"{row[key]:,}" for key in ("luts", "flip_flops", "block_rams", "dsps")),
                ", ".join(map(str, row["f_max_mhz"])),
                f"{row['f_max_median_mhz']}",
            ]
            for report in reports
            for row in report["rows"]
        ],
    )


def energy() -> str:
    """One row for each library, layer and variant."""
    reports = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("energy*.json"))]
    kinds = [kind for report in reports[:1] for kind in report["rows"][0]["pj_per_cycle_by_kind"]]
    return table(
        " | ".join(["corner", "layer", "variant", "cycles", "nJ per layer", "of dense", "pJ/cycle", *kinds]),
        [
            [
                report["corner"],
                f"{row['kernel']} {row['geometry']}",
                row["variant"] + (f" 1:{row['m']}" if row["m"] else ""),
                f"{row['cycles']:,}",
                f"{row['nj_per_layer']:,.0f}",
                f"{row['nj_per_layer'] / report['rows'][0]['nj_per_layer']:.2f}",
                f"{row['pj_per_cycle']:.1f}",
                *(f"{row['pj_per_cycle_by_kind'][kind]:.2f}" for kind in kinds),
            ]
            for report in reports
            for row in report["rows"]
        ],
    )


def proofs() -> str:
    """Modules of the core, proven or not."""
    reports = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("equivalence*.json"))]
    return table(
        "module | verdict",
        [[row["module"], row["reason"] or "proven"] for report in reports for row in report["rows"]],
    )


#: CV32E40P with PULP extension and without FPU, kGE on NanGate45 (NAND2_X1 = 1), mapped with Yosys without
#: Booth multipliers, hierarchy kept, sum 67.4; and the blocks of ours that do the same.
_CV32E40P = (
    ("multiplier and dot product", 18.4, ("multiplier",)),
    ("register file", 16.5, ("register_file",)),
    ("control and status registers", 6.7, ("csr_file",)),
    ("between the blocks, operands", 6.4, ("(glue)", "operands")),
    ("ALU", 5.3, ("alu",)),
    ("controller", 2.0, ("controller",)),
    ("hardware loops", 1.9, ("hardware_loops",)),
    ("divider", 1.9, ("divider",)),
    ("load/store unit", 1.3, ("lsu",)),
    ("decoder", 1.0, ("decoder",)),
)
_CV32E40P_SUM = 67.4


def published() -> str:
    """Our baseline beside the real CV32E40P, block by block."""
    ours = {row["block"]: row["baseline_ge"] / 1000 for row in load("area")["blocks"]}
    rows = [(name, theirs, sum(ours.pop(block) for block in blocks)) for name, theirs, blocks in _CV32E40P]
    rest = _CV32E40P_SUM - sum(theirs for _, theirs, _ in rows)
    rows.append(("fetch: aligner, prefetch buffer, and all other", rest, sum(ours.values())))
    rows.append(("**sum**", _CV32E40P_SUM, sum(mine for _, _, mine in rows)))
    return table(
        "block | CV32E40P kGE | baseline kGE | difference",
        [[name, f"{theirs:.1f}", f"{mine:.1f}", f"{mine - theirs:+.1f}"] for name, theirs, mine in rows],
    )


def cluster() -> str:
    """Clusters of cores without and with XDecimate by block, embedded library."""
    figures = load("cluster_area")
    before, after = figures["config"]
    rows = []
    for row in figures["blocks"]:
        sides = [row["count"] * row[f"{side}_ge"] for side in ("baseline", "extended")]
        name = row["block"].removesuffix(", each core")
        name += f", {row['count']} times" if row["count"] > 1 else ""
        rows.append([name, *(f"{side:,.0f}" for side in sides), f"{sides[1] - sides[0]:+,.0f}"])
    sums = [f"**{figures[key]:,.0f}**" for key in ("baseline_ge", "extended_ge")]
    overhead = f"**{figures['overhead_ge']:+,.0f} ({figures['overhead_percent']:.2f} %)**"
    rows.append(["**sum**", *sums, overhead])
    bits = ", ".join(f"{count:,} bits of {name}" for name, count in figures["memory_bits"].items())
    return table(f"block | {before} GE | {after} GE | difference", rows) + f"\nNot counted: {bits}.\n"


#: Parts of docs/area.md by the name of their marker.
PARTS = {
    "blocks": blocks,
    "overheads": overheads,
    "paths": paths,
    "variants": variants,
    "timing": timing,
    "fpga": fpga,
    "energy": energy,
    "proofs": proofs,
    "published": published,
}
