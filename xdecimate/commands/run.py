"""``xdecimate run``: a program on the generated core, or on its model."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UserError
from common.files import write_atomically
from hw.config import MEMORY_MAP, ClusterConfig, CoreConfig, Region
from sim.diagnosis import Diagnosis
from sim.elf import Program, load_elf
from sim.iss.program import run_program as run_on_iss
from sim.rtl.cluster import ClusterJob, ClusterResult, cluster_memories, cluster_model
from sim.rtl.job import Job
from sim.rtl.model import L1_CAPACITY
from sim.rtl.run import run_on_model, run_programs
from verif.suites.signature import signature_region, signature_text
from xdecimate.commands.options import (
    ConfigName,
    Cores,
    JsonFile,
    MtvecReset,
    cluster_config,
    core_config,
    writable,
)
from xdecimate.commands.output import building, stderr, stdout, write_json

NEVER_ENDED = 3
#: The simulation counts cycles in 64 bits.
MAX_CYCLES = (1 << 64) - 1
MAX_SLEEP = (1 << 31) - 1


class Backend(StrEnum):
    """What a program can run on."""

    RTL = "rtl"
    ISS = "iss"


@dataclass(frozen=True, kw_only=True)
class _Ran:
    """What both have to say of a run; ``ending`` is for people."""

    exit_code: int | None
    ending: str
    warnings: tuple[str, ...]
    cycles: int | None
    instructions: int
    output: str
    dumps: Mapping[str, bytes]


def run(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM.elf", help="An ELF file for the memory map.")],
    config: ConfigName = "xdecimate",
    cores: Cores = None,
    mtvec_reset: MtvecReset = 0,
    max_cycles: Annotated[
        int, typer.Option(help="Stop after this many cycles, or instructions of the model.")
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
        int, typer.Option(metavar="BYTES", help="Bytes on a line of it: 1, 2, 4, 8, 16.")
    ] = 4,
    l1_bytes: Annotated[
        int | None,
        typer.Option(min=4, max=L1_CAPACITY, metavar="BYTES", help="Size of L1, rounded down to words."),
    ] = None,
    model: Annotated[
        Backend, typer.Option(help="The RTL, or the instruction-set model, which has no cycles.")
    ] = Backend.RTL,
    json: JsonFile = None,
) -> None:
    """Run a program until it stores to tohost; prints cycles and instructions.

    Exit status: 0 pass, 1 the program failed, 2 it cannot be run, 3 it did not end within --max-cycles
    (then no signature is written).

    A program that traps in the first instruction of its trap handler can never end, and stops at once with
    status 3. On a cluster (--cores), a program in which a core's stack pointer leaves its stack also stops
    with status 3; then, and after --max-cycles, the message names the place of every core. The message names
    the first trap of a program that does not pass, with its cause, mepc and mtval.

    Example: xdecimate run program.elf --config baseline --max-cycles 1000000
    Example: xdecimate run program.elf --cores 8
    """
    chosen = core_config(config, mtvec_reset)
    _check_names(program, {"--trace": trace, "--signature": signature, "--json": json})
    if not 1 <= max_cycles <= MAX_CYCLES:
        raise UserError(f"--max-cycles must be in 1..{MAX_CYCLES}, not {max_cycles}")
    if cores is not None:
        if model is Backend.ISS or signature or l1_bytes is not None:
            raise UserError(
                "--model, --signature and --l1-bytes are for one core; leave them out with --cores"
            )
        with building(f"simulating {program.name} on {cores} cores {config}"):
            ran = _on_cluster(cluster_config(cores, chosen), program, max_cycles, trace)
        _report(program, config, ran, json)
        return
    l1 = Region(base=MEMORY_MAP.l1.base, size=(l1_bytes or MEMORY_MAP.l1.size) & ~3)
    image = load_elf(program, (l1, MEMORY_MAP.l2))
    dumps = {}
    if signature:
        dumps["signature"] = signature_region(image, signature_granularity)
    if model is Backend.ISS:
        if trace:
            raise UserError("--trace shows the RTL's signals; leave it out, or run with --model rtl")
        ran = _on_model(image, chosen, max_cycles, l1, dumps)
    else:
        job = Job(program=image, max_cycles=max_cycles, l1_bytes=l1.size, dumps=dumps)
        with building(f"simulating {program.name} on {config}"):
            ran = _on_rtl(chosen, job, trace)
    if signature and ran.exit_code is not None:
        write_atomically(signature, signature_text(ran.dumps["signature"], signature_granularity))
    _report(program, config, ran, json)


def _check_names(program: Path, outputs: Mapping[str, Path | None]) -> None:
    """Raise ``UserError`` when an output would be written over the program or over another output."""
    seen = {program.resolve(): "the program"}
    for option, path in outputs.items():
        if path is not None and path.exists() and not path.is_file():
            continue  # a device or pipe takes several
        if path is not None and (other := seen.setdefault(path.resolve(), option)) != option:
            raise UserError(f"{option} {path} would overwrite {other}; give each its own file")


def _report(program: Path, config: str, ran: _Ran, json: Path | None) -> None:
    if ran.output:
        stdout.print(ran.output, end="" if ran.output.endswith("\n") else "\n", markup=False)
    for warning in ran.warnings:
        stderr.print(f"warning: {warning}", soft_wrap=True)
    stdout.print(f"{program.name}: {ran.ending}", soft_wrap=True)
    figures = {"cycles": ran.cycles} if ran.cycles is not None else {}
    figures |= {"instructions": ran.instructions}
    for name, figure in figures.items():
        stdout.print(f"{name}: {figure}")
    content = {"program": str(program), "config": config, "exit_code": ran.exit_code, "ending": ran.ending}
    content |= figures
    write_json(json, content | ({"warnings": ran.warnings} if ran.warnings else {}))
    if ran.exit_code is None:
        raise typer.Exit(NEVER_ENDED)
    if ran.exit_code:
        raise typer.Exit(1)


def _ending(exit_code: int | None, diagnosis: Diagnosis, done: str, never: str) -> str:
    """For people: ``done`` is how far a caught program came, ``never`` describes one that did not end."""
    if exit_code == 0:
        return "passed"
    if exit_code is not None:
        what = f"failed with code {exit_code}"
    else:
        what = f"stopped after {done}" if diagnosis.caught is not None else never
    return "; ".join(filter(None, (what, str(diagnosis.trap or ""), diagnosis.endless)))


def _cluster_ending(result: ClusterResult) -> str:
    if result.exit_code is None:
        return result.why
    if result.exit_code == 0:
        return "passed"
    return f"failed with code {result.exit_code}" + (f": {result.why}" if result.why else "")


def _warnings(diagnosis: Diagnosis) -> tuple[str, ...]:
    return (str(diagnosis.loop),) if diagnosis.loop else ()


def _on_rtl(config: CoreConfig, job: Job, trace: Path | None) -> _Ran:
    (result,) = run_programs(config, [job], trace=trace)
    never = f"did not end within {job.max_cycles} cycles; last fetch at 0x{result.last_fetch:08x}"
    never += ", asleep in wfi" if result.asleep else ""
    return _Ran(
        exit_code=result.exit_code,
        ending=_ending(result.exit_code, result.diagnosis, f"{result.cycles} cycles", never),
        warnings=_warnings(result.diagnosis),
        cycles=result.cycles,
        instructions=result.instructions,
        output=result.output,
        dumps=result.dumps,
    )


def _on_cluster(config: ClusterConfig, program: Path, max_cycles: int, trace: Path | None) -> _Ran:
    l1, *outside = cluster_memories(config).values()
    # A cluster reports a store to tohost when it leaves on the bus.
    image = load_elf(program, (l1, *outside), watched=outside)
    # Cores may sleep as long as the program runs: those without work do.
    sleep = min(max_cycles, MAX_SLEEP)
    job = ClusterJob(program=image, config=config, max_cycles=max_cycles, max_sleep=sleep)
    (result,) = run_on_model(cluster_model(config, trace=trace is not None), [job], trace=trace)
    return _Ran(
        exit_code=result.exit_code,
        ending=_cluster_ending(result),
        warnings=tuple(f"core {core}: {loop}" for core, loop in result.short_loops.items()),
        cycles=result.cycles,
        instructions=result.instructions,
        output=result.output,
        dumps={},
    )


def _on_model(image: Program, config: CoreConfig, steps: int, l1: Region, dumps: dict[str, Region]) -> _Ran:
    outcome = run_on_iss(image, config, steps, l1)
    machine = outcome.machine
    never = f"did not end within {steps} instructions; next is 0x{machine.pc:08x}"
    never += ", asleep in wfi" if machine.waiting else ""
    return _Ran(
        exit_code=outcome.exit_code,
        ending=_ending(outcome.exit_code, machine.diagnosis, f"{outcome.steps} instructions", never),
        warnings=_warnings(machine.diagnosis),
        cycles=None,
        instructions=machine.csrs.retired,
        output=outcome.output,
        dumps={name: machine.memory.read(region.base, region.size) for name, region in dumps.items()},
    )
