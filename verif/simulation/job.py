"""What to run on the core, and what came out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from hw.config import MEMORY_MAP, Region
from verif.elf import Program


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
        """Each probability none, some or much."""
        return WaitStates(
            **{name: random.choice((0, 40, 128, 220)) for name in WaitStates.__dataclass_fields__}
        )


NO_WAIT_STATES = WaitStates()


@dataclass(frozen=True, kw_only=True)
class Job:
    """One program to run.

    Parameters
    ----------
    program : Program
        From ``verif.elf.load_elf``; starts at its entry, ends with a store to its ``tohost``.
    max_cycles : int
        When to give up.
    waits : WaitStates
        Wait states of both ports.
    seed : int
        Of the wait states' random numbers and of the noise on idle wires, 1 to 2**32 - 2.
    interrupt_rate : int
        Probability in 65536ths, each cycle, that an interrupt pin goes up by itself; it may go down again so.
    mutant : int or None
        Which fault a core of ``verif.mutation`` has, 0 for none; None for any other core.
    l1_bytes : int
        Size of L1 as the program sees it, up to ``verif.simulation.model.L1_CAPACITY``.
    dumps : mapping of str to Region
        Memory to read back at the end, under names of your own.
    """

    program: Program
    max_cycles: int = 20_000_000
    waits: WaitStates = NO_WAIT_STATES
    seed: int = 1
    interrupt_rate: int = 0
    mutant: int | None = None
    l1_bytes: int = MEMORY_MAP.l1.size
    dumps: Mapping[str, Region] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a program ended.

    Parameters
    ----------
    exit_code : int or None
        0 for pass, otherwise the program's code; None when it did not end within ``max_cycles``.
    cycles : int
        Clock cycles from the release of reset to the store that ended the program.
    instructions : int
        Instructions retired in that time.
    last_fetch : int
        Address of the last instruction word that was requested.
    asleep : bool
        Waiting in wfi at the end.
    seconds : float
        Wall time of the simulation, start-up left out; no part of equality.
    output : str
        Characters that the program wrote.
    dumps : dict of str to bytes
        Contents of the job's regions at the end.
    trace : bytes
        What retired, if the model traces it (``verif.lockstep.trace``).
    """

    exit_code: int | None
    cycles: int
    instructions: int
    last_fetch: int
    asleep: bool
    seconds: float = field(compare=False)
    output: str
    dumps: dict[str, bytes]
    trace: bytes = field(default=b"", compare=False, repr=False)

    @property
    def passed(self) -> bool:
        return self.exit_code == 0
