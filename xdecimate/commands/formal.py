"""``xdecimate formal``: proofs about the generated hardware."""

import os
from typing import Annotated

import typer
from rich.table import Table

from common.errors import UserError
from common.scheduler import workers
from common.workers import Workers
from verif.formal.proof import Proof, Result
from verif.formal.registry import choose
from verif.formal.runner import prove_all
from verif.formal.sby import VERSIONS
from xdecimate.commands.options import JsonFile, SchedulerAddress
from xdecimate.commands.output import progress, stdout, write_json


def formal(
    expression: Annotated[
        str, typer.Option("-k", metavar="EXPR", help="Run only proofs whose name contains EXPR.")
    ] = "",
    only_list: Annotated[bool, typer.Option("--list", help="List the proofs without running them.")] = False,
    cheap: Annotated[bool, typer.Option("--cheap", help="Run only the proofs that make test runs.")] = False,
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help="Number of proofs that run at once.")] = (
        os.cpu_count() or 1
    ),
    scheduler: SchedulerAddress = None,
    json: JsonFile = None,
) -> None:
    """Run the proofs that docs/verification.md lists, with sby and z3; exit status 1 if one fails.

    Example: xdecimate formal -k unit
    """
    proofs = [proof for proof in choose(expression) if proof.cheap or not cheap]
    if not proofs:
        raise UserError(f"--cheap leaves no proof whose name contains {expression!r}; leave out --cheap")
    if only_list:
        _list(proofs)
        return
    with workers(jobs, scheduler) as pool:
        results = _prove(proofs, pool)
    failed = [result for result in results if not result.passed]
    stdout.print(f"{len(results) - len(failed)} proved, {len(failed)} failed")
    for result in failed:
        stdout.print(f"to repeat: xdecimate formal -k {result.proof.name}", soft_wrap=True)
    write_json(json, {"tools": VERSIONS, "proofs": [result.as_json() for result in results]})
    if failed:
        raise typer.Exit(1)


def _list(proofs: list[Proof]) -> None:
    table = Table("proof", "method", "depth", "statement", box=None)
    for proof in proofs:
        table.add_row(proof.name, proof.method, str(proof.depth), proof.what)
    stdout.print(table)


def _prove(proofs: list[Proof], pool: Workers) -> list[Result]:
    results: dict[str, Result] = {}
    with progress() as bar:
        task = bar.add_task("proving", total=len(proofs))
        for result in prove_all(proofs, pool):
            results[result.proof.name] = result
            bar.advance(task)
            how = "cached" if result.cached else f"{result.verdict.seconds:.0f} s"
            stdout.print(f"{result.message} ({how})", soft_wrap=True, markup=False)
    return [results[proof.name] for proof in proofs]
