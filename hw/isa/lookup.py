"""Finding rows of the instruction table by word or by mnemonic."""

from collections import defaultdict
from collections.abc import Collection
from functools import cache

from hw.isa.instruction import Instruction
from hw.isa.table import EXTENSIONS, INSTRUCTIONS


@cache
def _by_major_opcode() -> dict[int, tuple[Instruction, ...]]:
    groups: dict[int, list[Instruction]] = defaultdict(list)
    for instruction in INSTRUCTIONS:
        groups[instruction.match & 0x7F].append(instruction)
    return {opcode: tuple(group) for opcode, group in groups.items()}


def find(word: int, extensions: Collection[str] = tuple(EXTENSIONS)) -> Instruction | None:
    """The instruction that a 32-bit word encodes, or None if it is illegal with these extensions."""
    for instruction in _by_major_opcode().get(word & 0x7F, ()):
        if word & instruction.mask == instruction.match:
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
