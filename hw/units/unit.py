"""The record of an extension unit: what decoder, pipeline, CSRs, model and verification must know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from amaranth.hdl import Module, Value
from amaranth.lib.wiring import Component

from common.closure import closure
from hw.isa.csr import Csr
from hw.isa.instruction import Instruction

if TYPE_CHECKING:
    from hw.config import CoreConfig
    from hw.core.core import Core
    from hw.core.pipeline import Pipeline


@dataclass(frozen=True, kw_only=True)
class State:
    """A register of a unit that its instructions use without naming it, and the CSR that reaches it.

    Parameters
    ----------
    name : str
        Part of signal names: the CSR file reads ``<unit>_<name>``.
    csr : Csr
        Name, address, and whether an access drains the pipeline.
    width : int
        Bits that a write changes, from bit 0; the others read as 0, or as ``signed`` says.
    reset : int
        Value after reset.
    saved : bool
        A trap handler that uses the unit saves and restores it.
    signed : bool
        Bits above ``width`` read as its uppermost bit, not as 0.
    depth : int
        Registers behind the CSR. It reads the first; a write moves the others down and enters as the last, so
        that as many writes as there are registers read all and write all.
    """

    name: str
    csr: Csr
    width: int
    reset: int = 0
    saved: bool = True
    signed: bool = False
    depth: int = 1


@dataclass(frozen=True, kw_only=True)
class Unit:
    """An extension unit of the core.

    Its control fields in EX are ``<name>``, set for its instructions, and ``<name>_operation``. Rooms above
    hw have their part of a unit in a module of their own; the record says where, and imports neither.

    Parameters
    ----------
    name : str
        Its submodule in the core, the prefix of its signals, and of the column ``operation`` of its rows.
    extension : str
        Name of the extension, as configurations list it.
    source : str
        The document that defines the extension.
    needs : tuple of str
        Extensions that it builds on.
    instructions : tuple of Instruction
        Its rows of the instruction table.
    pseudocode : mapping of str to str
        One line for each mnemonic, in the notation of docs/isa.md.
    state : tuple of State
        Its hidden registers.
    operation : type of Enum
        An Amaranth enumeration with a member for each instruction, named as the end of the mnemonic.
    decode : callable
        Controls of a row beside those that follow from its operands; it may override these.
    component : callable
        Makes the unit as a core of a configuration hosts it.
    connect : callable
        Wires it to the stages of a ``Pipeline``; what it drives there overrides what the stages drive.
    accesses_memory : bool
        Its loads go through the load/store unit, and their result is the unit's in WB.
    loads_words : bool
        Its loads are of the word that an address is in: the lower two bits of the address are ignored.
    borrows_crossing_register : bool
        Writes the load/store unit's register for the lower half of a crossing access between such accesses.
    borrows_multiplier : bool
        It multiplies bytes in cycles in which EX may want to, and EX then waits; and it scales.
    forwarded : callable or None
        Old rd of an instruction whose predecessor in EX is a load of the same unit into the same rd, from
        the component: the unit forwards it itself, and ID does not wait for it. None: ID waits.
    standalone : callable or None
        Makes the unit for any host, as module ``<extension>_unit``. None: it lives from parts of the core.
    model : str
        Module with ``Model``, the unit in the instruction-set model (``sim.iss.unit_model``).
    verification : str
        Module with ``VERIFICATION`` (``verif.units.verification``).
    """

    name: str
    extension: str
    source: str
    needs: tuple[str, ...] = ()
    instructions: tuple[Instruction, ...]
    pseudocode: Mapping[str, str]
    state: tuple[State, ...]
    operation: type[Enum]
    decode: Callable[[Instruction], dict[str, int | Enum]]
    component: "Callable[[CoreConfig], Component]"
    connect: "Callable[[Module, Core, Pipeline], None]"
    accesses_memory: bool = False
    loads_words: bool = False
    borrows_crossing_register: bool = False
    borrows_multiplier: bool = False
    forwarded: Callable[[Any], Value] | None = None
    standalone: Callable[[], Component] | None
    model: str
    verification: str

    def __hash__(self) -> int:
        return hash(self.extension)

    def operation_of(self, row: Instruction) -> Enum:
        """The member of ``operation`` that a row of the unit is."""
        return self.operation[row.operation.partition(".")[2].upper()]

    def alone(self) -> Component:
        """The unit for any host; ``ValueError`` if it lives from parts of the core."""
        if self.standalone is None:
            raise ValueError(f"{self.extension} uses parts of the core; generate a core that has it")
        return self.standalone()

    @property
    def module(self) -> str:
        """Name of the Verilog module that ``standalone`` makes."""
        return f"{self.extension}_unit"

    @property
    def digest(self) -> str:
        """Hash of record, model and verification with all that they import: for keys of caches."""
        return closure(self.connect.__module__, self.model, self.verification)
