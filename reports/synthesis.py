"""The tables of docs/area.md, made from results/synth."""

from collections.abc import Iterable

from common import results
from common.markdown import table
from synth.cells import AREAS

#: Where ``make synth`` leaves its reports.
REPORTS = results.RESULTS / "synth"


def load(name: str) -> dict:
    """Figures of one report."""
    return results.load(f"synth/{name}")


def load_all(kind: str) -> list[dict]:
    """Figures of every report of a kind: of each library, device and configuration."""
    return [load(path.stem) for path in sorted(REPORTS.glob(f"{kind}*.json"))]


#: Reports of the designs as they are: those of the embedded library, which are measured again first.
CURRENT = ("variants", "cluster_area", "cluster_area_rv32im", "cluster_area_xdecmac", "cluster_area_xdecmac8")
CURRENT += ("area", "area_rv32im", "area_c", "area_xdecmac", "area_xdecmac28", "area_xdecmac8")
_DAGGER = " †"
_NOTE = "\n† Of an earlier state of the core; `make synth` measures these figures again.\n"


def is_earlier(report: dict) -> bool:
    """True if a report is of designs that have changed since."""
    known = {name: key for current in CURRENT for name, key in load(current)["designs"].items()}
    known["xdecimate_unit"] = known["M 4 8 16, own"]
    del known["cluster without cores"]  # of that cluster alone; the cores are the same in all
    return any(known.get(name, key) != key for name, key in report["designs"].items())


def marked(name: str, report: dict) -> str:
    """A name in a table, marked if the figures of the report are of an earlier design."""
    return name + _DAGGER * is_earlier(report)


def noted(text: str, reports: Iterable[dict]) -> str:
    """A part of a document, with a note if figures of it are of an earlier design."""
    return text + _NOTE * any(map(is_earlier, reports))


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
    return table(("block", f"{before} GE", f"{after} GE", "difference"), rows)


