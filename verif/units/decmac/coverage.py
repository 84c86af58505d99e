"""Coverage of XDecmac: lanes, neighbours, corners of the address and of xdecq, faults and interrupts."""

from collections import Counter
from itertools import product

import numpy as np

from hw.units.decimate.instructions import COUNTER
from hw.units.decmac.instructions import LANES, XACC
from verif.coverage.columns import Columns
from verif.units.decmac.stream import FORMS

_FORMS = tuple(f"m{m}" for m in FORMS)
#: Instructions whose turn depends on an xdecmac before them, and how far behind it that is looked for.
_NEAR = ("dot product", "xdecimate", "xdecq", "accumulator read", "accumulator written")
_DISTANCES = (1, 2)


def decmac_bins() -> list[str]:
    """Names of the coverage points."""
    return [
        *(f"{form} by weight {lane}" for form, lane in product(_FORMS, range(4))),
        *(f"{form} behind {other}" for form, other in product(_FORMS, _FORMS)),
        *(f"{name} {distance} behind" for name, distance in product(_NEAR, _DISTANCES)),
        *(f"{name} right before" for name in ("xdecimate", "xdecq", "accumulator written")),
        *(f"xdecq {what}" for what in ("shifts by 0", "shifts by 31", "clips up", "clips down")),
        *(f"{form} with an odd counter" for form in _FORMS),
        "address rounded down",
        "counter wraps",
        "rs3 is rs1",
        "rs3 is rs2",
        "rs3 is x0",
        "access fault",
        *(f"{event} between two" for event in ("interrupt", "exception")),
    ]


def count_decmac(columns: Columns) -> Counter[str]:
    """Hits of the coverage points in a trace."""
    counter: Counter[str] = Counter()
    registers = {field: values.tolist() for field, values in columns.registers.items()}
    value, last, last_form = 0, -9, ""
    before = -9, ""
    for index in np.flatnonzero(
        columns.is_class("decmac", "decimate", "clear", "accumulate", "csr")
    ).tolist():
        name = _name(columns, index)
        if columns.trapped[index]:
            counter["access fault"] += name.startswith("m")
            continue
        if name.startswith("m"):
            counter[f"{name} by weight {value >> 1 & 3}"] += 1
            counter[f"{name} with an odd counter"] += value & 1
            counter["counter wraps"] += value + _step(columns) > 0xFFFF
            counter["address rounded down"] += int(columns.trace["rs1_rdata"][index]) & 3 != 0
            for other in ("rs1", "rs2"):
                counter[f"rs3 is {other}"] += registers["rs3"][index] == registers[other][index]
            counter["rs3 is x0"] += registers["rs3"][index] == 0
            if last == index - 1:
                counter[f"{name} behind {last_form}"] += 1
            elif last >= 0 and index - last < 80:
                _count_between(counter, columns, last, index)
            if before[0] == index - 1:
                counter[f"{before[1]} right before"] += 1
            last, last_form = index, name
        else:
            if index - last in _DISTANCES:
                counter[f"{name} {index - last} behind"] += 1
            if name == "xdecq":
                _count_quantize(counter, columns, index)
            before = index, name
        value = _counter_after(columns, index, name, value)
    return Counter({name: hits for name, hits in counter.items() if hits and name in set(decmac_bins())})


def _name(columns: Columns, index: int) -> str:
    """Name of an instruction in the coverage points; "" for one that they do not name."""
    row = columns.instruction(index)
    if row.mnemonic.startswith("xdecmac."):
        return row.mnemonic.removeprefix("xdecmac.")
    if row.mnemonic.startswith("xdecimate.m"):
        return "xdecimate"
    if "dot" in row.operation and row.operation.split(".")[-1] == "b":
        return "dot product"
    if row.operation.startswith("csr.") and int(columns.words[index]) >> 20 == XACC:
        return "accumulator written" if _writes(columns, index) else "accumulator read"
    return row.mnemonic if row.mnemonic == "xdecq" else ""


def _writes(columns: Columns, index: int) -> bool:
    row = columns.instruction(index)
    fields = row.decode(int(columns.words[index]))
    return row.operation == "csr.write" or bool(fields.get("uimm", fields.get("rs1")))


def _step(columns: Columns) -> int:
    """Number that an xdecmac adds to the decimate counter."""
    [state] = (state for state in columns.config.state if state.csr.address == XACC)
    return 2 * LANES // state.depth


def _counter_after(columns: Columns, index: int, name: str, value: int) -> int:
    """The decimate counter behind an instruction."""
    row = columns.instruction(index)
    if name == "xdecimate":
        return value + 1 & 0xFFFF
    if name.startswith("m"):
        return value + _step(columns) & 0xFFFF
    if name == "xdecq" or row.mnemonic == "xdecimate.clear":
        return 0
    if row.operation.startswith("csr.") and int(columns.words[index]) >> 20 == COUNTER.csr.address:
        fields = row.decode(int(columns.words[index]))
        operand = fields["uimm"] if "uimm" in fields else int(columns.trace["rs1_rdata"][index])
        kind = row.operation.removeprefix("csr.")
        return {"write": operand, "set": value | operand, "clear": value & ~operand}[kind] & 0xFFFF
    return value


def _count_quantize(counter: Counter[str], columns: Columns, index: int) -> None:
    shift = int(columns.trace["rs1_rdata"][index]) >> 16 & 31
    made = int(columns.trace["rd_wdata"][index]).to_bytes(4, "little")
    counter["xdecq shifts by 0"] += shift == 0
    counter["xdecq shifts by 31"] += shift == 31
    counter["xdecq clips up"] += 0x7F in made
    counter["xdecq clips down"] += 0x80 in made


def _count_between(counter: Counter[str], columns: Columns, last: int, index: int) -> None:
    """A handler right behind one xdecmac that returns right before the next."""
    if not columns.is_class("return")[index - 1]:
        return
    handlers = columns.first_of_handler
    if handlers[last + 1]:
        counter["interrupt between two"] += 1
    elif handlers[last + 2] and columns.trapped[last + 1]:
        counter["exception between two"] += 1
