"""Configurations of the cluster."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from hw.config import MEMORY_MAP, XDECIMATE, CoreConfig

#: Cores that the event unit's words have room for.
MAX_CORES = 16


def _power_of_two(value: int) -> bool:
    return value > 0 and value & (value - 1) == 0


#: Parameters of features that most clusters lack: these are 0 there.
_FEATURES = ("hashed_banks", "broadcast")


@dataclass(frozen=True, kw_only=True)
class ClusterConfig:
    """Configuration of a generated cluster.

    Parameters
    ----------
    name : str
        Name of the configuration, as the command line knows it.
    cores : int
        1 to ``MAX_CORES``.
    core : CoreConfig
        Every core's extensions.
    l1_bytes, banks : int
        Shared L1, and the banks that its words are dealt out to, a power of two.
    max_consecutive_grants : int
        Accesses in a row that a bank may grant one core while others wait; 1 is plain round-robin. Cores that
        walk the same banks in step then follow each other instead of taking every access in turns.
    hashed_banks : int
        1: the bank of word n is the exclusive or of all digits of n to the base ``banks``. 0: it is the last
        digit. A hash puts words that are a power of two apart into different banks.
    broadcast : int
        1: a bank grants all cores that read one word in a cycle. 0: it grants one.
    bus_bytes : int
        Width of the port to L2 and of a DMA transfer in a cycle: 4, 8 or 16.
    dma_queue, dma_beats : int
        Transfers that wait or run, and bus words read ahead of being written; powers of two. With n of these
        the DMA hides a latency of about n cycles.
    fetch_lines : int
        Lines of 16 bytes in each core's fetch buffer, a power of two.
    instruction_bytes, instruction_banks : int
        Shared instruction cache and its banks, powers of two.

    Raises
    ------
    ValueError
        When a figure is out of range.
    """

    name: str = "standard"
    cores: int = 8
    core: CoreConfig = XDECIMATE
    l1_bytes: int = MEMORY_MAP.l1.size
    banks: int = 16
    max_consecutive_grants: int = 4
    hashed_banks: int = 0
    broadcast: int = 0
    bus_bytes: int = 8
    dma_queue: int = 4
    dma_beats: int = 16
    fetch_lines: int = 32
    instruction_bytes: int = 8 << 10
    instruction_banks: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.cores <= MAX_CORES:
            raise ValueError(f"cores must be in 1..{MAX_CORES}, not {self.cores}")
        powers = ("banks", "dma_queue", "dma_beats", "fetch_lines", "instruction_bytes", "instruction_banks")
        for name in powers:
            if getattr(self, name) < 2 or not _power_of_two(getattr(self, name)):
                raise ValueError(f"{name} must be a power of two of at least 2, not {getattr(self, name)}")
        if not 1 <= self.max_consecutive_grants <= 16:
            raise ValueError(f"max_consecutive_grants must be in 1..16, not {self.max_consecutive_grants}")
        for name in _FEATURES:
            if getattr(self, name) not in (0, 1):
                raise ValueError(f"{name} must be 0 or 1, not {getattr(self, name)}")
        if self.bus_bytes not in (4, 8, 16):
            raise ValueError(f"bus_bytes must be 4, 8 or 16, not {self.bus_bytes}")
        room = MEMORY_MAP.cluster.base - MEMORY_MAP.l1.base
        if not 0 < self.l1_bytes <= room or self.l1_bytes % (4 * self.banks):
            raise ValueError(
                f"l1_bytes must be a multiple of {4 * self.banks} (a word in each bank) up to {room}, "
                f"not {self.l1_bytes}"
            )

    @property
    def l1_address_bits(self) -> int:
        """Bits that number the words of L1."""
        return (self.l1_bytes // 4 - 1).bit_length()

    def place_of(self, word: int) -> int:
        """The place of a word of L1: word r of bank b is at place r * banks + b."""
        row, bank = divmod(word, self.banks)
        rest = row * self.hashed_banks
        while rest:
            rest, digit = divmod(rest, self.banks)
            bank ^= digit
        return row * self.banks + bank

    def as_dict(self) -> dict[str, object]:
        """The whole configuration, in types that JSON has; features that it lacks are left out."""
        lacking = [name for name in _FEATURES if not getattr(self, name)]
        values = asdict(self) | {"core": self.core.as_dict()}
        return {name: value for name, value in values.items() if name not in lacking}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> "ClusterConfig":
        """The configuration that ``as_dict`` describes."""
        return ClusterConfig(**{**values, "core": CoreConfig.from_dict(values["core"])})

    def with_(self, **figures: int) -> "ClusterConfig":
        """A configuration with other figures, named after both: ``standard,banks=32``."""
        changed = {name: value for name, value in figures.items() if getattr(self, name) != value}
        name = ",".join([self.name, *(f"{figure}={value}" for figure, value in changed.items())])
        return replace(self, name=name, **changed)


STANDARD = ClusterConfig()
SMALL = ClusterConfig(
    name="small", cores=4, l1_bytes=64 << 10, banks=8, bus_bytes=4, instruction_bytes=4 << 10
)
WIDE = ClusterConfig(name="wide", banks=32, bus_bytes=16)

#: Named configurations.
CLUSTERS = {config.name: config for config in (SMALL, STANDARD, WIDE)}
#: Figures that can be given behind a name.
_FIGURES = tuple(field.name for field in fields(ClusterConfig) if field.type in (int, "int"))


def cluster_named(text: str) -> ClusterConfig:
    """The named configuration, or one with other figures: ``standard,cores=4,banks=32``.

    ``ValueError`` lists the names and the figures there are.
    """
    name, *parts = text.split(",")
    if name not in CLUSTERS:
        raise ValueError(f"cluster must be one of {', '.join(CLUSTERS)}, not {name!r}")
    figures: dict[str, int] = {}
    for part in parts:
        figure, _, value = part.partition("=")
        if figure not in _FIGURES or not value.isdecimal():
            raise ValueError(
                f"cluster {text!r}: {part!r} must be FIGURE=NUMBER, with FIGURE one of {', '.join(_FIGURES)}"
            )
        if figure in figures:
            raise ValueError(f"cluster {text!r} gives {figure} twice; give it once")
        figures[figure] = int(value)
    return CLUSTERS[name].with_(**figures)
