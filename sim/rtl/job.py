"""Jobs for the simulated core, and their results."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, Generic, TypeVar

from hw.config import MEMORY_MAP, Region
from sim.diagnosis import Diagnosis
from sim.elf import Program
from sim.rtl.watch import OUTPUTS as WATCH_OUTPUTS
from sim.rtl.watch import diagnosis

#: L1 that the core's tile has room for; how much of it a program sees is a job's choice.
L1_CAPACITY = 16 << 20


@dataclass(frozen=True, kw_only=True)
class WaitStates:
    """Probability of one more wait cycle, 0 to 255 in 256ths, before a grant and a response of each port.

    All 0 is a memory of one cycle: granted at once, answered in the next cycle.
    """

    instr_grant: int = 0
    instr_response: int = 0
    data_grant: int = 0
    data_response: int = 0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value <= 255:
                raise ValueError(f"{name} must be in 0..255, not {value}")

    @staticmethod
    def random(random: Random) -> "WaitStates":
        """Random probabilities, each none, some or much."""
        return WaitStates(
            **{name: random.choice((0, 40, 128, 220)) for name in WaitStates.__dataclass_fields__}
        )


NO_WAIT_STATES = WaitStates()


#: What comes out of a job.
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class TileJob(ABC, Generic[R]):
    """One program to run, on whatever tile.

    Parameters
    ----------
    program : Program
        From ``sim.elf.load_elf``; starts at its entry, ends with a store to its ``tohost``.
    max_cycles : int
        Cycles after which the program is stopped.
    dumps : mapping of str to Region
        Memory to read back at the end, under names of your own.
    """

    #: The tile's outputs that a result is made of.
    outputs: ClassVar[tuple[str, ...]]

    program: Program
    max_cycles: int = 20_000_000
    dumps: Mapping[str, Region] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.max_cycles < 1:
            raise ValueError(f"max_cycles must be at least 1, not {self.max_cycles}")

    @property
    @abstractmethod
    def memories(self) -> dict[str, Region]:
        """The tile's memories by the names of their image files, nearest first."""

    def inputs(self) -> dict[str, int]:
        """Values of the tile's inputs, but for the numbers of files."""
        return {
            "boot_address": self.program.entry,
            "tohost": self.program.tohost,
            "max_cycles": self.max_cycles,
        }

    @abstractmethod
    def result(self, outcome: dict[str, Any], output: str, dumps: dict[str, bytes], trace: bytes) -> R:
        """The result, from the tile's outputs and ``seconds``; ``trace`` is what it wrote while it ran."""


@dataclass(frozen=True, kw_only=True)
class Job(TileJob["Result"]):
    """One program to run on the core.

    Parameters
    ----------
    waits : WaitStates
        Wait states of both ports.
    seed : int
        Of the wait states' random numbers and of the noise on idle wires, 1 to 2**32 - 2.
    interrupt_rate : int
        Probability in 65536ths, each cycle, that an interrupt pin goes up by itself; it may go down again so.
    hart_id : int
        What mhartid reads.
    mutant : int or None
        Which fault a core of ``verif.mutation`` has, 0 for none; None for any other core.
    l1_bytes : int
        Size of L1 as the program sees it, up to ``L1_CAPACITY``.
    """

    outputs = ("exit_word", "cycles", "instructions", "last_fetch", "sleep", *WATCH_OUTPUTS)

    waits: WaitStates = NO_WAIT_STATES
    seed: int = 1
    interrupt_rate: int = 0
    hart_id: int = 0
    mutant: int | None = None
    l1_bytes: int = MEMORY_MAP.l1.size

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.l1_bytes <= L1_CAPACITY or self.l1_bytes % 4:
            raise ValueError(f"l1_bytes must be a multiple of 4 up to {L1_CAPACITY}, not {self.l1_bytes}")
        if not 0 < self.seed < (1 << 32) - 1:
            raise ValueError(f"seed must be in 1..2**32 - 2, not {self.seed}")
        if not 0 <= self.hart_id < 1 << 32:
            raise ValueError(f"hart_id must be in 0..2**32 - 1, not {self.hart_id}")
        if not 0 <= self.interrupt_rate < 1 << 16:
            raise ValueError(f"interrupt_rate must be in 0..65535, not {self.interrupt_rate}")

    @property
    def memories(self) -> dict[str, Region]:
        return {"l1": Region(base=MEMORY_MAP.l1.base, size=self.l1_bytes), "l2": MEMORY_MAP.l2}

    def inputs(self) -> dict[str, int]:
        waits = {f"{name}_stall": value for name, value in vars(self.waits).items()}
        own = {name: getattr(self, name) for name in ("l1_bytes", "seed", "interrupt_rate", "hart_id")}
        mutant = {} if self.mutant is None else {"mutant": self.mutant}
        return super().inputs() | own | waits | mutant

    def result(self, outcome: dict[str, Any], output: str, dumps: dict[str, bytes], trace: bytes) -> "Result":
        word = outcome["exit_word"]
        return Result(
            exit_code=word >> 1 if word else None,
            cycles=outcome["cycles"],
            instructions=outcome["instructions"],
            last_fetch=outcome["last_fetch"],
            asleep=bool(outcome["sleep"]),
            diagnosis=diagnosis(outcome),
            seconds=outcome["seconds"],
            output=output,
            dumps=dumps,
            trace=trace,
        )


@dataclass(frozen=True, kw_only=True)
class Result:
    """Result of a program.

    Parameters
    ----------
    exit_code : int or None
        0 for pass, otherwise the program's code; None when it did not end within ``max_cycles`` or is caught.
    cycles : int
        Clock cycles from the release of reset to the store that ended the program.
    instructions : int
        Instructions retired in that time.
    last_fetch : int
        Address of the last instruction word that was requested.
    asleep : bool
        Waiting in wfi at the end.
    diagnosis : Diagnosis
        What was seen from inside the core; nothing of one that is traced or not as generated.
    seconds : float
        Wall time of the simulation, start-up left out; no part of equality.
    output : str
        Characters that the program wrote.
    dumps : dict of str to bytes
        Contents of the job's regions at the end.
    trace : bytes
        What retired, if the model traces it (``verif.cosim.trace``).
    """

    exit_code: int | None
    cycles: int
    instructions: int
    last_fetch: int
    asleep: bool
    diagnosis: Diagnosis
    seconds: float = field(compare=False)
    output: str
    dumps: dict[str, bytes]
    trace: bytes = field(default=b"", compare=False, repr=False)

    @property
    def passed(self) -> bool:
        return self.exit_code == 0
