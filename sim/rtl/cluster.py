"""Running programs on the cluster: what to run, what came out, and the model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hw.cluster import outer_memory
from hw.cluster.config import ClusterConfig
from hw.cluster.registers import TRANSFERS
from hw.config import MEMORY_MAP, Region
from hw.generate import cluster_verilog
from hw.isa.table import SHORTEST_BODY
from hw.peripherals import CHARACTER_OUTPUT
from sim.diagnosis import Diagnosis, ShortLoop
from sim.rtl.hashed_banks import by_address, placed, rows_of
from sim.rtl.job import TileJob
from sim.rtl.model import SOURCES, Model, build_model
from sim.rtl.watch import OUTPUTS as WATCH_OUTPUTS
from sim.rtl.watch import diagnosis, watched
from sw_kernels.header import EXIT_DMA

TOPLEVEL = "cluster_tile"
_TILE_SOURCES = tuple(
    SOURCES / name for name in ("cluster_tile.vlt", "outer_memory.sv", "watch.sv", "cluster_tile.sv")
)
#: The first two optimizations name things by core, so that the cores' code could no longer be shared. The
#: third takes a third of Verilator's time and most of its memory, and makes the model no faster.
_OPTIONS = ("-fno-dfg", "-fno-table", "-fno-split")


@dataclass(frozen=True, kw_only=True)
class ClusterResult:
    """Result of a program.

    Parameters
    ----------
    exit_code : int or None
        0 for pass, otherwise the program's code; None when it was ended by the simulation: see ``why``.
    why : str
        Why a program that did not pass ended: time, a core that slept too long, a stack overflow, or a trap
        handler that traps, with the program counter of every core; or a DMA transfer. Then the first trap of
        each core. Empty for a program that passed.
    short_loops : dict of int to ShortLoop
        Hardware loops with a body of fewer than three instructions, by the core that ran one.
    cycles, instructions : int
        Clock cycles from the release of reset to the store that ended the program; instructions of all cores.
    seconds : float
        Wall time of the simulation, start-up left out; no part of equality.
    output : str
        Characters that the program wrote.
    dumps : dict of str to bytes
        Contents of the job's regions at the end.
    kept : bytes
        Memory that the program asked to keep (``ClusterJob.keep``), one after the other in whole words.
    """

    exit_code: int | None
    why: str
    short_loops: dict[int, ShortLoop]
    cycles: int
    instructions: int
    seconds: float = field(compare=False)
    output: str
    dumps: dict[str, bytes]
    kept: bytes = field(default=b"", repr=False)

    @property
    def passed(self) -> bool:
        return self.exit_code == 0


@dataclass(frozen=True, kw_only=True)
class ClusterJob(TileJob[ClusterResult]):
    """One program to run on the cluster.

    Parameters
    ----------
    config : ClusterConfig
        The cluster that it will run on.
    l2_latency, l3_latency : int
        Cycles from a grant on the bus to its answer, at least 1.
    l3_interval : int
        Cycles between two answers of L3; L2 answers a beat a cycle.
    max_sleep : int
        Cycles that a core may sleep at a time before the program is stopped as stuck.
    keep : int
        Address of two words in L2, a multiple of 8: a program that stores an address in L2 or L3 and then
        a number of bytes there keeps what they hold at that time. 0 for none.
    """

    outputs = (
        *("exit_word", "cycles", "instructions", "last_fetch", "sleep", "overslept", "overflowed"),
        *WATCH_OUTPUTS,
    )

    config: ClusterConfig
    l2_latency: int = outer_memory.L2.latency
    l3_latency: int = outer_memory.L3.latency
    l3_interval: int = outer_memory.L3.interval
    max_sleep: int = 1_000_000
    keep: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("l2_latency", "l3_latency", "l3_interval", "max_sleep"):
            if not 1 <= getattr(self, name) < 1 << 31:
                raise ValueError(f"{name} must be in 1..2**31 - 1, not {getattr(self, name)}")
        if self.keep % 8 or (self.keep and self.keep not in MEMORY_MAP.l2):
            raise ValueError(f"keep must be 0 or a multiple of 8 in L2, not {self.keep:#x}")
        if self.config.hashed_banks:
            object.__setattr__(self, "program", placed(self.program, self.config))
            object.__setattr__(self, "dumps", rows_of(self.dumps, self.config))

    @property
    def memories(self) -> dict[str, Region]:
        return cluster_memories(self.config)

    def inputs(self) -> dict[str, int]:
        names = ("l2_latency", "l3_latency", "l3_interval", "max_sleep", "keep")
        symbols = self.program.symbols
        stacks = {"stacks": symbols.get("_stacks", 0), "stack_bytes": symbols.get("_stack_bytes", 0)}
        return super().inputs() | {name: getattr(self, name) for name in names} | stacks

    def result(
        self, outcome: dict[str, Any], output: str, dumps: dict[str, bytes], trace: bytes
    ) -> ClusterResult:
        word = outcome["exit_word"]
        seen = {core: diagnosis(outcome, core) for core in range(self.config.cores)}
        traps = [f"core {core}: {found.trap}" for core, found in seen.items() if found.trap and word != 1]
        return ClusterResult(
            exit_code=word >> 1 if word else None,
            why="; ".join(
                filter(None, [_why_failed(word >> 1) if word else self._why_ended(outcome, seen), *traps])
            ),
            short_loops={core: found.loop for core, found in seen.items() if found.loop},
            cycles=outcome["cycles"],
            instructions=outcome["instructions"],
            seconds=outcome["seconds"],
            output=output,
            dumps={name: by_address(dump, self.dumps[name], self.config) for name, dump in dumps.items()},
            kept=trace,
        )

    def _why_ended(self, outcome: dict[str, Any], seen: dict[int, Diagnosis]) -> str:
        def cores(bits: int) -> str:
            return ", ".join(str(i) for i in range(self.config.cores) if bits >> i & 1)

        if outcome["caught"]:
            core = next(core for core, found in seen.items() if found.caught is not None)
            what = f"core {core}: {seen[core].endless}"
        elif outcome["overflowed"]:
            size = self.program.symbols["_stack_bytes"]
            what = (
                f"stack overflow: the stack of core {cores(outcome['overflowed'])} exceeds its {size} bytes "
                "and would overwrite another core's; make stacks larger or frames smaller"
            )
        elif outcome["overslept"]:
            what = (
                f"core {cores(outcome['overslept'])} slept for {self.max_sleep:,} cycles "
                "(barrier, event or DMA) and was never woken"
            )
        else:
            what = f"did not end within {self.max_cycles:,} cycles"
        places = [
            f"core {i} at {outcome['last_fetch'] >> 32 * i & 0xFFFF_FFFF:#010x}"
            + (" asleep" if outcome["sleep"] >> i & 1 else "")
            for i in range(self.config.cores)
        ]
        return f"{what}; after {outcome['cycles']:,} cycles {', '.join(places)}"


def _why_failed(exit_code: int) -> str:
    transfer = exit_code - EXIT_DMA
    if 0 <= transfer < TRANSFERS:
        return f"DMA transfer {transfer} does not go between L1 and another memory, or exceeds a memory"
    return ""


def cluster_memories(config: ClusterConfig) -> dict[str, Region]:
    """Memories of the simulated cluster by name, nearest first."""
    l1 = Region(base=MEMORY_MAP.l1.base, size=config.l1_bytes)
    return {"l1": l1, "l2": MEMORY_MAP.l2, "l3": MEMORY_MAP.l3}


def _stack_pointers(paths: Sequence[str]) -> str:
    """A module that shows the stack pointer of every core to the tile."""
    lines = [
        f"  assign stack_pointer[{32 * i}+:32] = {path}.register_file.x2;" for i, path in enumerate(paths)
    ]
    ports = f"output wire [{32 * len(paths) - 1}:0] stack_pointer"
    return "\n".join([f"module stack_pointers({ports});", *lines, "endmodule", ""])


@cache
def cluster_model(config: ClusterConfig, *, trace: bool = False) -> Model:
    """The model of a generated cluster with memories around it.

    Raises ``SimulationError`` when it does not build.
    """
    parameters = {
        "CORES": config.cores,
        "BANKS": config.banks,
        "WIDTH": config.bus_bytes,
        "L1_BYTES": config.l1_bytes,
        "L2_BASE": MEMORY_MAP.l2.base,
        "L2_BYTES": MEMORY_MAP.l2.size,
        "L3_BASE": MEMORY_MAP.l3.base,
        "L3_BYTES": MEMORY_MAP.l3.size,
        "CHARACTER_OUTPUT": CHARACTER_OUTPUT,
        "SHORTEST_BODY": SHORTEST_BODY,
    }
    paths = [f"{TOPLEVEL}.cluster.element{i}.core" for i in range(config.cores)]
    verilog = cluster_verilog(config) + _stack_pointers(paths) + watched(paths, config.core)
    return build_model(
        verilog,
        TOPLEVEL,
        sources=_TILE_SOURCES,
        parameters=parameters,
        trace=trace,
        public=False,
        options=_OPTIONS,
    )
