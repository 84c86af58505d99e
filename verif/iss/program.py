"""Running a whole program on the model."""

from dataclasses import dataclass
from pathlib import Path

from hw.config import CoreConfig
from verif.elf import load_elf
from verif.iss.machine import Machine


@dataclass(frozen=True)
class Outcome:
    """How a program ended.

    Parameters
    ----------
    exit_code : int or None
        0 for pass, the code from ``tohost`` for failure; None when it did not end by itself.
    steps : int
        Instructions executed and traps taken.
    machine : Machine
        In its final state.
    """

    exit_code: int | None
    steps: int
    machine: Machine


def run_elf(path: Path, config: CoreConfig, max_steps: int) -> Outcome:
    """Run an ELF file until it stores to ``tohost``, waits for an interrupt or ``max_steps`` are done.

    Raises ``UserError`` when the file cannot be used.
    """
    machine = Machine(config)
    machine.load(load_elf(path))
    steps = machine.run(max_steps)
    word = machine.memory.exit_word
    return Outcome(None if word is None else word >> 1, steps, machine)
