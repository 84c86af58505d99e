"""Coverage of CSRs and of wfi."""

from collections import Counter

import numpy as np

from hw.config import CoreConfig
from sim.iss.traps import Interrupt
from verif.coverage.columns import Columns


def csr_bins(config: CoreConfig) -> list[str]:
    """Every register or bank of registers read, and if it can be written also written, set and cleared."""
    groups = {csr.group: csr for csr in config.instruction_set.csrs}
    writable = [name for name, csr in groups.items() if not csr.read_only]
    writes = [f"{what} {name}" for name in writable for what in ("write", "set", "clear")]
    return [*(f"read {name}" for name in groups), *writes]


def count_csrs(columns: Columns) -> Counter[str]:
    counter: Counter[str] = Counter()
    names = {csr.address: csr.group for csr in columns.config.instruction_set.csrs}
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
    """Bins of the interrupts that end wfi, taken at once or not."""
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
