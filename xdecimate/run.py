"""``xdecimate run``: a program on the generated core."""

from pathlib import Path
from typing import Annotated

import typer

from verif.elf import load_elf
from verif.simulation.job import Job
from verif.simulation.run import run_programs
from xdecimate.options import ConfigName, JsonFile, core_config
from xdecimate.output import building, stdout, write_json

NEVER_ENDED = 3


def run_program(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM.elf", help="An ELF file for the memory map.")],
    config: ConfigName = "xdecimate",
    max_cycles: Annotated[int, typer.Option(min=1, help="Give up after this many cycles.")] = 20_000_000,
    trace: Annotated[Path | None, typer.Option(metavar="FILE.fst", help="Write a waveform.")] = None,
    json: JsonFile = None,
) -> None:
    """Run a program on the RTL until it stores to tohost; prints cycles and instructions.

    Exit status: 0 pass, 1 the program failed, 2 it cannot be run, 3 it did not end within --max-cycles.

    Example: xdecimate run program.elf --config baseline --max-cycles 1000000
    """
    chosen = core_config(config)
    job = Job(program=load_elf(program), max_cycles=max_cycles)
    with building(f"simulating {program.name} on {config}"):
        (result,) = run_programs(chosen, [job], trace=trace)
    if result.output:
        stdout.print(result.output, end="" if result.output.endswith("\n") else "\n", markup=False)
    if result.exit_code is None:
        outcome = f"did not end within {max_cycles} cycles; last fetch at 0x{result.last_fetch:08x}" + (
            ", asleep in wfi" if result.asleep else ""
        )
    else:
        outcome = "passed" if result.passed else f"failed with code {result.exit_code}"
    stdout.print(f"{program.name}: {outcome}", soft_wrap=True)
    stdout.print(f"cycles: {result.cycles}")
    stdout.print(f"instructions: {result.instructions}")
    write_json(
        json,
        {
            "program": str(program),
            "config": config,
            "exit_code": result.exit_code,
            "cycles": result.cycles,
            "instructions": result.instructions,
        },
    )
    if result.exit_code is None:
        raise typer.Exit(NEVER_ENDED)
    if not result.passed:
        raise typer.Exit(1)
