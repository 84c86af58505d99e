"""Random compressed instructions that write only free registers and reach only data."""

from collections.abc import Iterable
from contextlib import suppress

from hw.isa.compressed import Compressed, is_compressed
from hw.isa.compressed_table import COMPRESSED
from hw.isa.instruction import REGISTER_FIELDS
from verif.programs.instruction_generator import InstructionGenerator

ROWS = {row.mnemonic: row for row in COMPRESSED}
NOP = ROWS["c.nop"].match
#: Draws until one is of the row: most are.
_ATTEMPTS = 100
#: Rows that go elsewhere.
_ELSEWHERE = ("jump", "branch", "system")


def pair(lower: int, upper: int) -> int:
    """Two compressed instructions in one word."""
    return upper << 16 | lower


def packed(codes: Iterable[int]) -> list[int]:
    """The words that hold instructions of both lengths, one behind the other; c.nop fills the last."""
    content = b"".join(code.to_bytes(2 if is_compressed(code) else 4, "little") for code in codes)
    if len(content) % 4:
        content += NOP.to_bytes(2, "little")
    return [int.from_bytes(content[at : at + 4], "little") for at in range(0, len(content), 4)]


class CompressedMaker:
    """Codes for the registers of a program.

    Parameters
    ----------
    maker : InstructionGenerator
    """

    def __init__(self, maker: InstructionGenerator) -> None:
        self._random = maker.random
        self._registers = maker.registers
        rows = [row for row in COMPRESSED if row.row.operation.partition(".")[0] not in _ELSEWHERE]
        self._plain = [row for row in rows if self.possible(row)]

    def plain(self) -> int:
        """An instruction that runs anywhere."""
        return self.code(self._random.choice(self._plain))

    def plain_pair(self) -> int:
        """A word of two of them."""
        return pair(self.plain(), self.plain())

    def illegal(self) -> int:
        """A code that is no instruction."""
        while True:
            near = self.plain() ^ 1 << self._random.randrange(16)
            code = self._random.choice((self._random.getrandbits(16), near))
            if is_compressed(code) and not any(row.matches(code) for row in COMPRESSED):
                return code

    def possible(self, row: Compressed) -> bool:
        """True if the registers of the program allow an instruction of the row."""
        fixed = {name: {source} for name, source in row.sources.items() if isinstance(source, int)}
        return all(
            self._allowed(row, {name}, numbers) for name, numbers in fixed.items() if name in REGISTER_FIELDS
        ) and all(self._choices(row, name) for name in row.fields if _is_register(name))

    def code(self, row: Compressed, **fixed: int) -> int:
        """A random code of a row, with these operands; ``ValueError`` if the row has none with them."""
        values: dict[str, int] = {}
        for _ in range(_ATTEMPTS):
            values = {name.rstrip("'"): self._operand(row, name) for name in row.fields} | fixed
            with suppress(ValueError):  # another row's, or reserved
                return row.encode(**values)
        return row.encode(**values)

    def _operand(self, row: Compressed, name: str) -> int:
        if not _is_register(name):
            low, high, step = row.bounds(name)
            return self._random.randrange(low, high + 1, step)
        choices = self._choices(row, name)
        busy = choices & {*self._registers.busy}
        return self._random.choice(sorted(busy if busy and self._random.random() < 0.4 else choices))

    def _choices(self, row: Compressed, name: str) -> set[int]:
        """Numbers that a register field of the code may have."""
        numbers = {*range(8, 16)} if name.endswith("'") else {*range(32)}
        return self._allowed(row, {field for field, source in row.sources.items() if source == name}, numbers)

    def _allowed(self, row: Compressed, fields: set[str], numbers: set[int]) -> set[int]:
        """Numbers among these that fields of the expansion may have."""
        if fields & {*row.row.writes}:
            numbers = numbers & {*self._registers.free}
        if row.row.accesses_memory and "rs1" in fields:
            numbers = numbers & {*self._registers.pointers}
        return numbers


def _is_register(name: str) -> bool:
    return name.rstrip("'") in REGISTER_FIELDS
