"""Running a whole program on the model."""

from dataclasses import dataclass
from pathlib import Path

from hw.config import MEMORY_MAP, CoreConfig, Region
from sim.elf import Program, load_elf
from sim.iss.device import Device
from sim.iss.machine import Machine
from sim.iss.memory import Memory


@dataclass(frozen=True)
class Outcome:
    """Result of a program.

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

    @property
    def output(self) -> str:
        """Characters that the program wrote."""
        device = self.machine.memory.device
        return device.output.decode(errors="replace") if device else ""


def run_program(program: Program, config: CoreConfig, max_steps: int, l1: Region = MEMORY_MAP.l1) -> Outcome:
    """Run a program until it stores to ``tohost``, waits for what cannot come, or ``max_steps`` are done.

    The simulation's device is there; it counts steps where the RTL's counts clock cycles.
    """
    machine = Machine(config, Memory((l1, MEMORY_MAP.l2), Device()))
    machine.load(program)
    steps = machine.run(max_steps)
    word = machine.memory.exit_word
    return Outcome(None if word is None else word >> 1, steps, machine)


def run_elf(path: Path, config: CoreConfig, max_steps: int) -> Outcome:
    """``run_program`` with an ELF file; raises ``UserError`` when the file cannot be used."""
    return run_program(load_elf(path, compressed=config.has("c")), config, max_steps)
