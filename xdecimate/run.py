"""``xdecimate run``: a program on the generated core."""

from pathlib import Path
from typing import Annotated

import typer

from hw.config import MEMORY_MAP, Region
from hw.files import check_writable, write_atomically
from verif.elf import load_elf
from verif.simulation.job import Job
from verif.simulation.model import L1_CAPACITY
from verif.simulation.run import run_programs
from verif.suites.signature import signature_region, signature_text
from xdecimate.options import ConfigName, JsonFile, core_config
from xdecimate.output import building, stdout, write_json

NEVER_ENDED = 3


def run_program(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM.elf", help="An ELF file for the memory map.")],
    config: ConfigName = "xdecimate",
    max_cycles: Annotated[int, typer.Option(min=1, help="Give up after this many cycles.")] = 20_000_000,
    trace: Annotated[Path | None, typer.Option(metavar="FILE.fst", help="Write a waveform.")] = None,
    signature: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the memory from begin_signature to end_signature."),
    ] = None,
    signature_granularity: Annotated[
        int, typer.Option(metavar="BYTES", help="Bytes on a line of it: 1, 2, 4, 8, 16.")
    ] = 4,
    l1_bytes: Annotated[
        int, typer.Option(min=4, max=L1_CAPACITY, metavar="BYTES", help="Size of L1, rounded down to words.")
    ] = MEMORY_MAP.l1.size,
    json: JsonFile = None,
) -> None:
    """Run a program on the RTL until it stores to tohost; prints cycles and instructions.

    Exit status: 0 pass, 1 the program failed, 2 it cannot be run, 3 it did not end within --max-cycles
    (then no signature is written).

    Example: xdecimate run program.elf --config baseline --max-cycles 1000000
    """
    chosen = core_config(config)
    l1 = Region(base=MEMORY_MAP.l1.base, size=l1_bytes & ~3)
    image = load_elf(program, (l1, MEMORY_MAP.l2))
    dumps = {}
    if signature:
        dumps["signature"] = signature_region(image, signature_granularity)
        check_writable(signature)
    job = Job(program=image, max_cycles=max_cycles, l1_bytes=l1.size, dumps=dumps)
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
    if signature and result.exit_code is not None:
        write_atomically(signature, signature_text(result.dumps["signature"], signature_granularity))
    if result.exit_code is None:
        raise typer.Exit(NEVER_ENDED)
    if not result.passed:
        raise typer.Exit(1)
