"""Common part of proofs about the whole core; a mutant of the core can take its place in them."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from amaranth.hdl import Module
from amaranth.lib.wiring import Component

from hw.config import XDECIMATE, XDECMAC, CoreConfig, config_named
from hw.core.core import Core
from verif.formal.harness import answer, answers, cutpoints, reset_once, sources
from verif.formal.inner_signals import Inside
from verif.formal.proof import Sources

#: Configurations that are proved, and the ends of the names of their proofs.
CONFIGS = {XDECIMATE: "", XDECMAC: f".{XDECMAC.name}"}
#: The core with every instruction of CORE-V.
COREV = config_named("xdecimate+corev")
#: Those of proofs about whole cores, to which compressed instructions and those of CORE-V make a difference.
CORES = CONFIGS | {config_named("xdecimate-c"): ".words", COREV: ".corev"}


def unit_names(config: CoreConfig) -> tuple[str, ...]:
    """Submodules of the core that are extension units."""
    return tuple(unit.name for unit in config.units)


class CoreHarness(Component, ABC):
    """The core of a configuration, a free memory at its port of data.

    Parameters
    ----------
    config : CoreConfig
    inside_of : callable
        Makes what stands in the core's place.
    """

    def __init__(self, config: CoreConfig, inside_of: Callable[[Component], Inside] = Inside) -> None:
        self._config = config
        self._inside_of = inside_of
        super().__init__(answers())

    def elaborate(self, platform: object) -> Module:
        m = Module()
        core = Core(self._config)
        inside = self._inside_of(core)
        m.submodules.core = inside.fragment
        reset_once(m)
        answer(m, self, core.data)
        self._examine(m, inside)
        return m

    @abstractmethod
    def _examine(self, m: Module, inside: Inside) -> None:
        """Add what is claimed of the core, and what it takes to say it."""


@dataclass(frozen=True)
class CoreSources:
    """Makes the sources of a proof about the whole core: its harness, and the cells that it cuts out."""

    harness: type[CoreHarness]
    config: CoreConfig
    cut: tuple[str, ...]

    def __call__(self) -> Sources:
        return sources(self.harness(self.config), *cutpoints("harness.core", self.cut))
