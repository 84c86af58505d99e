"""One random program with all that its run depends on."""

from dataclasses import dataclass
from random import Random

from hw.config import CoreConfig, config_named
from sim.rtl.job import NO_WAIT_STATES, Job, WaitStates
from verif.programs.composition import Composition
from verif.programs.prologue import Interrupts
from verif.programs.random_program import RandomProgram

#: Instructions in the units of a program, and how often they run: about 20,000 retire.
LENGTH = 3000
PASSES = (2, 3, 4)
_RATES = (0, 0, 32, 128)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A program, the core's configuration, and what surrounds the core.

    Parameters
    ----------
    config : str
        Name of the configuration.
    composition : Composition
    waits : WaitStates
    simulation_seed : int
        Of wait states and of interrupts by themselves.
    interrupt_rate : int
        Of interrupts by themselves (``Job``).
    max_cycles : int
    """

    config: str
    composition: Composition
    waits: WaitStates
    simulation_seed: int
    interrupt_rate: int
    max_cycles: int = 2_000_000

    @property
    def core_config(self) -> CoreConfig:
        return config_named(self.config)

    def job(self) -> Job:
        """Job for the simulator."""
        return Job(
            program=self.composition.program(),
            waits=self.waits,
            seed=self.simulation_seed,
            interrupt_rate=self.interrupt_rate,
            max_cycles=self.max_cycles,
        )


def case(config: CoreConfig, seed: int, number: int) -> Case:
    """Program ``number`` of a campaign: the same three give the same case."""
    random = Random(f"{seed} {config.name} {number}")
    waits = NO_WAIT_STATES if random.random() < 0.4 else WaitStates.random(random)
    # About as many instructions between interrupts, whatever the memory.
    slowness = sum(vars(waits).values()) // 256
    interrupts = None if random.random() < 0.15 else Interrupts(mask=0x3FF, shift=min(slowness, 3))
    program = RandomProgram(random, config, interrupts)
    return Case(
        config=config.name,
        composition=program.compose(LENGTH, random.choice(PASSES)),
        waits=waits,
        simulation_seed=random.randrange(1, 1 << 31),
        interrupt_rate=random.choice(_RATES) if interrupts else 0,
    )
