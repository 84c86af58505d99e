"""Finding rows of the instruction table by word or by mnemonic."""

from collections import defaultdict
from collections.abc import Collection
from functools import cache

from hw.isa.instruction import Instruction
from hw.isa.table import EXTENSIONS, INSTRUCTIONS

#: Opcode and funct3, which tell most instructions apart.
_INDEX = 0x707F


@cache
def _by_index() -> dict[int, tuple[tuple[int, int, Instruction], ...]]:
    """Mask, match and row of the instructions that a word with these bits can be."""
    groups: dict[int, list[tuple[int, int, Instruction]]] = defaultdict(list)
    for row in INSTRUCTIONS:
        for funct3 in range(8):
            index = row.match & 0x7F | funct3 << 12
            if index & row.mask == row.match & _INDEX:
                groups[index].append((row.mask, row.match, row))
    return {index: tuple(group) for index, group in groups.items()}


def find(word: int, extensions: Collection[str] = tuple(EXTENSIONS)) -> Instruction | None:
    """The instruction that a 32-bit word encodes, or None if it is illegal with these extensions."""
    for mask, match, instruction in _by_index().get(word & _INDEX, ()):
        if word & mask == match:
            return instruction if instruction.extension in extensions else None
    return None


def named(mnemonic: str, operands: str | None = None) -> Instruction:
    """The instruction with this mnemonic (and operand form, where several share the mnemonic).

    Raises ``KeyError`` when there is none, or more than one.
    """
    rows = [i for i in INSTRUCTIONS if i.mnemonic == mnemonic and operands in (None, i.operands)]
    if len(rows) != 1:
        raise KeyError(f"{mnemonic} {operands or ''}: {len(rows)} instructions have this name and form")
    return rows[0]
