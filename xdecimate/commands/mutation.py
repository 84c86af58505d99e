"""``xdecimate mutation``: small faults in the hardware, and those that regressions and proofs detect."""

import re
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from common.errors import UserError
from common.scheduler import elsewhere
from verif.mutation.campaign import Campaign, run_core, run_unit
from xdecimate._api.configuration import core_config
from xdecimate.commands.options import ConfigName, JsonFile, SchedulerAddress
from xdecimate.commands.output import progress, stdout, write_json


class Target(StrEnum):
    """Designs that faults are injected into."""

    UNIT = "unit"
    CORE = "core"


def _part_of_a_path(text: str) -> str:
    if re.search(r"[^\w/.-]", text):
        raise typer.BadParameter(f"must be part of a path, such as hw/units/decmac, not {text!r}")
    return text


def mutation(
    target: Annotated[
        Target, typer.Argument(help="A configuration's extension unit by itself, or its core.")
    ],
    config: ConfigName = "xdecimate",
    count: Annotated[int, typer.Option(min=1, max=65535, help="Number of mutants.")] = 200,
    seed: Annotated[int, typer.Option(min=1, help="Seed of the mutants and of the programs.")] = 1,
    source: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            callback=_part_of_a_path,
            help="Core: only faults in what comes from source files with TEXT in their paths.",
        ),
    ] = "",
    scheduler: SchedulerAddress = None,
    json: JsonFile = None,
) -> None:
    """Inject single faults into the hardware, count those that the tests detect, and list the survivors.

    A mutant that no test detects is proved equivalent to the design, if it is equivalent. The same command
    continues after an interruption.

    Example: xdecimate mutation unit --config xdecmac --count 200 --seed 1
    """
    chosen = core_config(config)
    if scheduler and target is Target.UNIT:
        raise UserError("--scheduler is for the core; the unit takes minutes on one machine: leave it out")
    if source and target is Target.UNIT:
        raise UserError("--source is for the core; a unit is in few source files: leave it out")
    with elsewhere(scheduler) as workers, progress() as bar:
        task = bar.add_task("drawing", total=None)

        def show(step: str, total: int | None) -> None:
            if step:
                bar.reset(task, description=step, total=total)
            else:
                bar.advance(task)

        campaign = (
            run_unit(chosen, count, seed, show)
            if target is Target.UNIT
            else run_core(chosen, count, seed, show, workers, source=source)
        )
    _print(campaign)
    write_json(json, campaign.as_json())


def _print(campaign: Campaign) -> None:
    figures = campaign.as_json()
    table = Table("module", "mutants", "killed", "equivalent")
    for name, row in figures["modules"].items():
        table.add_row(name, *(str(row[key]) for key in ("mutants", "killed", "equivalent")))
    stdout.print(table)
    for mutant in campaign.left:
        stdout.print(
            f"survives: {mutant.number} {mutant.module} {mutant.fault} {mutant.source}", soft_wrap=True
        )
    stdout.print(
        f"{len(campaign.killed)} of {len(campaign.mutants)} killed, {len(campaign.equivalent)} equivalent: "
        f"score {campaign.score:.1f} %"
    )
