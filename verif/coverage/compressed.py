"""Coverage of compressed instructions, and of instructions of both lengths at words and half-words."""

from collections import Counter
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hw.config import CoreConfig
from hw.instructions import find_compressed
from hw.isa.compressed import UNCOMPRESSED, is_compressed
from hw.isa.compressed_table import COMPRESSED
from sim.iss.traps import INTERRUPT, Cause

if TYPE_CHECKING:
    from verif.coverage.columns import Columns

#: Length of an instruction, and where it begins: the number is twice "at a half-word" plus "32 bits".
_PLACES = tuple(f"{bits} bits at a {where}" for where, bits in product(("word", "half-word"), (16, 32)))
#: Classes behind which an instruction is fetched again.
_BEFORE = ("branch", "jump", "jump_register", "return", "fence")


class _Table(NamedTuple):
    """Mnemonic or nothing, expansion or the number itself, and whether a HINT, of each 16-bit number."""

    mnemonics: np.ndarray
    expansions: np.ndarray
    hints: np.ndarray


@cache
def _table() -> _Table:
    codes = range(1 << 16)
    rows = [find_compressed(code) if is_compressed(code) else None for code in codes]
    pairs = list(zip(rows, codes, strict=True))
    return _Table(
        np.array([row.mnemonic if row else "" for row in rows]),
        np.array([row.expand(code) if row else code for row, code in pairs], np.uint32),
        np.array([row is not None and row.is_hint(code) for row, code in pairs]),
    )


def compressed(codes: np.ndarray) -> np.ndarray:
    """True of the numbers whose lower half is compressed."""
    return codes & UNCOMPRESSED != UNCOMPRESSED


def expanded(codes: np.ndarray) -> np.ndarray:
    """Instruction words: expansions of compressed codes in the lower half, and other words as they are."""
    return np.where(compressed(codes), _table().expansions[codes & 0xFFFF], codes).astype(np.uint32)


def compressed_bins(config: CoreConfig) -> list[str]:
    """Rows and HINTs, illegal codes, and lengths and places by what came before."""
    returns = ["hardware loop goes back behind 16 bits"] if config.has("xcvhwlp") else []
    return [
        *(row.mnemonic for row in COMPRESSED),
        *(f"{row.mnemonic} as a HINT" for row in COMPRESSED if row.hints),
        "illegal code",
        *(f"{before} to {place}" for before, place in product(_BEFORE, _PLACES)),
        *(f"{event} at {place}" for event, place in product(("exception", "interrupt"), _PLACES)),
        *(f"fetch fault of the {half} half" for half in ("first", "second")),
        *returns,
    ]


def count_compressed(columns: "Columns") -> Counter[str]:
    counter: Counter[str] = Counter()
    codes = columns.codes
    short = compressed(codes)
    cause = columns.trace["mcause"]
    handlers = np.flatnonzero(columns.first_of_handler[1:]) + 1
    exceptions = handlers[columns.trapped[handlers - 1]]
    trapped = exceptions - 1

    seen = codes[short & (columns.retired | columns.is_class("call"))] & 0xFFFF
    mnemonics = _table().mnemonics[seen]
    counter.update(mnemonics.tolist())
    counter.update(f"{mnemonic} as a HINT" for mnemonic in mnemonics[_table().hints[seen]].tolist())
    illegal = cause[exceptions] == Cause.ILLEGAL_INSTRUCTION
    counter["illegal code"] += int((illegal & short[trapped]).sum())

    place = (columns.pc >> 1 & 1) * 2 + ~short
    moved = columns.retired[:-1] & columns.retired[1:] & ~columns.first_of_handler[1:]
    for before in _BEFORE:
        from_here = moved & columns.is_class(before)[:-1]
        if before == "branch":
            from_here &= columns.pc[1:] != columns.following[:-1]
        _add(counter, f"{before} to", place[1:][from_here])
    back = moved & short[:-1] & (columns.pc[1:] < columns.pc[:-1])
    back &= ~columns.is_class("branch", "jump", "jump_register", "return")[:-1]
    counter["hardware loop goes back behind 16 bits"] += int(back.sum())
    faults = cause[exceptions] == Cause.INSTRUCTION_ACCESS
    _add(counter, "exception at", place[trapped[~faults]])
    behind = columns.trace["mtval"] != columns.trace["mepc"]
    counter["fetch fault of the first half"] += int((~behind[exceptions[faults]]).sum())
    counter["fetch fault of the second half"] += int(behind[exceptions[faults]].sum())
    # An interrupt leaves the address of an instruction that runs later.
    lengths = dict(zip(columns.pc[columns.retired].tolist(), short[columns.retired].tolist(), strict=True))
    for index in handlers[(cause[handlers] & INTERRUPT) != 0].tolist():
        pc = int(columns.trace["mepc"][index])
        if pc in lengths:
            counter[f"interrupt at {_PLACES[(pc >> 1 & 1) * 2 + (not lengths[pc])]}"] += 1
    return +counter


def _add(counter: Counter[str], what: str, places: np.ndarray) -> None:
    for number, count in enumerate(np.bincount(places, minlength=len(_PLACES)).tolist()):
        counter[f"{what} {_PLACES[number]}"] += count
