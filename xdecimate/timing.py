"""``xdecimate timing``: what the extension costs in frequency."""

from typing import Annotated

import typer
from rich.table import Table

from hw.files import BUILD, check_writable
from synth.frequency import compare
from synth.mapping import Flow
from synth.targets import chosen_library
from xdecimate.options import JsonFile, LibertyFile, PdkName, check_time, core_pair
from xdecimate.output import progress, stdout, write_json


def timing(
    configs: Annotated[
        str, typer.Option(metavar="A,B", help="The core without and the core with.")
    ] = "baseline,xdecimate",
    liberty: LibertyFile = None,
    pdk: PdkName = None,
    period: Annotated[float, typer.Option(metavar="NS", help="Clock period to map for.")] = 5.0,
    keep_hierarchy: Annotated[
        bool, typer.Option("--keep-hierarchy", help="Optimize each block by itself; faster.")
    ] = False,
    json: JsonFile = None,
) -> None:
    """Longest path and frequency, mapped for a clock period (default 200 MHz), at the library's worst corner.

    Example: xdecimate timing --pdk sky130A --json timing.json
    """
    check_time("--period", period, "ns")
    before, after = core_pair(configs)
    if json:
        check_writable(json)
    flow = Flow(chosen_library(liberty, pdk, worst=True), flat=not keep_hierarchy, period=period)
    with progress() as bar:
        task = bar.add_task("synthesis", total=None)
        report = compare(
            before,
            after,
            flow,
            BUILD,
            done=lambda finished, of: bar.update(task, completed=finished, total=of),
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
    stdout.print(f"area so mapped: {' and '.join(f'{ge:,.0f}' for ge in figures['ge'])} GE, ", end="")
    stdout.print(f"{figures['overhead_percent']:+.2f} %")
    stdout.print(f"target: {figures['target']}, {figures['corner']}")
    stdout.print(f"tool: {figures['tool']}")
    if report.cached:
        stdout.print("cached: nothing changed since this was measured")
    write_json(json, figures)
