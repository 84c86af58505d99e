"""Programs on the generated core, on a cluster, or on the instruction-set model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from os import PathLike
from pathlib import Path

from common.errors import UserError
from common.files import check_writable
from hw.cluster.config import ClusterConfig
from hw.config import MEMORY_MAP, CoreConfig, Region
from sim.diagnosis import Diagnosis
from sim.elf import Program, load_elf
from sim.iss.program import run_program as run_on_iss
from sim.loop_bodies import loop_faults
from sim.rtl.cluster import ClusterJob, ClusterResult, cluster_memories, cluster_model
from sim.rtl.job import Job
from sim.rtl.model import L1_CAPACITY
from sim.rtl.run import run_on_model, run_programs
from xdecimate._api.configuration import cluster_config, core_config
from xdecimate._api.dumps import Place, dump_regions

__all__ = ["Backend", "ProgramResult", "Region", "core_memories", "run_elf"]

#: The simulation counts cycles in 64 bits.
MAX_CYCLES = (1 << 64) - 1
_MAX_SLEEP = (1 << 31) - 1


class Backend(StrEnum):
    """The models that a program can run on."""

    RTL = "rtl"
    ISS = "iss"


@dataclass(frozen=True, kw_only=True)
class ProgramResult:
    """Result of a program.

    Parameters
    ----------
    exit_code : int or None
        0 when it passed, otherwise its code; None when it did not end by itself.
    ending : str
        The same in words, with the first trap of a program that did not pass.
    warnings : tuple of str
        Doubtful code: a hardware loop that ran and is too short, or one with compressed instructions.
    cycles : int or None
        Clock cycles from reset to the store that ended it; None on the instruction-set model, which has none.
    instructions : int
        Retired instructions, on a cluster of all cores.
    output : str
        Characters that it wrote.
    dumps : dict of str to bytes
        Memory at the end, by the names that the caller gave.
    """

    exit_code: int | None
    ending: str
    warnings: tuple[str, ...]
    cycles: int | None
    instructions: int
    output: str
    dumps: Mapping[str, bytes] = field(repr=False)

    @property
    def passed(self) -> bool:
        """True if the program ended with code 0."""
        return self.exit_code == 0


def run_elf(
    path: str | PathLike[str],
    config: str | CoreConfig | None = None,
    *,
    cluster: int | str | ClusterConfig | None = None,
    model: str = "rtl",
    max_cycles: int = 20_000_000,
    trace: str | PathLike[str] | None = None,
    dumps: Mapping[str, Place] | None = None,
    l1_bytes: int | None = None,
    mtvec_reset: int | None = None,
) -> ProgramResult:
    """Run a program until it stores to tohost.

    Parameters
    ----------
    path : str or path
        An ELF file for the memory map, 32-bit RISC-V; with compressed instructions only if the core has c.
    config : str or CoreConfig, optional
        Configuration of the core, as for ``core_config``; ``xdecimate`` by default.
    cluster : int, str or ClusterConfig, optional
        A cluster instead of one core, as for ``cluster_config``.
    model : str
        ``rtl``, the generated hardware in Verilator, or ``iss``, the instruction-set model, which has no
        cycles. The simulator of a configuration is built in the first call, which takes half a minute.
    max_cycles : int
        When to stop a program that does not end: clock cycles, or instructions of the model.
    trace : str or path, optional
        File for a waveform, FST.
    dumps : dict of str to Region, str or (str, str), optional
        Memory to return, by any names: a ``Region``, the symbol of an object, or the symbols where it begins
        and where it ends.
    l1_bytes : int, optional
        Size of L1 of one core, 4 to 16 MiB, rounded down to words; 128 KiB by default.
    mtvec_reset : int, optional
        Address that a trap jumps to before the program has written mtvec; 0 by default.

    Returns
    -------
    ProgramResult
        Also of a program that fails or does not end.

    Raises
    ------
    UserError
        When the file cannot be used, there is no such configuration, a number is out of range, a dump is not
        in memory, the trace cannot be written, or arguments exclude each other.
    SimulationError
        When the simulator fails.

    Examples
    --------
    ::

        result = xd.run_elf("program.elf", "baseline", dumps={"sums": "sums"})
        assert result.passed, result.ending
        np.frombuffer(result.dumps["sums"], "<i4")
    """
    path, trace = Path(path), None if trace is None else Path(trace)
    if model not in list(Backend):
        raise UserError(f"model must be one of {', '.join(Backend)}, not {model!r}")
    if trace:
        check_writable(trace)
    if not 1 <= max_cycles <= MAX_CYCLES:
        raise UserError(f"max_cycles must be in 1..{MAX_CYCLES}, not {max_cycles}")
    core = None if config is None and mtvec_reset is None else core_config(config or "xdecimate", mtvec_reset)
    if cluster is not None:
        if model == Backend.ISS or l1_bytes is not None:
            raise UserError("model iss and l1_bytes need a single core; leave them out, or the cluster")
        return _on_cluster(cluster_config(cluster, core), path, max_cycles, trace, dumps or {})
    core, memories = core or core_config(), core_memories(l1_bytes)
    image = load_elf(path, memories, compressed=core.has("c"))
    regions = dump_regions(image, dumps or {}, memories)
    if model == Backend.ISS:
        if trace:
            raise UserError("a trace shows signals of the RTL; leave out the trace, or use model rtl")
        return _on_iss(image, core, max_cycles, memories[0], regions)
    job = Job(program=image, max_cycles=max_cycles, l1_bytes=memories[0].size, dumps=regions)
    return _on_rtl(core, job, trace)


def core_memories(l1_bytes: int | None = None) -> tuple[Region, Region]:
    """L1, of ``l1_bytes`` rounded down to words, and L2 of one core; ``UserError`` for an invalid size."""
    size = MEMORY_MAP.l1.size if l1_bytes is None else l1_bytes
    if not 4 <= size <= L1_CAPACITY:
        raise UserError(f"l1_bytes must be in 4..{L1_CAPACITY}, not {size}")
    return Region(base=MEMORY_MAP.l1.base, size=size & ~3), MEMORY_MAP.l2


def _ending(exit_code: int | None, diagnosis: Diagnosis, done: str, never: str) -> str:
    """The ending in words: ``done`` is the progress of a caught program, ``never`` the end of a late one."""
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


def _warnings(diagnosis: Diagnosis, image: Program, config: CoreConfig) -> tuple[str, ...]:
    faults = [*filter(None, [diagnosis.loop]), *loop_faults(image, config)]
    return tuple(map(str, faults))


def _on_rtl(config: CoreConfig, job: Job, trace: Path | None) -> ProgramResult:
    (result,) = run_programs(config, [job], trace=trace)
    never = f"did not end within {job.max_cycles} cycles; last fetch at 0x{result.last_fetch:08x}"
    never += ", asleep in wfi" if result.asleep else ""
    return ProgramResult(
        exit_code=result.exit_code,
        ending=_ending(result.exit_code, result.diagnosis, f"{result.cycles} cycles", never),
        warnings=_warnings(result.diagnosis, job.program, config),
        cycles=result.cycles,
        instructions=result.instructions,
        output=result.output,
        dumps=result.dumps,
    )


def _on_cluster(
    config: ClusterConfig,
    path: Path,
    max_cycles: int,
    trace: Path | None,
    dumps: Mapping[str, Place],
) -> ProgramResult:
    memories = tuple(cluster_memories(config).values())
    # A cluster reports a store to tohost when it leaves on the bus.
    image = load_elf(path, memories, watched=memories[1:], compressed=config.core.has("c"))
    job = ClusterJob(
        program=image,
        config=config,
        max_cycles=max_cycles,
        # Cores may sleep as long as the program runs: those without work do.
        max_sleep=min(max_cycles, _MAX_SLEEP),
        dumps=dump_regions(image, dumps, memories),
    )
    (result,) = run_on_model(cluster_model(config, trace=trace is not None), [job], trace=trace)
    return ProgramResult(
        exit_code=result.exit_code,
        ending=_cluster_ending(result),
        warnings=(
            *(f"core {core}: {loop}" for core, loop in result.short_loops.items()),
            *map(str, loop_faults(image, config.core)),
        ),
        cycles=result.cycles,
        instructions=result.instructions,
        output=result.output,
        dumps=result.dumps,
    )


def _on_iss(
    image: Program, config: CoreConfig, steps: int, l1: Region, dumps: Mapping[str, Region]
) -> ProgramResult:
    outcome = run_on_iss(image, config, steps, l1)
    machine = outcome.machine
    never = f"did not end within {steps} instructions; next is 0x{machine.pc:08x}"
    never += ", asleep in wfi" if machine.waiting else ""
    return ProgramResult(
        exit_code=outcome.exit_code,
        ending=_ending(outcome.exit_code, machine.diagnosis, f"{outcome.steps} instructions", never),
        warnings=_warnings(machine.diagnosis, image, config),
        cycles=None,
        instructions=machine.csrs.retired,
        output=outcome.output,
        dumps={name: machine.memory.read(region.base, region.size) for name, region in dumps.items()},
    )
