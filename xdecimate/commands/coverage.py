"""``xdecimate coverage``: the lines and bits of the core that the regression reaches."""

from typing import Annotated

import typer
from rich.table import Table

from verif.coverage.structural import measure
from xdecimate._api.configuration import core_config
from xdecimate.commands.options import ConfigName, JsonFile
from xdecimate.commands.output import progress, stdout, write_json


def coverage(
    config: ConfigName = "xdecimate",
    seed: Annotated[int, typer.Option(min=1, help="Seed of the random programs.")] = 1,
    json: JsonFile = None,
) -> None:
    """Measure line and toggle coverage of the core's Verilog over the programs of the core's regression.

    Lines are those that Verilator counts, and each side of a branch counts as a line. A bit is covered when
    it rose and fell.

    Example: xdecimate coverage --config rv32im --json coverage.json
    """
    chosen = core_config(config)
    with progress() as bar:
        task = bar.add_task("building", total=None)
        modules = measure(
            chosen, seed, lambda done, all_: bar.update(task, description=config, completed=done, total=all_)
        )
    table = Table("module", "lines", "toggles")
    kinds = ("line", "toggle")
    sums = {kind: [sum(row[kind][n] for row in modules.values()) for n in (0, 1)] for kind in kinds}
    for name, row in {**modules, "all": sums}.items():
        table.add_row(name, *(_share(*row[kind]) for kind in kinds))
    stdout.print(table)
    write_json(json, {"config": config, "seed": seed, "all": sums, "modules": modules})


def _share(hit: int, total: int) -> str:
    return f"{hit}/{total} ({100 * hit / total:.1f} %)" if total else "-"
