"""All groups of functional coverage together."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hw.config import CoreConfig
from verif.coverage import corners, pairs, traps
from verif.coverage.columns import Columns
from verif.elf import Program

_GROUPS: dict[str, tuple[Callable[[CoreConfig], list[str]], Callable[[Columns], Counter[str]] | None]] = {
    "instructions": (pairs.instruction_bins, pairs.count_instructions),
    "hazards": (pairs.hazard_bins, pairs.count_hazards),
    "class pairs": (pairs.class_pair_bins, pairs.count_class_pairs),
    "traps": (traps.trap_bins, None),  # needs the program too
    "hardware loops": (corners.loop_bins, corners.count_loops),
    "xdecimate": (corners.decimate_bins, corners.count_decimate),
    "memory": (corners.memory_bins, corners.count_memory),
    "csrs": (corners.csr_bins, corners.count_csrs),
    "wfi": (corners.wait_bins, corners.count_waits),
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
        code = {
            segment.address + offset: int.from_bytes(segment.data[offset : offset + 4], "little")
            for segment in program.segments
            if segment.address
            == min(s.address for s in program.segments if s.address >= program.entry & ~0xFFFF)
            for offset in range(0, len(segment.data) - 3, 4)
        }
        counted = {name: count(columns) for name, (_, count) in _GROUPS.items() if count}
        return Coverage(
            {name: counted.get(name, Counter()) for name in GROUPS}
            | {"traps": traps.count_traps(columns, code)}
        )

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
