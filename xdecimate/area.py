"""``xdecimate area``: what the extension costs."""

from typing import Annotated

import typer
from rich.table import Table

from hw.errors import UserError
from synth.area import Comparison, compare
from xdecimate.options import JsonFile, core_config
from xdecimate.output import progress, stdout, write_json


def area(
    configs: Annotated[
        str, typer.Option(metavar="A,B", help="The core without and the core with.")
    ] = "baseline,xdecimate",
    json: JsonFile = None,
) -> None:
    """Area of the core with XDecimate against the core without, by block, in gate equivalents.

    Example: xdecimate area --json area.json
    """
    names = configs.split(",")
    if len(names) != 2:
        raise UserError(f"--configs must be two names with a comma between them, not {configs!r}")
    pair = [core_config(name) for name in names]
    with progress() as bar:
        task = bar.add_task("synthesis", total=2)
        result = compare(pair[0], pair[1], done=lambda _: bar.advance(task))
    _print(result)
    write_json(json, result.as_json())


def _print(result: Comparison) -> None:
    figures = result.as_json()
    before, after = figures["config"]
    table = Table(title="Area in gate equivalents (GE)")
    table.add_column("block")
    for name in (before, after, "difference"):
        table.add_column(name, justify="right")
    for row in figures["blocks"]:
        table.add_row(row["block"], *_numbers(row["baseline_ge"], row["extended_ge"]))
    table.add_section()
    table.add_row("sum", *_numbers(figures["baseline_ge"], figures["extended_ge"]), style="bold")
    stdout.print(table)
    stdout.print(f"overhead: {figures['overhead_ge']:.0f} GE, {figures['overhead_percent']:.2f} %")
    paths = figures["paths"]
    stdout.print("longest combinational path in inverter delays, structural, on the mapped netlist:")
    for label, path in (
        (before, paths["baseline"]),
        (after, paths["extended"]),
        ("through the unit", paths["through_unit"]),
    ):
        if path:
            stdout.print(f"  {label}: {path['delay']} from {path['start']} to {path['end']}")
    stdout.print(f"target: {figures['target']}")
    stdout.print(f"tool: {figures['tool']}")
    stdout.print(f"command: {figures['command']}")
    if result.baseline.cached and result.extended.cached:
        stdout.print("cached: nothing changed since these netlists were made")


def _numbers(before: float, after: float) -> tuple[str, str, str]:
    return f"{before:,.0f}", f"{after:,.0f}", f"{after - before:+,.0f}" if round(after - before) else "0"
