"""``xdecimate fuzz``: random programs, every instruction that the RTL retires compared with the model."""

import secrets
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from common.errors import UserError
from common.files import BUILD
from common.scheduler import workers
from common.workers import Workers
from hw.config import CONFIGS, CoreConfig
from verif.cosim.mismatch import Mismatch
from verif.coverage.coverage import bins
from verif.fuzz.campaign import Chunk, Total, run
from verif.fuzz.case import Case, case
from verif.fuzz.minimize import minimize, mismatches
from verif.fuzz.replay import read_case, write_case
from xdecimate._api.configuration import core_config
from xdecimate.commands.options import CORES_BY_NAME, JsonFile, SchedulerAddress
from xdecimate.commands.output import building, stderr, stdout, write_json

_MAX_SEED = (1 << 31) - 1


def fuzz(
    instructions: Annotated[
        int, typer.Option(min=1, help="Instructions to compare in each configuration.")
    ] = 100_000,
    seed: Annotated[
        int | None, typer.Option(min=1, max=_MAX_SEED, help="Seed of all programs; random if not given.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Number of simulations that run at once.")] = 1,
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            metavar="NAME",
            help=f"Core: {CORES_BY_NAME}; all of these if not given.",
        ),
    ] = None,
    program: Annotated[
        int | None, typer.Option(min=0, help="Run only this program of the seed, to repeat a failure.")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Run only the program in FILE, which a failure wrote."),
    ] = None,
    scheduler: SchedulerAddress = None,
    json: JsonFile = None,
) -> None:
    """Run random programs in co-simulation with the instruction-set model, and shorten one that fails.

    Results are kept in parts, so that the same command continues after an interruption.
    Exit status: 0 without a difference, 1 with a difference, 2 if the programs cannot be run.

    Example: xdecimate fuzz --instructions 1000000 --seed 1 --jobs 2 --config xdecimate
    """
    if replay:
        if program is not None or seed is not None or config is not None:
            raise UserError("--replay FILE holds the whole case; leave out --program, --seed and --config")
        _repeat(read_case(replay), str(replay))
        return
    configs = [core_config(config)] if config is not None else list(CONFIGS.values())
    if program is not None:
        if seed is None or len(configs) > 1:
            raise UserError("--program N needs its seed and its configuration; add --seed and --config")
        _repeat_program(configs[0], seed, program)
        return
    seed = seed or secrets.randbelow(_MAX_SEED) + 1
    with workers(jobs, scheduler) as pool:
        stdout.print(f"seed {seed}")
        totals = [_campaign(chosen, seed, instructions, pool) for chosen in configs]
    write_json(json, {"configurations": [report(total) for total in totals]})
    failed = [(total, failure) for total in totals for failure in total.failures]
    for total, failure in failed:
        stdout.print(
            f"{total.config}, program {failure.number}: {failure.text}", soft_wrap=True, markup=False
        )
        stdout.print(
            f"to repeat: xdecimate fuzz --config {total.config} --seed {seed} --program {failure.number}",
            soft_wrap=True,
        )
    if failed:
        total, failure = failed[0]
        _shorten(
            case(core_config(total.config), seed, failure.number), f"{total.config}-{seed}-{failure.number}"
        )
        raise typer.Exit(1)


def report(total: Total) -> dict:
    """A campaign's figures for JSON."""
    config = core_config(total.config)
    holes = total.coverage.holes(config)
    return {
        "config": total.config,
        "seed": total.seed,
        "workers": total.workers,
        "chunks": total.chunks,
        "programs": total.programs,
        "instructions": total.instructions,
        "cycles": total.cycles,
        "seconds": round(total.seconds, 1),
        "longest_chunk_seconds": round(total.longest, 1),
        "elapsed_seconds": round(total.elapsed, 1),
        "instructions_per_second": round(total.instructions / total.seconds),
        "differences": [asdict(failure) for failure in total.failures],
        "coverage": {
            name: {"bins": len(group), "hit": len(group) - len(holes[name]), "holes": holes[name]}
            for name, group in bins(config).items()
        },
    }


def _campaign(config: CoreConfig, seed: int, instructions: int, pool: Workers) -> Total:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=stderr,
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    with bar:
        task = bar.add_task(config.name, total=instructions)

        def done(chunk: Chunk) -> None:
            bar.advance(task, chunk.instructions)

        total = run(config, seed, instructions, workers=pool, on_chunk=done)
    holes = total.coverage.holes(config)
    groups = bins(config)
    covered = ", ".join(f"{name} {len(g) - len(holes[name])}/{len(g)}" for name, g in groups.items() if g)
    stdout.print(
        f"{config.name}: {total.instructions:,} instructions of {total.programs} programs in "
        f"{total.elapsed:.0f} s, {total.instructions / total.seconds:,.0f} instructions/s a job, "
        f"{len(total.failures)} differences",
        soft_wrap=True,
    )
    stdout.print(f"  covered: {covered}", soft_wrap=True)
    return total


def _run(one: Case) -> Mismatch | None:
    with building(f"running on {one.config}"):
        return mismatches([one])[0]


def _repeat(one: Case, name: str) -> None:
    found = _run(one)
    stdout.print(f"{name}, {one.config}: {found or 'no difference'}", soft_wrap=True, markup=False)
    if found:
        raise typer.Exit(1)


def _repeat_program(config: CoreConfig, seed: int, number: int) -> None:
    one = case(config, seed, number)
    found = _run(one)
    stdout.print(f"program {number}, {config.name}: {found or 'no difference'}", soft_wrap=True, markup=False)
    if found:
        _shorten(one, f"{config.name}-{seed}-{number}", found)
        raise typer.Exit(1)


def _shorten(one: Case, name: str, found: Mismatch | None = None) -> None:
    """Write the shortest program found that fails as this one does."""
    found = found or _run(one)
    if found is None:
        stdout.print("the program did not end, so it cannot be shortened")
        return
    if stderr.is_terminal:
        with stderr.status("shrinking") as status:
            short = minimize(
                one, found.field, on_step=lambda n: status.update(f"shrinking: {n} instructions")
            )
    else:
        short = minimize(one, found.field)
    path = BUILD / "fuzz" / f"{name}.json"
    difference = str(mismatches([short])[0])
    write_case(path, short, difference)
    stdout.print(f"shrunk to {short.composition.length} instructions:")
    stdout.print(difference, soft_wrap=True, markup=False)
    stdout.print(f"to replay: xdecimate fuzz --replay {path}", soft_wrap=True)
