"""``xdecimate area``: the area that the extension costs."""

from typing import Annotated

import typer
from rich.table import Table

import xdecimate as xd
from common.errors import UserError
from synth.libraries import chosen_library
from synth.reports import Report
from xdecimate._api.area import check_orders
from xdecimate.commands.options import (
    ClusterName,
    Cores,
    JsonFile,
    LibertyFile,
    Orders,
    PdkName,
    chosen_cluster,
    core_pair,
)
from xdecimate.commands.output import progress, stdout, write_json

_NO_DELAYS = "the library has no delays, so no longest paths are reported"


def area(
    configs: Annotated[
        str, typer.Option(metavar="A,B", help="The core without and the core with the extension.")
    ] = "baseline,xdecimate",
    liberty: LibertyFile = None,
    pdk: PdkName = None,
    flat: Annotated[
        bool, typer.Option("--flat", help="Flatten the hierarchy and optimize across blocks; slower.")
    ] = False,
    orders: Orders = 1,
    cores: Cores = None,
    cluster: ClusterName = None,
    unit: Annotated[
        bool, typer.Option("--unit", help="Measure the XDecimate unit alone, in several variants.")
    ] = False,
    json: JsonFile = None,
) -> None:
    """Measure the area that XDecimate adds to a core or cluster, block by block, in gate equivalents.

    Example: xdecimate area --pdk sky130A --json area.json
    Example: xdecimate area --cores 8
    """
    chosen = chosen_cluster(cluster, cores)
    if unit and chosen is not None:
        raise UserError("--unit measures the unit alone; leave out --cores and --cluster, or --unit")
    before, after = core_pair(configs)
    library = chosen_library(liberty, pdk)
    with progress() as bar:
        task = bar.add_task("synthesis", total=None)

        def done(finished: int, of: int) -> None:
            bar.update(task, completed=finished, total=of)

        if unit:
            check_orders(orders, flat=False)
            report = xd.unit_area(library=library, flat=flat, progress=done)
        else:
            report = xd.area(
                before, after, cluster=chosen, library=library, flat=flat, orders=orders, progress=done
            )
    if unit:
        _print_variants(report)
    elif chosen is None:
        _print(report)
    else:
        _print_cluster(report)
    write_json(json, report.figures)


def _print_variants(report: Report | xd.AreaReport) -> None:
    figures = report.figures
    table = Table(title="The unit alone, GE")
    for name in ("M", "adder and register", "GE", "flip-flops", *figures["rows"][0]["parts"], "longest path"):
        table.add_column(name, justify="right")
    for row in figures["rows"]:
        table.add_row(
            " ".join(map(str, row["m"])),
            row["adder_and_register"],
            f"{row['ge']:,.0f}",
            f"{row['flip_flops']}",
            *(f"{area:,.0f}" for area in row["parts"].values()),
            f"{row['path']['delay']:g}" if row["path"] else "-",
        )
    stdout.print(table)
    if not all(row["path"] for row in figures["rows"]):
        stdout.print(_NO_DELAYS)
    _print_origin(report)


def _print_cluster(report: Report | xd.AreaReport) -> None:
    figures = report.figures
    table = Table(title=f"Area in gate equivalents (GE), {figures['cores']} cores, memories left out")
    table.add_column("block")
    for name in ("count", *figures["config"], "difference of all"):
        table.add_column(name, justify="right")
    for row in figures["blocks"]:
        sides = _numbers(row["baseline_ge"], row["extended_ge"])[:2]
        difference = row["count"] * (row["extended_ge"] - row["baseline_ge"])
        table.add_row(
            row["block"], str(row["count"]), *sides, f"{difference:+,.0f}" if round(difference) else "0"
        )
    table.add_section()
    table.add_row("sum", "", *_numbers(figures["baseline_ge"], figures["extended_ge"]), style="bold")
    stdout.print(table)
    stdout.print(f"overhead: {figures['overhead_ge']:.0f} GE, {figures['overhead_percent']:.2f} %")
    for name, bits in figures["memory_bits"].items():
        stdout.print(f"not counted: {bits:,} bits of {name}")
    _print_origin(report)


def _print(report: Report | xd.AreaReport) -> None:
    figures = report.figures
    before, after = figures["config"]
    table = Table(title=f"Area in gate equivalents (GE), hierarchy {figures['hierarchy']}")
    table.add_column("block")
    for name in (before, after, "difference"):
        table.add_column(name, justify="right")
    for row in figures["blocks"]:
        table.add_row(row["block"], *_numbers(row["baseline_ge"], row["extended_ge"]))
    table.add_section()
    table.add_row("sum", *_numbers(figures["baseline_ge"], figures["extended_ge"]), style="bold")
    stdout.print(table)
    stdout.print(f"overhead: {figures['overhead_ge']:.0f} GE, {figures['overhead_percent']:.2f} %")
    if figures["path_ratio"] is None:
        stdout.print(_NO_DELAYS)
    else:
        _print_paths(figures)
    if len(figures["orders"]) > 1:
        _print_orders(figures)
    _print_origin(report)


def _print_paths(figures: dict) -> None:
    before, after = figures["config"]
    paths = figures["paths"]
    stdout.print(f"longest combinational path in {paths['unit']}, structural, on the mapped netlist:")
    for label, path in (
        (before, paths["baseline"]),
        (after, paths["extended"]),
        ("through the unit", paths["through_unit"]),
    ):
        if path:
            stdout.print(
                f"  {label}: {path['delay']} from {path['start']} to {path['end']} "
                f"({path['gates']} gates: {' > '.join(path['through'])})"
            )
    stdout.print(f"  ratio: {figures['path_ratio']:.3f}")


def _print_orders(figures: dict) -> None:
    table = Table(title="The same assignments in other orders")
    columns = [f"{side} {unit}" for unit in ("GE", "path") for side in figures["config"]]
    for name in (*columns, "overhead", "path ratio"):
        table.add_column(name, justify="right")
    for row in figures["orders"]:
        table.add_row(
            *(f"{row[side]:,.0f}" for side in ("baseline_ge", "extended_ge")),
            *(f"{row[side] or '-'}" for side in ("baseline_delay", "extended_delay")),
            f"{row['overhead_percent']:.2f} %",
            f"{row['path_ratio'] or '-'}",
        )
    stdout.print(table)


def _print_origin(report: Report | xd.AreaReport) -> None:
    figures = report.figures
    nand2 = figures["nand2"]
    stdout.print(f"target: {figures['target']}; 1 GE = {nand2['cell']}, area {nand2['area']:g}")
    stdout.print(f"tool: {figures['tool']}")
    stdout.print(f"command: {figures['command']}, script.ys for each module:")
    stdout.print("\n".join(f"  {line}" for line in figures["script"]))
    if report.cached:
        stdout.print("cached: nothing changed since this was measured")


def _numbers(before: float, after: float) -> tuple[str, str, str]:
    return f"{before:,.0f}", f"{after:,.0f}", f"{after - before:+,.0f}" if round(after - before) else "0"
