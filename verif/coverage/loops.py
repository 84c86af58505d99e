"""Coverage of hardware loops: set-up, length, last instruction, nesting, and traps in their bodies."""

from collections import Counter
from itertools import product

import numpy as np

from hw.config import CoreConfig
from sim.iss.traps import INTERRUPT, Cause
from verif.coverage.columns import Columns
from verif.programs.hazard_class import memory_classes, plain_classes

_COUNTS = ("0", "1", "2", "more")
_BODIES = ("3", "4", "5", "more")
_PLACES = ("first", "inside", "last")
_EVENTS = ("exception", "access fault", "interrupt")


def _few(number: int, names: tuple[str, ...], first: int) -> str:
    return names[min(max(number - first, 0), len(names) - 1)]


def loop_bins(config: CoreConfig) -> list[str]:
    """Counts, lengths and last instructions of both loops, nesting, and what happens in bodies."""
    if not config.has("xcvhwlp"):
        return []
    last = [*plain_classes(config), "csr"]
    return [
        *(f"loop {loop} set to count {count}" for loop, count in product((0, 1), _COUNTS)),
        *(f"loop {loop} with a body of {length}" for loop, length in product((0, 1), _BODIES)),
        *(f"loop {loop} goes back behind {name}" for loop, name in product((0, 1), last)),
        *(f"loop {loop} is left behind {name}" for loop, name in product((0, 1), last)),
        *(
            f"{event} at the {place} of loop {loop}"
            for event, place, loop in product(_EVENTS, _PLACES, (0, 1))
        ),
        "inner loop left, outer continues",
        "inner loop ends 2 before the outer",
        "set-up right behind a loop's end",
        "set-up right behind a load or store",
        "set-up in a loop's body",
    ]


class _Loops:
    """Both loops' registers, followed through a trace."""

    def __init__(self) -> None:
        self.start, self.end, self.count = [0, 0], [0, 0], [0, 0]

    def set(self, mnemonic: str, fields: dict[str, int], pc: int, rs1: int) -> None:
        loop, short = fields["loop"], mnemonic.removeprefix("cv.")
        target = pc + fields.get("uimm", 0) if "uimm" in fields else rs1
        if short.startswith("setup"):
            self.start[loop], self.end[loop] = pc + 4, pc + fields["uimm"]
        elif short.startswith("start"):
            self.start[loop] = target & ~3
        elif short.startswith("end"):
            self.end[loop] = target & ~3
        if short.startswith(("setup", "count")):
            self.count[loop] = fields.get("count", rs1)


def count_loops(columns: Columns) -> Counter[str]:
    counter: Counter[str] = Counter()
    if not columns.config.has("xcvhwlp"):
        return counter
    sets = columns.is_class("loop") & columns.retired
    loops = _Loops()
    rs1 = columns.trace["rs1_rdata"]
    ends: set[int] = set()
    for index in np.flatnonzero(sets).tolist():
        loops.set(*_set_up(columns, index), int(rs1[index]))
        ends |= {*loops.end}
    loops = _Loops()
    last = np.isin(columns.following, list(ends))
    memory = columns.is_class(*memory_classes(columns.config)) & columns.retired
    for index in np.flatnonzero(sets | last | columns.first_of_handler).tolist():
        if columns.first_of_handler[index] and index:
            _count_event(counter, columns, loops, index)
        pc = int(columns.pc[index])
        if columns.trapped[index]:
            continue
        if sets[index]:
            loops.set(*_set_up(columns, index), int(rs1[index]))
            loop = columns.instruction(index).decode(int(columns.words[index]))["loop"]
            if columns.instruction(index).mnemonic in ("cv.setup", "cv.setupi", "cv.count", "cv.counti"):
                counter[f"loop {loop} set to count {_few(loops.count[loop], _COUNTS, 0)}"] += 1
            counter["set-up right behind a load or store"] += bool(index and memory[index - 1])
            counter["set-up right behind a loop's end"] += bool(index and last[index - 1])
            outer = loops.count[1] and loops.start[1] <= pc < loops.end[1]
            counter["set-up in a loop's body"] += bool(outer and not loop)
        if last[index]:
            _count_end(counter, columns, loops, index)
    return +counter


def _set_up(columns: Columns, index: int) -> tuple[str, dict[str, int], int]:
    row = columns.instruction(index)
    return row.mnemonic, row.decode(int(columns.words[index])), int(columns.pc[index])


def _count_end(counter: Counter[str], columns: Columns, loops: _Loops, index: int) -> None:
    """The instruction before a loop's end has retired."""
    end = int(columns.following[index])
    name = columns.class_name(index)
    for loop in (0, 1):
        if loops.end[loop] != end or not loops.count[loop]:
            continue
        loops.count[loop] -= 1
        length = (end - loops.start[loop]) // 4
        counter[f"loop {loop} with a body of {_few(length, _BODIES, 3)}"] += 1
        if loops.count[loop]:
            counter[f"loop {loop} goes back behind {name}"] += 1
            return
        counter[f"loop {loop} is left behind {name}"] += 1
        if not loop and loops.count[1] > 1 and loops.start[1] < end < loops.end[1]:
            counter["inner loop left, outer continues"] += 1
            counter["inner loop ends 2 before the outer"] += loops.end[1] - end == 8


def _count_event(counter: Counter[str], columns: Columns, loops: _Loops, index: int) -> None:
    """A trap was taken before this record."""
    pc, cause = int(columns.trace["mepc"][index]), int(columns.trace["mcause"][index])
    faults = (Cause.LOAD_ACCESS, Cause.STORE_ACCESS)
    event = "interrupt" if cause & INTERRUPT else "access fault" if cause in faults else "exception"
    for loop in (0, 1):
        if loops.count[loop] and loops.start[loop] <= pc < loops.end[loop]:
            place = "first" if pc == loops.start[loop] else "last" if pc + 4 == loops.end[loop] else "inside"
            counter[f"{event} at the {place} of loop {loop}"] += 1
