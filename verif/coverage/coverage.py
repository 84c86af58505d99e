"""All groups of functional coverage together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hw.config import CoreConfig
from hw.units.registry import UNITS
from hw.units.unit import Unit
from sim.elf import Program
from verif.coverage import accesses, loops, pairs, system, traps
from verif.coverage.columns import Columns
from verif.coverage.compressed import compressed_bins, count_compressed, expanded
from verif.units.verification import verification

Group = tuple[Callable[[CoreConfig], list[str]], Callable[[Columns], Counter[str]] | None]

_BEFORE_UNITS: dict[str, Group] = {
    "instructions": (pairs.instruction_bins, pairs.count_instructions),
    "hazards": (pairs.hazard_bins, pairs.count_hazards),
    "class pairs": (pairs.class_pair_bins, pairs.count_class_pairs),
    "traps": (traps.trap_bins, None),  # needs the program too
    "hardware loops": (loops.loop_bins, loops.count_loops),
}
_COMPRESSED: dict[str, Group] = {"compressed": (compressed_bins, count_compressed)}
_BEHIND_UNITS: dict[str, Group] = {
    "memory": (accesses.memory_bins, accesses.count_memory),
    "csrs": (system.csr_bins, system.count_csrs),
    "wfi": (system.wait_bins, system.count_waits),
}


def _unit_group(unit: Unit) -> Group:
    part = verification(unit)
    return (
        lambda config: part.bins() if unit in config.units else [],
        lambda columns: part.count(columns) if unit in columns.config.units else Counter(),
    )


def _groups(config: CoreConfig) -> dict[str, Group]:
    """Groups by name: one for each unit that is listed or that the configuration has."""
    units = {unit.extension: _unit_group(unit) for unit in (*UNITS, *config.units)}
    return _BEFORE_UNITS | units | (_COMPRESSED if config.has("c") else {}) | _BEHIND_UNITS


def bins(config: CoreConfig) -> dict[str, list[str]]:
    """Everything that can be covered in a configuration, by group."""
    return {name: make(config) for name, (make, _) in _groups(config).items()}


@dataclass
class Coverage:
    """Hits of each bin of each group; instances can be added."""

    hits: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @staticmethod
    def of(trace: np.ndarray, program: Program, config: CoreConfig) -> "Coverage":
        """Coverage of one program from its retirement trace."""
        columns = Columns(trace, config)
        counted = {
            name: count(columns) if count else traps.count_traps(columns, _words(program, config))
            for name, (_, count) in _groups(config).items()
        }
        return Coverage(defaultdict(Counter, counted))

    @staticmethod
    def from_hits(hits: Mapping[str, Mapping[str, int]]) -> "Coverage":
        """Coverage from the ``hits`` of another one, read back from JSON."""
        return Coverage(defaultdict(Counter, {name: Counter(dict(group)) for name, group in hits.items()}))

    def add(self, other: "Coverage") -> None:
        """Add another program's hits to these."""
        for name, counter in other.hits.items():
            self.hits[name].update(counter)

    def holes(self, config: CoreConfig) -> dict[str, list[str]]:
        """Bins that were never hit, by group."""
        return {name: [b for b in group if not self.hits[name][b]] for name, group in bins(config).items()}


def _words(program: Program, config: CoreConfig) -> dict[int, int]:
    """Instruction words of the segment that the program starts in, by address, compressed ones expanded."""
    for segment in program.segments:
        if 0 <= program.entry - segment.address < len(segment.data):
            words = np.frombuffer(segment.data[: len(segment.data) & ~3], "<u4")
            if config.has("c"):
                halves = np.append(words.view("<u2"), 0).astype(np.uint32)
                words = expanded(halves[:-1] | halves[1:] << 16)
            step = config.instruction_alignment
            return {segment.address + step * i: w for i, w in enumerate(words.tolist())}
    return {}