def overheads() -> str:
    """One row for each pair and library that was measured."""
    reports = load_all("area")
    text = table(
        (
            "library",
            "hierarchy",
            "without → with",
            "GE without",
            "GE with",
            "overhead GE",
            "overhead",
            "path ratio",
        ),
        [
            [
                marked(report["library"], report),
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
    return noted(text, reports)


def cost() -> str:
    """The cost of XDecimate in all libraries, and in the paper."""
    reports = load_all("area")
    shares = [row["overhead_percent"] for row in reports if row["config"] == ["baseline", "xdecimate"]]
    return (
        f"XDecimate costs between {min(shares):.2f} and {max(shares):.2f} % of `baseline`; in the\n"
        "paper 5.0 % of a core without an absolute figure, by a commercial synthesis in 22 nm at 200 MHz.\n"
    )


def orders() -> str:
    """Synthesis noise over several orders, with the hierarchy flattened."""
    rows = load("area_flat")["orders"]

    def reach(name: str, digits: int) -> str:
        values = [row[name] for row in rows]
        return f"{min(values):.{digits}f} to {max(values):.{digits}f}"

    text = (
        f"In {len(rows)} orders of the same assignments the overhead is {reach('overhead_percent', 2)} %\n"
        f"and the path ratio {reach('path_ratio', 3)}; the longest path without XDecimate is by itself\n"
        f"{reach('baseline_delay', 0)} inverter delays long.\n"
    )
    return noted(text, [load("area_flat")])


def paths() -> str:
    """Longest paths, embedded library."""
    figures = load("area")["paths"]
    labels = {"baseline": "without", "extended": "with", "through_unit": "with, through the unit"}
    return table(
        ("core", "inverter delays", "gates", "from", "to", "through"),
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


def unit_path() -> str:
    """The longest path through the unit beside that of the core."""
    figures = load("area")["paths"]
    share = 100 * figures["through_unit"]["delay"] / figures["extended"]["delay"]
    return f"Through the unit the longest path takes {share:.0f} % of the time that the core's takes.\n"


def variants() -> str:
    """The unit by itself, embedded library."""
    rows = load("variants")["rows"]
    parts = list(rows[0]["parts"])
    return table(
        ("M", "adder and register", "GE", "flip-flops", *parts),
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


def choices() -> str:
    """Savings and costs of other variants of the unit."""
    areas = {(4 in row["m"], row["adder_and_register"]): row["ge"] for row in load("variants")["rows"]}
    built = areas[True, "the host's"]
    saved, lent = built - areas[False, "the host's"], areas[True, "own"] - built
    share = 100 * saved / load("area")["extended_ge"]
    return (
        f"Without M = 4 the unit saves {saved:.0f} GE, {share:.2f} % of the core: the full set stays.\n"
        f"An adder and a register of its own would cost {lent:.0f} GE more: the core lends both.\n"
    )


#: Areas of two open libraries' smallest cells over that of their NAND2: our cells of that kind,
#: sky130_fd_sc_hd, sg13g2_stdcell.
_OPEN_LIBRARIES = {
    "inverter": (("INV",), "1.00", "0.75"),
    "NOR2": (("NOR2",), "1.00", "1.00"),
    "NAND3, NOR3": (("NAND3", "NOR3"), "1.33", "1.25"),
    "AND2, OR2": (("AND2", "OR2"), "1.67", "1.25"),
    "AOI21, OAI21": (("AOI21", "OAI21"), "1.33", "1.25"),
    "AOI22": (("AOI22",), "2.00", "1.49"),
    "XOR2": (("XOR2",), "2.33", "2.00"),
    "MUX2": (("MUX2",), "3.00", "2.50"),
    "flip-flop": (("DFF",), "5.33", "6.50 (with reset)"),
}


def cells() -> str:
    """Areas of the embedded library beside those of open ones."""
    rows = []
    for kind, (names, *others) in _OPEN_LIBRARIES.items():
        (own,) = {f"{AREAS[name]:.2f}" for name in names}
        rows.append([kind, own, *others])
    return table(("cell", "ours", "sky130_fd_sc_hd", "sg13g2_stdcell"), rows)


def _corner(report: dict) -> str:
    """The library, whose name gives its corner, and the corner's conditions."""
    return marked(f"{report['library']} {report['corner'].partition(' ')[2]}", report)


def timing() -> str:
    """Constrained runs: one row for each library and analysis."""
    reports = load_all("timing")
    heads = ("library, corner", "without → with", "analysis", "MHz without", "MHz with", "path ratio")
    text = table(
        (*heads, "area overhead", "path with the unit"),
        [
            [
                _corner(report),
                " → ".join(report["config"]),
                analysis["tool"].partition(" from")[0],
                *(_reach(analysis[side]) for side in ("baseline", "extended")),
                f"{analysis['path_ratio']:.3f}",
                f"{report['overhead_percent']:.2f} %",
                f"{analysis['extended']['start']} to {analysis['extended']['end']}",
            ]
            for report in reports
            for analysis in report["analyses"]
        ],
    )
    return noted(text, reports)


def _reach(path: dict) -> str:
    reached = path["f_max_mhz_by_order"]
    return f"{path['f_max_mhz']} ({min(reached)} to {max(reached)})"


def fpga() -> str:
    """One row for each device and configuration."""
    reports = load_all("fpga")
    text = table(
        ("device", "configuration", "LUTs", "flip-flops", "block RAMs", "DSPs", "MHz by seed", "median MHz"),
        [
            [
                marked(report["device"], report),
                row["config"],
                *(f"{row[key]:,}" for key in ("luts", "flip_flops", "block_rams", "dsps")),
                ", ".join(map(str, row["f_max_mhz"])),
                f"{row['f_max_median_mhz']}",
            ]
            for report in reports
            for row in report["rows"]
        ],
    )
    return noted(text, reports)


def energy() -> str:
    """One row for each library, layer and kernel."""
    reports = load_all("energy")
    kinds = [kind for report in reports[:1] for kind in report["rows"][0]["pj_per_cycle_by_kind"]]
    text = table(
        ("corner", "core", "layer", "kernel", "cycles", "nJ per layer", "of dense", "pJ/cycle", *kinds),
        [
            [
                _corner(report),
                f"`{report['config']}`",
                f"{row['operator']} {row['geometry']}",
                row["kernel"] + (f" 1:{row['m']}" if row["m"] else ""),
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
    return noted(text, reports)


def proofs() -> str:
    """Modules of the core, proven or not."""
    report = load("equivalence")
    text = table(
        ("module", "verdict"), [[row["module"], row["reason"] or "proven"] for row in report["rows"]]
    )
    return noted(text, [report])


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


def cores() -> str:
    """Whole cores beside the real CV32E40P."""
    ours = [load(name)["baseline_ge"] / 1000 for name in ("area_rv32im", "area")]
    return table(
        ("core", "without the extensions, kGE", "with them, kGE"),
        [
            ["CV32E40P without FPU, published", "40 (no PULP extension)", "57 (PULP extension)"],
            ["CV32E40P, Yosys on NanGate45", "42.0", "65.1"],
            ["CV32E40P, Yosys on NanGate45, Booth multipliers", "39.9", "60.7"],
            ["`rv32im` and `baseline`, embedded library, Booth multipliers", *(f"{kge:.1f}" for kge in ours)],
        ],
    )


def published() -> str:
    """Our baseline beside the real CV32E40P, block by block."""
    ours = {row["block"]: row["baseline_ge"] / 1000 for row in load("area")["blocks"]}
    rows = [(name, theirs, sum(ours.pop(block) for block in blocks)) for name, theirs, blocks in _CV32E40P]
    rest = _CV32E40P_SUM - sum(theirs for _, theirs, _ in rows)
    rows.append(("fetch: aligner, prefetch buffer, and all other", rest, sum(ours.values())))
    rows.append(("**sum**", _CV32E40P_SUM, sum(mine for _, _, mine in rows)))
    return table(
        ("block", "CV32E40P kGE", "baseline kGE", "difference"),
        [[name, f"{theirs:.1f}", f"{mine:.1f}", f"{mine - theirs:+.1f}"] for name, theirs, mine in rows],
    )


def cluster() -> str:
    """Clusters of cores without and with XDecimate by block, and of the smaller pair; embedded library."""
    figures = load("cluster_area")
    rows = []
    for row in figures["blocks"]:
        sides = [row["count"] * row[f"{side}_ge"] for side in ("baseline", "extended")]
        name = row["block"].removesuffix(", each core")
        name += f", {row['count']} times" if row["count"] > 1 else ""
        rows.append([name, *(f"{side:,.0f}" for side in sides), f"{sides[1] - sides[0]:+,.0f}"])
    rows += [
        [f"**sum{of}**", *(f"**{figure}**" for figure in _cluster_sum(report))]
        for of, report in (
            ("", figures),
            (", rv32im", load("cluster_area_rv32im")),
            (", xdecimate to xdecmac", load("cluster_area_xdecmac")),
            (", xdecimate to xdecmac8", load("cluster_area_xdecmac8")),
        )
    ]
    bits = ", ".join(f"{count:,} bits of {name}" for name, count in figures["memory_bits"].items())
    heads = ("block", "without, GE", "with XDecimate, GE", "difference")
    return f"{table(heads, rows)}\nNot counted: {bits}.\n"


def _cluster_sum(figures: dict) -> tuple[str, ...]:
    overhead = f"{figures['overhead_ge']:+,.0f} ({figures['overhead_percent']:.2f} %)"
    return (*(f"{figures[key]:,.0f}" for key in ("baseline_ge", "extended_ge")), overhead)


#: Parts of docs/area.md by the name of their marker.
PARTS = {
    "blocks": blocks,
    "overheads": overheads,
    "orders": orders,
    "cost": cost,
    "paths": paths,
    "unit_path": unit_path,
    "cells": cells,
    "variants": variants,
    "choices": choices,
    "timing": timing,
    "fpga": fpga,
    "energy": energy,
    "proofs": proofs,
    "cores": cores,
    "published": published,
}
