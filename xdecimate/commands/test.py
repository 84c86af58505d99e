"""``xdecimate test``: the regressions on simulated RTL."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from verif.testbenches.case import Bench, Outcome, write_junit
from verif.testbenches.registry import choose
from xdecimate.commands.options import writable
from xdecimate.commands.output import progress, stdout


def test(
    expression: Annotated[
        str, typer.Option("-k", metavar="EXPR", help="Run only cases whose name bench.case contains EXPR.")
    ] = "",
    only_list: Annotated[bool, typer.Option("--list", help="List the cases without running them.")] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write JUnit XML to FILE.", callback=writable)
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=1, max=(1 << 31) - 1, help="Seed of all random numbers; random if not given."),
    ] = None,
) -> None:
    """Simulate the RTL's blocks and kernels against their golden models; exit status 1 if a case fails.

    Example: xdecimate test -k decimate --junit results.xml
    """
    chosen = choose(expression)
    if only_list:
        for bench, cases in chosen:
            stdout.print(f"{bench.name}: {bench.about}", soft_wrap=True)
            for case in cases:
                stdout.print(f"  {bench.name}.{case}")
        return
    seed = seed or secrets.randbelow((1 << 31) - 1) + 1
    outcomes = _run(chosen, seed)
    if junit:
        write_junit(junit, outcomes)
    failed = [f"{bench.name}.{outcome.case}" for bench, outcome in outcomes if not outcome.passed]
    stdout.print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed, seed {seed}")
    for name in failed:
        stdout.print(f"to repeat: xdecimate test -k {name} --seed {seed}", soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def _run(chosen: list[tuple[Bench, tuple[str, ...]]], seed: int) -> list[tuple[Bench, Outcome]]:
    outcomes: list[tuple[Bench, Outcome]] = []
    with progress() as bar:
        task = bar.add_task("building", total=sum(len(cases) for _, cases in chosen))
        for bench, cases in chosen:
            bar.update(task, description=bench.name)

            def done(outcome: Outcome, bench: Bench = bench) -> None:
                outcomes.append((bench, outcome))
                bar.advance(task)
                verdict = "passed" if outcome.passed else f"FAILED: {outcome.failure}"
                stdout.print(f"{bench.name}.{outcome.case} {verdict}", soft_wrap=True, markup=False)

            bench.run(cases, seed, done)
    return outcomes
