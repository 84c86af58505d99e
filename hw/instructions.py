"""Every instruction and CSR that a core can have: the table of hw.isa, then the rows of the units."""

from functools import cache

from hw.isa import csr, table
from hw.isa.compressed_table import COMPRESSED
from hw.isa.instruction import Instruction
from hw.isa.instruction_set import InstructionSet
from hw.isa.pseudocode import pseudocode as table_pseudocode
from hw.units.registry import UNITS

#: Extensions in the order of their rows, with the documents that define them.
EXTENSIONS = table.EXTENSIONS | {unit.extension: unit.source for unit in UNITS}
_ALL = InstructionSet(
    (*table.INSTRUCTIONS, *(row for unit in UNITS for row in unit.instructions)),
    (*csr.CSRS, *(state.csr for unit in UNITS for state in unit.state)),
    COMPRESSED,
)
INSTRUCTIONS = _ALL.instructions
CSRS = _ALL.csrs
ADDRESSES = _ALL.addresses
find = _ALL.find
find_compressed = _ALL.find_compressed
named = cache(_ALL.named)


def pseudocode(instruction: Instruction) -> str:
    """One line that says what the instruction does, in the notation that docs/isa.md explains.

    Raises ``KeyError`` when it is unknown.
    """
    for unit in UNITS:
        if instruction.extension == unit.extension:
            return unit.pseudocode[instruction.mnemonic]
    return table_pseudocode(instruction)
