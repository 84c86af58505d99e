"""``xdecimate soak``: every randomized test with many seeds."""

import secrets
from typing import Annotated

import typer

from common.scheduler import workers
from verif.soak import collect, run
from xdecimate.commands.options import SchedulerAddress
from xdecimate.commands.output import building, progress, stdout

_MAX_SEED = (1 << 31) - 1


def soak(
    seeds: Annotated[int, typer.Option(min=1, metavar="N", help="Number of seeds for each test.")] = 50,
    seed: Annotated[
        int | None, typer.Option(min=1, max=_MAX_SEED, help="Seed of all seeds; random if not given.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=64, metavar="N", help="Number of groups of tests that run at once.")
    ] = 1,
    scheduler: SchedulerAddress = None,
) -> None:
    """Run every randomized test of a checkout with many seeds; exit status 1 if one fails.

    Tests that passed are kept, so that the same command continues after an interruption.

    Example: xdecimate soak --seeds 50 --scheduler tcp://host:8786
    """
    seed = seed or secrets.randbelow(_MAX_SEED) + 1
    failed = 0
    with workers(jobs, scheduler) as pool:
        with building("collecting tests"):
            tests = collect(seeds, seed)
        stdout.print(f"seed {seed}, {len(tests)} tests")
        with progress() as bar:
            task = bar.add_task("testing", total=len(tests))
            for count, output in run(pool, seeds, seed, tests):
                bar.advance(task, count)
                if output:
                    failed += 1
                    stdout.print(output, soft_wrap=True, markup=False)
    stdout.print(f"{len(tests)} tests, {failed} groups with a failure")
    if failed:
        raise typer.Exit(1)
