"""Coverage of corners: hardware loops, XDecimate, memory accesses, CSRs, waiting."""

from collections import Counter
from itertools import product

import numpy as np

from hw.config import CoreConfig
from hw.isa.csr import CSRS
from verif.coverage.columns import Columns, decoder
from verif.iss.traps import INTERRUPT, Cause, Interrupt
from verif.programs.words import PLAIN

_COUNTS = ("0", "1", "2", "more")
_BODIES = ("3", "4", "5", "more")
_PLACES = ("first", "inside", "last")
_EVENTS = ("exception", "access fault", "interrupt")
_SIZES = {1: "byte", 3: "half", 15: "word"}
_COUNTER_CSR = 0x800
_FORMS = ("m4", "m8", "m16")
_WRITES = {"write": "write", "set": "set", "clear": "clear"}


def _few(number: int, names: tuple[str, ...], first: int) -> str:
    return names[min(max(number - first, 0), len(names) - 1)]


def loop_bins(config: CoreConfig) -> list[str]:
    """Counts, lengths and last instructions of both loops, nesting, and what happens in bodies."""
    if not config.has("xcvhwlp"):
        return []
    last = [name for name in (*PLAIN, "csr") if name in decoder(config).classes]
    return [
        *(f"loop {loop} set to count {count}" for loop, count in product((0, 1), _COUNTS)),
        *(f"loop {loop} with a body of {length}" for loop, length in product((0, 1), _BODIES)),
        *(f"loop {loop} goes back behind {name}" for loop, name in product((0, 1), last)),
        *(f"loop {loop} is left behind {name}" for loop, name in product((0, 1), last)),
        *(
            f"{event} at the {place} of loop {loop}"
            for event, place, loop in product(_EVENTS, _PLACES, (0, 1))
        ),
        "inner loop left, outer goes on",
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
    last = np.isin(columns.pc + 4, list(ends))
    memory = columns.is_class("load", "load_post", "store", "store_post", "decimate") & columns.retired
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
    end = int(columns.pc[index]) + 4
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
            counter["inner loop left, outer goes on"] += 1
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


def decimate_bins(config: CoreConfig) -> list[str]:
    """Lanes, wrap-around, register overlaps and neighbours of XDecimate."""
    if not config.has("xdecimate"):
        return []
    near = ("clear", "counter read", "counter written")
    return [
        *(f"{form} into lane {lane}" for form, lane in product(_FORMS, range(4))),
        *(f"{form} wraps the counter" for form in _FORMS),
        *(f"{one} behind {other}" for one, other in product(_FORMS, _FORMS)),
        *(f"{form} behind one with {same} rd" for form, same in product(_FORMS, ("the same", "another"))),
        *(f"{name} right before" for name in near),
        *(f"{name} right behind" for name in near),
        "rd is rs1",
        "rd is rs2",
        "rd is x0",
        "access fault",
        "access fault, then again",
        *(f"{event} between two with one rd" for event in ("interrupt", "exception")),
    ]


def count_decimate(columns: Columns) -> Counter[str]:
    counter: Counter[str] = Counter()
    if not columns.config.has("xdecimate"):
        return counter
    decimates = columns.is_class("decimate")
    clears = columns.is_class("clear")
    accesses = columns.is_class("csr") & (columns.words >> np.uint32(20) == _COUNTER_CSR)
    registers = {field: values.tolist() for field, values in columns.registers.items()}
    value, last, last_rd, faulted = 0, -2, 0, -2
    near = {}
    handlers = columns.first_of_handler
    for index in np.flatnonzero(decimates | clears | accesses).tolist():
        if columns.trapped[index]:
            if decimates[index]:
                counter["access fault"] += 1
                counter["access fault, then again"] += faulted >= 0 and index - faulted < 40
                faulted = index
            continue
        if decimates[index]:
            form = columns.instruction(index).mnemonic.removeprefix("xdecimate.")
            rd = registers["rd"][index]
            counter[f"{form} into lane {value >> 1 & 3}"] += 1
            counter[f"{form} wraps the counter"] += value == 0xFFFF
            value = value + 1 & 0xFFFF
            counter["rd is rs1"] += rd == registers["rs1"][index]
            counter["rd is rs2"] += rd == registers["rs2"][index]
            counter["rd is x0"] += rd == 0
            if last == index - 1:
                before = columns.instruction(last).mnemonic.removeprefix("xdecimate.")
                counter[f"{form} behind {before}"] += 1
                counter[f"{form} behind one with {'the same' if rd == last_rd else 'another'} rd"] += 1
            elif last >= 0 and rd == last_rd and index - last < 60:
                _count_between(counter, columns, handlers, last, index)
            if index - 1 in near:
                counter[f"{near[index - 1]} right before"] += 1
            last, last_rd = index, rd
            continue
        name, value = ("clear", 0) if clears[index] else _counter_access(columns, index, value)
        near = {index: name}
        counter[f"{name} right behind"] += last == index - 1
    return +counter


def _count_between(
    counter: Counter[str], columns: Columns, handlers: np.ndarray, last: int, index: int
) -> None:
    """A trap right behind one xdecimate, its handler, and right behind it the next one."""
    returned = bool(columns.is_class("return")[index - 1])
    if returned and handlers[last + 1]:
        counter["interrupt between two with one rd"] += 1
    elif handlers[last + 2] and columns.trapped[last + 1] and returned:
        counter["exception between two with one rd"] += 1


def _counter_access(columns: Columns, index: int, value: int) -> tuple[str, int]:
    row = columns.instruction(index)
    fields = row.decode(int(columns.words[index]))
    operand = fields["uimm"] if "uimm" in fields else int(columns.trace["rs1_rdata"][index])
    operation = row.operation.split(".")[1]
    if operation != "write" and not fields.get("uimm", fields.get("rs1")):
        return "counter read", value
    new = {"write": operand, "set": value | operand, "clear": value & ~operand}[operation]
    return "counter written", new & 0xFFFF


def memory_bins(config: CoreConfig) -> list[str]:
    """Sizes and alignments, accesses half outside memory, registers that are one and the same."""
    kinds = [name for name in ("load", "load_post", "store", "store_post") if name in decoder(config).classes]
    bins = [
        f"{kind} of a {size} at byte {offset}"
        for kind, size, offset in product(kinds, _SIZES.values(), range(4))
    ]
    bins += [f"{kind} fault {where}" for kind, where in product(kinds, ("outside", "in the second word"))]
    bins += [
        f"{kind}: {one} is {other}"
        for kind in kinds
        for one, other in (("rd", "rs1"), ("rs2", "rs1"), ("rs3", "rs1"), ("rd", "rs2"), ("rs3", "rs2"))
        if any({one, other} <= set(row.fields) for row in decoder(config).rows if _is(config, row, kind))
    ]
    return [*bins, "load right behind a store to it", "store right behind a load from it"]


def _is(config: CoreConfig, row, kind: str) -> bool:
    names = decoder(config)
    return names.classes[names.row_class[names.rows.index(row)]] == kind


def count_memory(columns: Columns) -> Counter[str]:
    counter: Counter[str] = Counter()
    trace, registers = columns.trace, columns.registers
    masks = trace["mem_rmask"] | trace["mem_wmask"]
    address = trace["mem_addr"]
    mtval = np.concatenate((trace["mtval"][1:], [0]))
    rows = columns.decoder.rows
    for kind in ("load", "load_post", "store", "store_post"):
        own = columns.is_class(kind)
        for (mask, size), offset in product(_SIZES.items(), range(4)):
            hit = own & columns.retired & (masks == mask) & (address & 3 == offset)
            counter[f"{kind} of a {size} at byte {offset}"] = int(hit.sum())
        faults = np.flatnonzero(own[:-1] & columns.trapped[:-1] & (columns.row[:-1] < len(rows)))
        for index in faults.tolist():
            size = {"b": 1, "h": 2, "w": 4}[columns.instruction(index).mnemonic.removeprefix("cv.")[1]]
            value = int(mtval[index])
            crosses = (value & 3) + size > 4
            second = crosses and _inside(value) and not _inside(value + size - 1)
            counter[f"{kind} fault {'in the second word' if second else 'outside'}"] += 1
        for one, other in (("rd", "rs1"), ("rs2", "rs1"), ("rs3", "rs1"), ("rd", "rs2"), ("rs3", "rs2")):
            has = np.array([*({one, other} <= set(row.fields) for row in rows), False])
            hit = own & columns.retired & has[columns.row] & (registers[one] == registers[other])
            counter[f"{kind}: {one} is {other}"] = int(hit.sum())
    near = (masks[:-1] != 0) & (masks[1:] != 0) & (address[:-1] >> 2 == address[1:] >> 2)
    stored, loaded = trace["mem_wmask"] != 0, trace["mem_rmask"] != 0
    counter["load right behind a store to it"] = int((near & stored[:-1] & loaded[1:]).sum())
    counter["store right behind a load from it"] = int((near & loaded[:-1] & stored[1:]).sum())
    return +counter


def _inside(address: int) -> bool:
    from hw.config import MEMORY_MAP

    return address in MEMORY_MAP.l1 or address in MEMORY_MAP.l2


def csr_bins(config: CoreConfig) -> list[str]:
    """Every register read, and every one that can be written written, set and cleared."""
    csrs = [csr for csr in CSRS if config.has(csr.extension)]
    writes = [f"{what} {csr.name}" for csr in csrs if not csr.read_only for what in ("write", "set", "clear")]
    return [*(f"read {csr.name}" for csr in csrs), *writes]


def count_csrs(columns: Columns) -> Counter[str]:
    counter: Counter[str] = Counter()
    names = {csr.address: csr.name for csr in CSRS}
    words, times = np.unique(columns.words[columns.is_class("csr") & columns.retired], return_counts=True)
    rows = columns.decoder.find(words)
    for word, row_number, count in zip(words.tolist(), rows.tolist(), times.tolist(), strict=True):
        row = columns.decoder.rows[row_number]
        fields = row.decode(word)
        operation = row.operation.split(".")[1]
        writes = operation == "write" or fields.get("uimm", fields.get("rs1"))
        counter[f"{operation if writes else 'read'} {names[fields['csr']]}"] += count
        if writes and fields["rd"]:
            counter[f"read {names[fields['csr']]}"] += count
    return counter


def wait_bins(config: CoreConfig) -> list[str]:
    """What ended wfi, and whether it was taken at once."""
    return ["wfi, then on in sequence", *(f"wfi, then {i.name.lower()} interrupt" for i in Interrupt)]


def count_waits(columns: Columns) -> Counter[str]:
    counter: Counter[str] = Counter()
    waits = np.flatnonzero(columns.is_class("wait")[:-1] & columns.retired[:-1])
    for index in waits.tolist():
        if columns.first_of_handler[index + 1]:
            cause = int(columns.trace["mcause"][index + 1]) & 31
            counter[f"wfi, then {Interrupt(cause).name.lower()} interrupt"] += 1
        else:
            counter["wfi, then on in sequence"] += 1
    return counter
