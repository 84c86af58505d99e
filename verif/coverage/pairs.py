"""Coverage of single instructions and of pairs: hazards through a register, and classes side by side."""

from collections import Counter
from itertools import product

import numpy as np

from hw.config import CoreConfig
from verif.coverage.columns import FIELDS, ILLEGAL, Columns, decoder
from verif.programs.hazards import DISTANCES, hazards

#: They trap, so they retire next to nothing.
_NEVER = ("call", ILLEGAL)


def _label(row) -> str:
    return f"{row.mnemonic} {row.operands}".strip()


def instruction_bins(config: CoreConfig) -> list[str]:
    """Every row of the table; ecall and ebreak count when they trap."""
    return [_label(row) for row in decoder(config).rows]


def count_instructions(columns: Columns) -> Counter[str]:
    seen = columns.retired | columns.is_class("call")
    counts = np.bincount(columns.row[seen], minlength=len(columns.decoder.rows))
    return Counter({_label(row): int(n) for row, n in zip(columns.decoder.rows, counts, strict=False) if n})


def hazard_bins(config: CoreConfig) -> list[str]:
    """Every result into every operand, by the distance between the two."""
    return [f"{result} > {operand} at {distance}" for result, operand, distance in hazards(config)]


def count_hazards(columns: Columns) -> Counter[str]:
    counter: Counter[str] = Counter()
    names = columns.decoder
    registers = columns.registers
    writes = {f: columns.retired & (table[columns.row] >= 0) for f, table in names.row_results.items()}
    writes["rs1"] &= ~(
        writes["rd"] & (registers["rd"] == registers["rs1"])
    )  # loaded data win over the pointer
    for distance in DISTANCES:
        for written, read in product(names.row_results, FIELDS):
            register = registers[written][:-distance]
            hit = writes[written][:-distance] & columns.retired[distance:] & (register != 0)
            reads = names.row_operands[read][columns.row[distance:]]
            hit &= (reads >= 0) & (register == registers[read][distance:])
            for between in range(1, distance):
                for field, active in writes.items():
                    middle = slice(between, len(columns) - distance + between)
                    hit &= ~(active[middle] & (registers[field][middle] == register))
            results = names.row_results[written][columns.row[:-distance]]
            pairs = results[hit] * len(names.operands) + reads[hit]
            for pair, count in zip(*np.unique(pairs, return_counts=True), strict=True):
                result, operand = divmod(int(pair), len(names.operands))
                name = f"{names.results[result]} > {names.operands[operand]} at {distance}"
                counter[name] += int(count)
    return counter


def class_pair_bins(config: CoreConfig) -> list[str]:
    """Every class right behind every class."""
    names = [name for name in decoder(config).classes if name not in _NEVER]
    pairs = product(names, names)
    # mret behind mret would go to where the first one went: to itself.
    return [f"{first} > {second}" for first, second in pairs if (first, second) != ("return", "return")]


def count_class_pairs(columns: Columns) -> Counter[str]:
    names = columns.decoder.classes
    both = columns.retired[:-1] & columns.retired[1:] & ~columns.first_of_handler[1:]
    pairs = columns.kind[:-1][both] * len(names) + columns.kind[1:][both]
    found = zip(*np.unique(pairs, return_counts=True), strict=True)
    return Counter(
        {f"{names[int(p) // len(names)]} > {names[int(p) % len(names)]}": int(n) for p, n in found}
    )
