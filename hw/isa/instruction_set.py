"""The instructions and CSRs of a core, and finding them by word, by code, by mnemonic or by name."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from hw.isa.compressed import Compressed
from hw.isa.csr import Csr
from hw.isa.instruction import Instruction

#: Opcode and funct3, which tell most instructions apart.
_INDEX = 0x707F


class InstructionSet:
    """Rows of the instruction table and CSRs that belong together.

    Parameters
    ----------
    instructions : iterable of Instruction
    csrs : iterable of Csr
    compressed : iterable of Compressed
    """

    def __init__(
        self,
        instructions: Iterable[Instruction],
        csrs: Iterable[Csr],
        compressed: Iterable[Compressed] = (),
    ) -> None:
        self.instructions = tuple(instructions)
        self.csrs = tuple(csrs)
        self.compressed = tuple(compressed)

    @cached_property
    def addresses(self) -> dict[str, int]:
        """Addresses of the CSRs by name."""
        return {csr.name: csr.address for csr in self.csrs}

    @cached_property
    def _by_index(self) -> dict[int, tuple[tuple[int, int, Instruction], ...]]:
        """Mask, match and row of the instructions that a word with these bits can be."""
        groups: dict[int, list[tuple[int, int, Instruction]]] = defaultdict(list)
        for row in self.instructions:
            for funct3 in range(8):
                index = row.match & 0x7F | funct3 << 12
                if index & row.mask == row.match & _INDEX:
                    groups[index].append((row.mask, row.match, row))
        return {index: tuple(group) for index, group in groups.items()}

    def check_distinct(self, instructions: Iterable[Instruction], csrs: Iterable[Csr]) -> None:
        """Raise ``ValueError`` when a word or address of these, which belong to the set, is another's too."""
        for row in instructions:
            for other in self.instructions:
                if other is not row and not (row.match ^ other.match) & row.mask & other.mask:
                    raise ValueError(
                        f"{row.mnemonic} of {row.extension} and {other.mnemonic} of {other.extension} have "
                        "words in common; give one of them another encoding, or leave out its extension"
                    )
        for csr in csrs:
            for other in self.csrs:
                if other is not csr and other.address == csr.address:
                    raise ValueError(
                        f"CSRs {csr.name} of {csr.extension} and {other.name} of {other.extension} both have "
                        f"address {csr.address:#x}; give one of them another, or leave out its extension"
                    )

    def find(self, word: int) -> Instruction | None:
        """The instruction that a 32-bit word encodes, or None if it is illegal."""
        for mask, match, instruction in self._by_index.get(word & _INDEX, ()):
            if word & mask == match:
                return instruction
        return None

    def find_compressed(self, code: int) -> Compressed | None:
        """The compressed instruction that a 16-bit code is, or None if it is illegal."""
        return next((row for row in self.compressed if row.matches(code)), None)

    def named(self, mnemonic: str, operands: str | None = None) -> Instruction:
        """The instruction with this mnemonic (and operand form, where several share the mnemonic).

        Raises ``KeyError`` when there is none, or more than one.
        """
        rows = [i for i in self.instructions if i.mnemonic == mnemonic and operands in (None, i.operands)]
        if len(rows) != 1:
            raise KeyError(f"{mnemonic} {operands or ''}: {len(rows)} instructions have this name and form")
        return rows[0]
