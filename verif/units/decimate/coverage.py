"""Coverage of XDecimate: lanes, neighbours, overlapping registers, and what happens between two of them."""

from collections import Counter
from itertools import product

import numpy as np

from hw.units.decimate.instructions import COUNTER
from verif.coverage.columns import Columns

_COUNTER_CSR = COUNTER.csr.address
_FORMS = ("m4", "m8", "m16")


def decimate_bins() -> list[str]:
    """Lanes, wrap-around, register overlaps and neighbours of XDecimate."""
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
