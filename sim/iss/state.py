"""State of the model: registers, CSRs and memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hw.isa.instruction import Instruction
from sim.iss.bits import MASK
from sim.iss.csrs import Csrs
from sim.iss.memory import Memory

#: One bound instruction: changes the state and returns the next pc, or None to continue in sequence.
Operation = Callable[[], int | None]

#: Where writes to x0 go, so that no operation has to ask.
_SINK = 32


@dataclass(frozen=True, slots=True)
class Site:
    """An instruction at its place.

    Parameters
    ----------
    instruction : Instruction
        Its row of the table; of a compressed one, that of its expansion.
    word : int
        What is in memory: 32 bits, or the 16 of a compressed instruction.
    pc : int
        Its address.
    fields : dict of str to int
        Values of the fields of ``instruction``.
    size : int
        Bytes of the word.
    """

    instruction: Instruction
    word: int
    pc: int
    fields: dict[str, int]
    size: int = 4

    @property
    def following(self) -> int:
        """Address of the instruction after it in memory."""
        return self.pc + self.size & MASK


@dataclass(frozen=True, slots=True)
class Bound:
    """An instruction made ready to run.

    ``ports`` are the registers it reads and writes as a retirement trace names them: rs1, rs2, rs3 (which
    sits in the rd field), rd, and rd2, the post-incremented pointer unless rd, which wins, is the same; 0 for
    none. ``following`` is the address of the instruction after it in memory.
    """

    site: Site
    execute: Operation
    ports: tuple[int, int, int, int, int] = field(init=False)
    following: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ports", _ports(self.site))
        object.__setattr__(self, "following", self.site.following)


def _ports(site: Site) -> tuple[int, int, int, int, int]:
    instruction, fields = site.instruction, site.fields
    rs1, rs2, rs3, kept = (
        fields[name] if name in instruction.reads else 0 for name in ("rs1", "rs2", "rs3", "rd")
    )
    rd, pointer = (fields[name] if name in instruction.writes else 0 for name in ("rd", "rs1"))
    return rs1, rs2, rs3 or kept, rd, pointer if pointer != rd else 0


@dataclass(slots=True)
class State:
    """Architectural state without the pc.

    Parameters
    ----------
    memory, csrs
        Shared with the machine.
    registers : list of int
        x0 to x31, and one more that takes the writes to x0.
    code : dict of int to Bound
        Instructions that have been fetched, by address: stores do not change them until fence.i.
    waiting : bool
        Set by wfi; ``Machine.run`` stops until an enabled interrupt is pending.
    alignment : int
        Bytes that the address of every instruction is a multiple of.
    """

    memory: Memory
    csrs: Csrs
    registers: list[int] = field(default_factory=lambda: [0] * 33)
    code: dict[int, Bound] = field(default_factory=dict)
    waiting: bool = False
    alignment: int = 4


def destination(register: int) -> int:
    """Index in ``State.registers`` to write this register at."""
    return register or _SINK
