"""``xdecimate suite``: tests of the public RISC-V suites on the RTL."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hw.config import CONFIGS
from verif.suites.suite import Verdict, find_tests, run_suite, summary
from xdecimate._api.configuration import core_config
from xdecimate.commands.options import JsonFile
from xdecimate.commands.output import progress, stdout, write_json


def suite(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Tests (*.elf) in subfolders, with references beside them."),
    ],
    configs: Annotated[
        str,
        typer.Option(
            "--configs", metavar="NAMES", help=f"Names of cores, separated by commas: {', '.join(CONFIGS)}."
        ),
    ] = "xdecimate",
    expression: Annotated[
        str, typer.Option("-k", metavar="EXPR", help="Run only tests whose folder/name contains EXPR.")
    ] = "",
    json: JsonFile = None,
) -> None:
    """Run compiled tests of riscv-tests or riscv-arch-test and compare signatures; see docs/riscv_suites.md.

    A signature is compared with NAME.reference_output beside NAME.elf, or with the model's if there is none.
    The exit status is 1 if a test fails, or if a file cannot be run as a test.

    Example: xdecimate suite build/elf -k rv32um --configs rv32im,xdecimate
    """
    chosen = [core_config(name) for name in configs.split(",")]
    compressed = all(config.has("c") for config in chosen)
    tests, unusable = find_tests(folder, expression, compressed=compressed)
    verdicts: list[Verdict] = []
    with progress() as bar:
        task = bar.add_task("building", total=len(chosen) * (len(tests) + len(unusable)))

        def on_verdict(verdict: Verdict) -> None:
            verdicts.append(verdict)
            bar.advance(task)
            if verdict.failure:
                where = f"{verdict.group}/{verdict.name} on {verdict.config}"
                stdout.print(f"{where} FAILED: {verdict.failure}", soft_wrap=True, markup=False)

        for config in chosen:
            bar.update(task, description=config.name)
            for file in unusable:
                on_verdict(file.verdict(config))
            if tests:
                run_suite(config, tests, on_verdict)
    rows = summary(verdicts)
    stdout.print(_table(rows, [config.name for config in chosen]))
    failed = sum(len(row["failed"]) for row in rows)
    stdout.print(f"{len(verdicts) - failed} passed, {failed} failed")
    write_json(json, rows)
    if failed:
        raise typer.Exit(1)


def _table(rows: list[dict], configs: list[str]) -> Table:
    """Tests that passed, of all tests, by group and configuration."""
    cells = {
        (row["group"], row["config"]): f"{len(row['passed'])}/{len(row['passed']) + len(row['failed'])}"
        for row in rows
    }
    table = Table("tests", *configs)
    for group in dict.fromkeys(row["group"] for row in rows):
        table.add_row(group, *(cells[group, name] for name in configs))
    return table
