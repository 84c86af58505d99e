"""``xdecimate timing``: the frequency that the extension costs."""

from typing import Annotated

import typer
from rich.table import Table

from synth.frequency import compare
from synth.libraries import chosen_library
from synth.mapping import Flow
from xdecimate._api.area import check_orders
from xdecimate.commands.options import JsonFile, LibertyFile, Orders, PdkName, Period, check_time, core_pair
from xdecimate.commands.output import progress, stdout, write_json


def timing(
    configs: Annotated[
        str, typer.Option(metavar="A,B", help="The core without and the core with the extension.")
    ] = "baseline,xdecimate",
    liberty: LibertyFile = None,
    pdk: PdkName = None,
    period: Period = 5.0,
    keep_hierarchy: Annotated[
        bool, typer.Option("--keep-hierarchy", help="Keep the hierarchy, optimize each block alone; faster.")
    ] = False,
    orders: Orders = 1,
    json: JsonFile = None,
) -> None:
    """Compare longest path and frequency of two cores, mapped for a clock period (default: 200 MHz).

    The library's worst corner counts. With several orders, the median of each core counts.

    Example: xdecimate timing --pdk sky130A --json timing.json
    """
    check_time("--period", period, "ns")
    check_orders(orders, flat=not keep_hierarchy)
    before, after = core_pair(configs)
    flow = Flow(chosen_library(liberty, pdk, timing=True), flat=not keep_hierarchy, period=period)
    with progress() as bar:
        task = bar.add_task("synthesis", total=None)
        report = compare(
            before,
            after,
            flow,
            lambda finished, of: bar.update(task, completed=finished, total=of),
            orders,
        )
    figures = report.figures
    names = figures["config"]
    table = Table(title=f"Longest paths, mapped for {period:g} ns, hierarchy {figures['hierarchy']}")
    for name in ("analysis", "core", "ns", "slack", "f_max MHz", "from", "to", "through"):
        table.add_column(name)
    for analysis in figures["analyses"]:
        for name, key in zip(
            (*names, "through the unit"), ("baseline", "extended", "through_unit"), strict=True
        ):
            if path := analysis.get(key):
                table.add_row(
                    analysis["tool"],
                    name,
                    *(f"{path[figure]:g}" for figure in ("delay_ns", "slack_ns", "f_max_mhz")),
                    path["start"],
                    path["end"],
                    " > ".join(path["through"]),
                )
    stdout.print(table)
    for analysis in figures["analyses"]:
        stdout.print(
            f"path ratio {analysis['path_ratio']:.3f}, f_max ratio {analysis['f_max_ratio']:.3f} "
            f"({analysis['tool']})"
        )
    if orders > 1:
        stdout.print(f"The figures are medians of {orders} orders of the same assignments; by order:")
        for name, side, areas in zip(names, ("baseline", "extended"), figures["ge_by_order"], strict=True):
            reached = figures["analyses"][0][side]["f_max_mhz_by_order"]
            stdout.print(f"  {name}: {', '.join(map(str, reached))} MHz; {', '.join(map(str, areas))} GE")
    stdout.print(f"area of this mapping: {' and '.join(f'{ge:,.0f}' for ge in figures['ge'])} GE, ", end="")
    stdout.print(f"{figures['overhead_percent']:+.2f} %")
    stdout.print(f"target: {figures['target']}, {figures['corner']}")
    stdout.print(f"tool: {figures['tool']}")
    if report.cached:
        stdout.print("cached: nothing changed since this was measured")
    write_json(json, figures)
