"""A retirement trace decoded, column by column: rows of the table, classes, registers read and written."""

from functools import cache, cached_property

import numpy as np

from hw.config import CoreConfig
from hw.isa.instruction import Instruction
from verif.cosim.trace import INTR, TRAP
from verif.coverage.compressed import compressed, expanded
from verif.programs.hazard_class import hazard_class, operand_name, operands, result_name, results

#: Where a register field lies; rs3 and an rd that is read are the same place.
FIELDS = {"rd": 7, "rs1": 15, "rs2": 20, "rs3": 7}
ILLEGAL = "illegal"


class Decoder:
    """Rows of a configuration by word, many words at once.

    Attributes
    ----------
    rows : list of Instruction
    classes : list of str
        Names of the classes; the last is ``ILLEGAL``.
    row_class : ndarray
        Class of each row, then of the illegal ones.
    """

    def __init__(self, config: CoreConfig) -> None:
        self.rows: list[Instruction] = list(config.instruction_set.instructions)
        self.classes = [*dict.fromkeys(hazard_class(row) for row in self.rows), ILLEGAL]
        self.row_class = np.array(
            [*(self.classes.index(hazard_class(row)) for row in self.rows), len(self.classes) - 1]
        )
        self.results, self.operands = results(config), tuple(operands(config))
        self.row_results = {
            field: self._table(field, "writes", result_name, self.results) for field in ("rd", "rs1")
        }
        self.row_operands = {
            field: self._table(field, "reads", operand_name, self.operands) for field in FIELDS
        }

    def _table(self, field: str, kind: str, name, names: tuple[str, ...]) -> np.ndarray:
        """For each row the number of the name of its access to a field, or -1."""
        numbers = [names.index(name(row, field)) if field in getattr(row, kind) else -1 for row in self.rows]
        return np.array([*numbers, -1])

    def find(self, words: np.ndarray) -> np.ndarray:
        """Number of each word's row; ``len(rows)`` for an illegal one."""
        unique, places = np.unique(words, return_inverse=True)
        found = np.full(len(unique), len(self.rows))
        for number, row in enumerate(self.rows):
            found[unique & np.uint32(row.mask) == row.match] = number
        return found[places]


@cache
def decoder(config: CoreConfig) -> Decoder:
    """The decoder of a configuration."""
    return Decoder(config)


class Columns:
    """A trace of ``verif.cosim`` and what can be computed from it as a whole.

    Parameters
    ----------
    trace : ndarray of RECORD
    config : CoreConfig

    Attributes
    ----------
    codes, words : ndarray
        Instructions as they lie in memory, and with compressed ones expanded.
    following : ndarray
        Address of the next instruction in memory.
    """

    def __init__(self, trace: np.ndarray, config: CoreConfig) -> None:
        self.trace = trace
        self.config = config
        self.decoder = decoder(config)
        self.codes = trace["insn"]
        self.words = expanded(self.codes) if config.has("c") else self.codes
        self.pc = trace["pc_rdata"].astype(np.int64)
        self.following = self.pc + np.where(config.has("c") & compressed(self.codes), 2, 4)
        self.trapped = (trace["status"] & TRAP) != 0
        self.retired = ~self.trapped
        self.first_of_handler = (trace["status"] & INTR) != 0
        self.row = self.decoder.find(self.words)
        self.kind = self.decoder.row_class[self.row]

    def __len__(self) -> int:
        return len(self.trace)

    @cached_property
    def registers(self) -> dict[str, np.ndarray]:
        """Register numbers by field, whether the instruction has the field or not."""
        return {field: (self.words >> lsb & 31).astype(np.int64) for field, lsb in FIELDS.items()}

    @cached_property
    def interrupted(self) -> np.ndarray:
        """Records at which an interrupt was taken: the handler's first, without an exception before it."""
        after_exception = np.concatenate(([False], self.trapped[:-1]))
        return self.first_of_handler & ~after_exception

    def is_class(self, *names: str) -> np.ndarray:
        """Records whose class is one of these."""
        numbers = [self.decoder.classes.index(name) for name in names if name in self.decoder.classes]
        return np.isin(self.kind, numbers)

    def class_name(self, index: int) -> str:
        """Class of one record."""
        return self.decoder.classes[self.kind[index]]

    def instruction(self, index: int) -> Instruction:
        """Row of one legal record."""
        return self.decoder.rows[self.row[index]]
