"""Verification of an extension unit: programs, coverage, proofs and mutation, beside its record in hw."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING

from amaranth.lib.wiring import Component

from common.errors import UserError
from hw.config import CoreConfig
from hw.units.registry import UNITS
from hw.units.unit import Unit

if TYPE_CHECKING:
    from verif.coverage.columns import Columns
    from verif.formal.proof import Proof
    from verif.programs.composition import Block
    from verif.programs.instruction_generator import InstructionGenerator


#: Modules of the listed units that records name, which no search for imports finds.
MODULES = tuple(module for unit in UNITS for module in (unit.model, unit.verification))


@dataclass(frozen=True, kw_only=True)
class Registers:
    """Registers of an instruction that makes a result.

    Parameters
    ----------
    value, base : int
        The result's register, and the one whose value the result is to be.
    first, second : int
        Free ones.
    """

    value: int
    base: int
    first: int
    second: int


@dataclass(frozen=True, kw_only=True)
class UnitBench:
    """The unit by itself: its bench, and its proof for fault injection.

    Parameters
    ----------
    component : callable
        Makes the unit as module ``<extension>_unit``.
    module : str
        A cocotb bench.
    cases : tuple of str
        Its cases in the order of what they see, most first.
    proof : str
        Name of the proof of this component for any host that keeps its protocol.
    exposed : tuple of str
        Signals of the component that the proof looks at beside ports.
    """

    component: Callable[[], Component]
    module: str
    cases: tuple[str, ...]
    proof: str
    exposed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Verification:
    """One unit's part in verification. Its module calls it ``VERIFICATION``.

    The classes of a unit's instructions are its name, and for one without registers its operation.

    Parameters
    ----------
    results : mapping of str to callable
        For each class that writes rd, instructions that bring a value into it; the last one makes the result.
    stream : callable
        A random stretch of the unit's instructions and of what may stand between them.
    guest : callable
        Instructions that use the unit, with a register that holds its saved state, or points to it if that is
        more than one register, and a free one: a trap handler runs them between saving and restoring.
    access : callable or None
        An access near an address, from the register that holds it; for units that access memory.
    bins, count : callable
        Names of the coverage points, and hits in a trace.
    cycles : mapping of str to tuple
        Rows of the cycle table: instructions that are repeated, and the cycles of one repetition.
    busy : tuple of str
        Registers of the unit that are not 0 while an instruction is in it.
    proofs : tuple of Proof
    bench : callable or None
        The bench of the unit or of one of its variants. None: it has none, and faults are injected only into
        cores.
    """

    results: Mapping[str, Callable[[Random, Registers], list[int]]]
    stream: "Callable[[InstructionGenerator], Block]"
    guest: Callable[[int, int], list[int]]
    access: "Callable[[InstructionGenerator, int], int] | None" = None
    bins: Callable[[], list[str]]
    count: "Callable[[Columns], Counter[str]]"
    cycles: Mapping[str, tuple[list[tuple], int]] = field(default_factory=dict)
    busy: tuple[str, ...] = ()
    proofs: "tuple[Proof, ...]" = ()
    bench: Callable[[Unit], UnitBench] | None = None


def verification(unit: Unit) -> Verification:
    """The verification of a unit, from the module that its record names."""
    return import_module(unit.verification).VERIFICATION


def verifications(config: CoreConfig) -> list[Verification]:
    """Verifications of all units of a configuration."""
    return [verification(unit) for unit in config.units]


def unit_bench(unit: Unit) -> UnitBench:
    """The bench of a unit; ``UserError`` when it has none."""
    make = verification(unit).bench
    if make is None:
        raise UserError(f"{unit.extension} has no bench of the unit by itself; inject faults into the core")
    return make(unit)
