"""``xdecimate run``: a program on the generated core, or on its model."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

import xdecimate as xd
from common.errors import UserError
from common.files import write_atomically
from sim.elf import load_elf
from sim.rtl.model import L1_CAPACITY
from verif.suites.signature import signature_region, signature_text
from xdecimate._api.configuration import cluster_config
from xdecimate._api.program import Backend, core_memories
from xdecimate.commands.options import (
    ClusterName,
    ConfigName,
    Cores,
    JsonFile,
    MtvecReset,
    check_outputs,
    chosen_cluster,
    writable,
)
from xdecimate.commands.output import building, stderr, stdout, write_json

NEVER_ENDED = 3


def run(
    program: Annotated[
        Path, typer.Argument(metavar="PROGRAM.elf", help="ELF file, linked for the memory map.")
    ],
    config: ConfigName = "xdecimate",
    cores: Cores = None,
    cluster: ClusterName = None,
    mtvec_reset: MtvecReset = 0,
    max_cycles: Annotated[
        int, typer.Option(help="Stop after this many cycles of the RTL, or instructions of the model.")
    ] = 20_000_000,
    trace: Annotated[
        Path | None, typer.Option(metavar="FILE.fst", help="Write a waveform.", callback=writable)
    ] = None,
    signature: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the memory from begin_signature to end_signature.",
            callback=writable,
        ),
    ] = None,
    signature_granularity: Annotated[
        int, typer.Option(metavar="BYTES", help="Bytes on a line of the signature: 1, 2, 4, 8 or 16.")
    ] = 4,
    l1_bytes: Annotated[
        int | None,
        typer.Option(min=4, max=L1_CAPACITY, metavar="BYTES", help="Size of L1, rounded down to words."),
    ] = None,
    model: Annotated[
        Backend, typer.Option(help="Run on the RTL, or on the instruction-set model, which has no cycles.")
    ] = Backend.RTL,
    json: JsonFile = None,
) -> None:
    """Run a program until it stores to tohost, and print its cycles and instructions.

    Exit status: 0 the program passed, 1 it failed, 2 it cannot be run, 3 it did not end within --max-cycles
    (no signature is written then).

    A program that traps at the first instruction of its trap handler can never end, so it stops at once with
    status 3. On a cluster (--cores, --cluster), a program also stops with status 3 when the stack pointer of
    a core leaves its stack. If a program on a cluster does not end, the message names the position of every
    core. If a program does not pass, the message names its first trap with cause, mepc and mtval.

    Example: xdecimate run program.elf --config baseline --max-cycles 1000000
    Example: xdecimate run program.elf --cores 8
    """
    check_outputs({"the program": program}, {"--trace": trace, "--signature": signature, "--json": json})
    dumps = {}
    chosen = chosen_cluster(cluster, cores)
    if signature:
        if chosen is not None:
            raise UserError(
                "--signature needs a single core; leave out --cores and --cluster, or --signature"
            )
        compressed = xd.core_config(config).has("c")
        image = load_elf(program, core_memories(l1_bytes), compressed=compressed)
        dumps["signature"] = signature_region(image, signature_granularity)
    where = config if chosen is None else f"{config}, {cluster_config(chosen).name} cluster"
    with building(f"simulating {program.name} on {where}") if model is Backend.RTL else nullcontext():
        result = xd.run_elf(
            program,
            config,
            cluster=chosen,
            model=model,
            max_cycles=max_cycles,
            trace=trace,
            dumps=dumps,
            l1_bytes=l1_bytes,
            mtvec_reset=mtvec_reset,
        )
    if signature and result.exit_code is not None:
        write_atomically(signature, signature_text(result.dumps["signature"], signature_granularity))
    _report(program, config, result, json)


def _report(program: Path, config: str, result: xd.ProgramResult, json: Path | None) -> None:
    if result.output:
        stdout.print(result.output, end="" if result.output.endswith("\n") else "\n", markup=False)
    for warning in result.warnings:
        stderr.print(f"warning: {warning}", soft_wrap=True)
    stdout.print(f"{program.name}: {result.ending}", soft_wrap=True)
    figures = {"cycles": result.cycles} if result.cycles is not None else {}
    figures |= {"instructions": result.instructions}
    for name, figure in figures.items():
        stdout.print(f"{name}: {figure}")
    content = {
        "program": str(program),
        "config": config,
        "exit_code": result.exit_code,
        "ending": result.ending,
    }
    content |= figures
    write_json(json, content | ({"warnings": result.warnings} if result.warnings else {}))
    if result.exit_code is None:
        raise typer.Exit(NEVER_ENDED)
    if result.exit_code:
        raise typer.Exit(1)
