"""Coverage of traps: every cause, with every class in the stages before it and every class behind it."""

from collections import Counter
from itertools import product

import numpy as np

from hw.config import CoreConfig
from sim.iss.traps import INTERRUPT, Cause, Interrupt
from verif.coverage.columns import ILLEGAL, Columns, decoder
from verif.programs.hazard_class import memory_classes

_STORES = ("store", "store_post")
_NAMES = {
    Cause.INSTRUCTION_MISALIGNED: "misaligned",
    Cause.INSTRUCTION_ACCESS: "fetch fault",
    Cause.ILLEGAL_INSTRUCTION: "illegal",
    Cause.BREAKPOINT: "ebreak",
    Cause.LOAD_ACCESS: "fault",
    Cause.STORE_ACCESS: "fault",
    Cause.ECALL: "ecall",
}
#: What cannot retire right before a trap, or stand behind one.
_BEFORE = ("call", ILLEGAL)
#: What leads to where there is no memory.
_BEFORE_FETCH_FAULT = ("alu", "jump", "jump_register", "return")


def _trapping(config: CoreConfig) -> dict[Cause, tuple[str, ...]]:
    """Classes that can meet a cause, for those that not every class can meet."""
    loads = tuple(name for name in memory_classes(config) if name not in _STORES)
    jumps = ("jump", "jump_register", "branch")
    return {Cause.INSTRUCTION_MISALIGNED: jumps, Cause.LOAD_ACCESS: loads, Cause.STORE_ACCESS: _STORES}


def causes(config: CoreConfig) -> list[str]:
    """Every cause, those of several classes by class."""
    names = []
    trapping = _trapping(config)
    for cause, name in _NAMES.items():
        if cause == Cause.INSTRUCTION_MISALIGNED and config.has("c"):
            continue  # every target is aligned
        kinds = [kind for kind in trapping.get(cause, ()) if kind in decoder(config).classes]
        names += [f"{kind} {name}" for kind in kinds] if cause in trapping else [name]
    return [*names, *(f"{interrupt.name.lower()} interrupt" for interrupt in Interrupt)]


def trap_bins(config: CoreConfig) -> list[str]:
    """Every cause behind every class, and before every class."""
    names = decoder(config).classes
    before = [name for name in names if name not in _BEFORE]
    bins = [
        f"{cause} behind {name}"
        for cause, name in product(causes(config), before)
        if cause != "fetch fault" or name in _BEFORE_FETCH_FAULT
    ]
    return bins + [
        f"{cause} before {name}" for cause, name in product(causes(config), names) if _can_be(cause, name)
    ]


def _can_be(cause: str, following: str) -> bool:
    """True if a trap before a class is possible and can be recognized.

    An mret there would go to itself, the handler having left its address in mepc; no interrupt is taken in
    front of wfi; a fetch fault has nothing behind it.
    """
    if following == "wait" and cause.endswith("interrupt"):
        return False
    return following != "return" and cause != "fetch fault"


def count_traps(columns: Columns, code: dict[int, int]) -> Counter[str]:
    """Traps of a trace; ``code`` has the program's instruction words by address.

    Behind what: the class that retired last. Before what: the class of the next instruction in memory, or of
    the one that the interrupt came in front of.
    """
    counter: Counter[str] = Counter()
    handlers = np.flatnonzero(columns.first_of_handler)
    handlers = handlers[handlers >= 2]
    mcause = columns.trace["mcause"]
    mepc = columns.trace["mepc"]
    sizes = (columns.following - columns.pc) * columns.trapped
    following = [code.get(int(mepc[i] + sizes[i - 1]), 0) for i in handlers]
    kinds = columns.decoder.row_class[columns.decoder.find(np.array(following, np.uint32))]
    for index, kind in zip(handlers.tolist(), kinds.tolist(), strict=True):
        cause = int(mcause[index])
        is_interrupt = bool(cause & INTERRUPT)
        name = _name(columns, index - 1, cause)
        previous = index - 1 if is_interrupt else index - 2
        if columns.retired[previous] and not (columns.first_of_handler[index - 1] and not is_interrupt):
            counter[f"{name} behind {columns.class_name(previous)}"] += 1
        if name != "fetch fault":
            counter[f"{name} before {columns.decoder.classes[kind]}"] += 1
    return counter


def _name(columns: Columns, trapped: int, cause: int) -> str:
    if cause & INTERRUPT:
        return f"{Interrupt(cause & 31).name.lower()} interrupt"
    name = _NAMES[Cause(cause)]
    return f"{columns.class_name(trapped)} {name}" if Cause(cause) in _trapping(columns.config) else name
