"""``xdecimate riscv-formal``: riscv-formal's own checks on the core's trace port."""

import re
from pathlib import Path
from typing import Annotated

import typer

from hw.errors import UserError
from verif.formal.riscv_formal.checks import GROUPS, generate
from verif.formal.sby import VERSIONS, Status, run_file
from xdecimate.options import JsonFile
from xdecimate.output import building, progress, stdout, write_json


def riscv_formal(
    checkout: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="A checkout of riscv-formal.")],
    group: Annotated[
        str, typer.Option(metavar="NAME", help=f"Only this group: {', '.join(g.name for g in GROUPS)}.")
    ] = "",
    expression: Annotated[
        str, typer.Option("-k", metavar="REGEX", help="Only checks whose name it matches, such as insn_add.")
    ] = "",
    deeper: Annotated[
        int, typer.Option(min=0, metavar="CYCLES", help="Look this much further than the recorded depths.")
    ] = 0,
    only_list: Annotated[bool, typer.Option("--list", help="Name the checks, run none.")] = False,
    json: JsonFile = None,
) -> None:
    """Run riscv-formal's checks with sby and z3; exit status 1 if one does not pass.

    Example: xdecimate riscv-formal ../riscv-formal --group rv32i -k insn_add
    """
    groups = [chosen for chosen in GROUPS if group in ("", chosen.name)]
    if not groups:
        raise UserError(f"--group must be one of {', '.join(g.name for g in GROUPS)}, not {group!r}")
    with building("generating checks"):
        files = [
            (chosen, file)
            for chosen in groups
            for file in generate(chosen, checkout, deeper)
            if re.search(expression, file.stem)
        ]
    if only_list:
        for chosen, file in files:
            stdout.print(f"{chosen.name} {file.stem}")
        return
    rows = []
    with progress() as bar:
        task = bar.add_task("checking", total=len(files))
        for chosen, file in files:
            verdict = run_file(file)
            rows.append(
                {
                    "group": chosen.name,
                    "check": file.stem,
                    "status": verdict.status,
                    "depth": int(chosen.depth_of(file.stem).split()[-1]) + deeper,
                    "seconds": verdict.seconds,
                }
            )
            bar.advance(task)
            stdout.print("{group} {check}: {status}, depth {depth}, {seconds:.0f} s".format(**rows[-1]))
    failed = [row for row in rows if row["status"] is not Status.PASS]
    stdout.print(f"{len(rows) - len(failed)} passed, {len(failed)} did not")
    write_json(json, {"tools": VERSIONS, "checks": rows})
    if failed:
        raise typer.Exit(1)
