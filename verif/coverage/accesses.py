"""Coverage of accesses to memory: sizes, alignments, faults, overlapping registers."""

from collections import Counter
from itertools import product

import numpy as np

from hw.config import MEMORY_MAP, CoreConfig
from hw.isa.instruction import Instruction
from verif.coverage.columns import Columns, decoder
from verif.programs.hazard_class import hazard_class

#: Masks of RVFI, and their sizes.
_SIZES = {1: "byte", 3: "half", 15: "word"}
_KINDS = ("load", "load_post", "store", "store_post")
_OVERLAPS = (("rd", "rs1"), ("rs2", "rs1"), ("rs3", "rs1"), ("rd", "rs2"), ("rs3", "rs2"))


def memory_bins(config: CoreConfig) -> list[str]:
    """Sizes and alignments, accesses half outside memory, registers that are one and the same."""
    kinds = [name for name in _KINDS if name in decoder(config).classes]
    bins = [
        f"{kind} of a {size} at byte {offset}"
        for kind, size, offset in product(kinds, _SIZES.values(), range(4))
    ]
    bins += [f"{kind} fault {where}" for kind, where in product(kinds, ("outside", "in the second word"))]
    bins += [
        f"{kind}: {one} is {other}"
        for kind in kinds
        for one, other in _OVERLAPS
        if any(_has(row, one, other) and hazard_class(row) == kind for row in decoder(config).rows)
    ]
    return [*bins, "load right behind a store to it", "store right behind a load from it"]


def _has(row: Instruction, *fields: str) -> bool:
    return set(fields) <= set(row.fields)


def count_memory(columns: Columns) -> Counter[str]:
    counter: Counter[str] = Counter()
    trace, registers = columns.trace, columns.registers
    masks = trace["mem_rmask"] | trace["mem_wmask"]
    address = trace["mem_addr"]
    mtval = np.concatenate((trace["mtval"][1:], [0]))
    rows = columns.decoder.rows
    for kind in _KINDS:
        own = columns.is_class(kind)
        for (mask, size), offset in product(_SIZES.items(), range(4)):
            hit = own & columns.retired & (masks == mask) & (address & 3 == offset)
            counter[f"{kind} of a {size} at byte {offset}"] = int(hit.sum())
        faults = np.flatnonzero(own[:-1] & columns.trapped[:-1] & (columns.row[:-1] < len(rows)))
        for index in faults.tolist():
            size = {"b": 1, "h": 2, "w": 4}[columns.instruction(index).operation.removeprefix("lsu.")[1]]
            value = int(mtval[index])
            crosses = (value & 3) + size > 4
            second = crosses and _inside(value) and not _inside(value + size - 1)
            counter[f"{kind} fault {'in the second word' if second else 'outside'}"] += 1
        for one, other in _OVERLAPS:
            has = np.array([*(_has(row, one, other) for row in rows), False])
            hit = own & columns.retired & has[columns.row] & (registers[one] == registers[other])
            counter[f"{kind}: {one} is {other}"] = int(hit.sum())
    near = (masks[:-1] != 0) & (masks[1:] != 0) & (address[:-1] >> 2 == address[1:] >> 2)
    stored, loaded = trace["mem_wmask"] != 0, trace["mem_rmask"] != 0
    counter["load right behind a store to it"] = int((near & stored[:-1] & loaded[1:]).sum())
    counter["store right behind a load from it"] = int((near & loaded[:-1] & stored[1:]).sum())
    return +counter


def _inside(address: int) -> bool:
    return address in MEMORY_MAP.l1 or address in MEMORY_MAP.l2
