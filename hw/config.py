"""Configuration of the core and the memory map: the only place that holds either."""

from dataclasses import dataclass, replace

from hw.isa.table import EXTENSIONS

#: Always there; the rest can be left out.
BASE_EXTENSIONS = ("rv32i", "system", "zicsr", "zifencei")
OPTIONAL_EXTENSIONS = tuple(name for name in EXTENSIONS if name not in BASE_EXTENSIONS)


@dataclass(frozen=True, kw_only=True)
class Region:
    """``size`` bytes of memory at ``base``."""

    base: int
    size: int

    @property
    def end(self) -> int:
        """Address just past the region."""
        return self.base + self.size

    def __contains__(self, address: int) -> bool:
        return self.base <= address < self.end


@dataclass(frozen=True, kw_only=True)
class MemoryMap:
    """PULP's addresses. Sizes are defaults; a simulation may be given more L1 or L2."""

    l1: Region = Region(base=0x1000_0000, size=128 << 10)
    l2: Region = Region(base=0x1C00_0000, size=1600 << 10)
    peripherals: Region = Region(base=0x1A10_0000, size=1 << 20)
    boot: int = 0x1C00_8080


MEMORY_MAP = MemoryMap()


@dataclass(frozen=True, kw_only=True)
class CoreConfig:
    """What a generated core has.

    Parameters
    ----------
    name : str
        Name of the configuration, as the command line knows it.
    extensions : frozenset of str
        Optional extensions (``OPTIONAL_EXTENSIONS``) that are present.

    Raises
    ------
    ValueError
        When an extension is unknown or lacks one that it builds on.
    """

    name: str
    extensions: frozenset[str]

    def __post_init__(self) -> None:
        if unknown := sorted(self.extensions - set(OPTIONAL_EXTENSIONS)):
            raise ValueError(
                f"extensions must be among {', '.join(OPTIONAL_EXTENSIONS)}, not {', '.join(unknown)}"
            )
        for extension in ("xcvmac", "xcvsimd"):
            if extension in self.extensions and "m" not in self.extensions:
                raise ValueError(
                    f"extension {extension} shares the multiplier of m: add m or leave out {extension}"
                )

    def has(self, extension: str) -> bool:
        """Whether the core executes the instructions of this extension."""
        return extension in BASE_EXTENSIONS or extension in self.extensions

    @property
    def isa(self) -> tuple[str, ...]:
        """All extensions, in the order of the instruction table."""
        return tuple(name for name in EXTENSIONS if self.has(name))

    def with_(self, *extensions: str, name: str) -> "CoreConfig":
        """A configuration that has these extensions too."""
        return replace(self, name=name, extensions=self.extensions | set(extensions))


RV32IM = CoreConfig(name="rv32im", extensions=frozenset({"m"}))
BASELINE = RV32IM.with_("xcvmem", "xcvhwlp", "xcvalu", "xcvbitmanip", "xcvmac", "xcvsimd", name="baseline")
XDECIMATE = BASELINE.with_("xdecimate", name="xdecimate")

#: Named configurations, smallest first.
CONFIGS = {config.name: config for config in (RV32IM, BASELINE, XDECIMATE)}


def config_named(name: str) -> CoreConfig:
    """The named configuration; ``ValueError`` lists those there are."""
    if name not in CONFIGS:
        raise ValueError(f"configuration must be one of {', '.join(CONFIGS)}, not {name!r}")
    return CONFIGS[name]
