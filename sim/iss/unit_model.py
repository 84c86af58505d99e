"""An extension unit in the instruction-set model: its hidden state, and what its instructions do."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from importlib import import_module

from hw.config import CoreConfig
from hw.units.unit import Unit
from sim.iss.state import Operation, Site, State


class UnitModel(ABC):
    """One unit of one hart. Its module calls the class of the unit ``Model``.

    Parameters
    ----------
    unit : Unit
        Its record.

    Attributes
    ----------
    values : dict of str to int
        The hidden registers by the names of their CSRs.
    """

    def __init__(self, unit: Unit) -> None:
        self.values = {state.csr.name: state.reset for state in unit.state}
        self._masks = {state.csr.name: (1 << state.width) - 1 for state in unit.state}

    @property
    @abstractmethod
    def actions(self) -> Mapping[str, Callable[[State, Site], Operation]]:
        """Actions of the unit's instructions by mnemonic, as in ``sim.iss.semantics``."""

    def read(self, name: str) -> int:
        """The value that a read of the CSR returns."""
        return self.values[name]

    def write(self, name: str, value: int) -> None:
        """Write the bits of the CSR that can be written."""
        self.values[name] = value & self._masks[name]


def unit_models(config: CoreConfig) -> tuple[UnitModel, ...]:
    """A model of each extension unit of a configuration, after reset."""
    return tuple(import_module(unit.model).Model(unit) for unit in config.units)
