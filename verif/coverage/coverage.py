"""All groups of functional coverage together."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hw.config import CoreConfig
from sim.elf import Program
from verif.coverage import accesses, decimate, loops, pairs, system, traps
from verif.coverage.columns import Columns

_GROUPS: dict[str, tuple[Callable[[CoreConfig], list[str]], Callable[[Columns], Counter[str]] | None]] = {
    "instructions": (pairs.instruction_bins, pairs.count_instructions),
    "hazards": (pairs.hazard_bins, pairs.count_hazards),
    "class pairs": (pairs.class_pair_bins, pairs.count_class_pairs),
    "traps": (traps.trap_bins, None),  # needs the program too
    "hardware loops": (loops.loop_bins, loops.count_loops),
    "xdecimate": (decimate.decimate_bins, decimate.count_decimate),
    "memory": (accesses.memory_bins, accesses.count_memory),
    "csrs": (system.csr_bins, system.count_csrs),
    "wfi": (system.wait_bins, system.count_waits),
}
GROUPS = tuple(_GROUPS)


def bins(config: CoreConfig) -> dict[str, list[str]]:
    """Everything that can be covered in a configuration, by group."""
    return {name: make(config) for name, (make, _) in _GROUPS.items()}


@dataclass
class Coverage:
    """How often each bin of each group was hit; adds up."""

    hits: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in GROUPS})

    @staticmethod
    def of(trace: np.ndarray, program: Program, config: CoreConfig) -> "Coverage":
        """Coverage of one program from its retirement trace."""
        columns = Columns(trace, config)
        counted = {name: count(columns) for name, (_, count) in _GROUPS.items() if count}
        counted["traps"] = traps.count_traps(columns, _words(program))
        return Coverage({name: counted[name] for name in GROUPS})

    @staticmethod
    def from_hits(hits: Mapping[str, Mapping[str, int]]) -> "Coverage":
        """What ``hits`` of another one was, read back from JSON."""
        return Coverage({name: Counter(dict(hits.get(name, {}))) for name in GROUPS})

    def add(self, other: "Coverage") -> None:
        """Add another program's hits to these."""
        for name, counter in other.hits.items():
            self.hits[name].update(counter)

    def holes(self, config: CoreConfig) -> dict[str, list[str]]:
        """Bins that were never hit, by group."""
        return {name: [b for b in group if not self.hits[name][b]] for name, group in bins(config).items()}


def _words(program: Program) -> dict[int, int]:
    """Words of the segment that the program starts in, by address."""
    for segment in program.segments:
        if 0 <= program.entry - segment.address < len(segment.data):
            words = np.frombuffer(segment.data[: len(segment.data) & ~3], "<u4").tolist()
            return {segment.address + 4 * i: w for i, w in enumerate(words)}
    return {}
