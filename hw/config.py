"""Configurations of the core, and the memory map: the only place that holds either."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from hw.isa import csr, table
from hw.isa.compressed_table import COMPRESSED
from hw.isa.instruction import Instruction
from hw.isa.instruction_set import InstructionSet
from hw.units.registry import UNITS, VARIANTS
from hw.units.unit import State, Unit

#: Always there; the rest can be left out.
BASE_EXTENSIONS = ("rv32i", "system", "zicsr", "zifencei")
OPTIONAL_EXTENSIONS = tuple(name for name in table.EXTENSIONS if name not in BASE_EXTENSIONS)
#: Several extensions by one name: the instructions of CORE-V that no named configuration has.
GROUPS = {"corev": ("xcvbi", "xcvbitrev", "xcvcplx", "xcvelw")}


def _members(name: str) -> tuple[str, ...]:
    """The extensions of a group, or the one of this name."""
    return GROUPS.get(name, (name,))


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
    l3: Region = Region(base=0x8000_0000, size=32 << 20)
    #: Event unit, DMA and counters of the cluster; its L1 ends below.
    cluster: Region = Region(base=0x1020_0000, size=64 << 10)
    peripherals: Region = Region(base=0x1A10_0000, size=1 << 20)
    boot: int = 0x1C00_8080


MEMORY_MAP = MemoryMap()


@dataclass(frozen=True, kw_only=True)
class CoreConfig:
    """Configuration of a generated core.

    Parameters
    ----------
    name : str
        Name of the configuration, as the command line knows it.
    extensions : frozenset of str
        Optional extensions (``OPTIONAL_EXTENSIONS``) that are present.
    units : tuple of Unit
        Extension units, which bring an extension each.
    mtvec_reset : int
        mtvec after reset: where a trap goes before the program has written mtvec. Bit 0 vectors interrupts,
        and wants the base aligned to 128 bytes.

    Raises
    ------
    ValueError
        When an extension is unknown or lacks one that it builds on, two of them have the same encoding, or
        mtvec cannot hold ``mtvec_reset``.
    """

    name: str
    extensions: frozenset[str]
    units: tuple[Unit, ...] = ()
    mtvec_reset: int = 0

    def __post_init__(self) -> None:
        listed = [unit.extension for unit in (*UNITS, *VARIANTS)]
        if units := sorted(extension for extension in listed if extension in self.extensions):
            raise ValueError(
                f"extension {units[0]} is a unit's: give it with units, or by with_({units[0]!r}, name=...)"
            )
        if groups := sorted(self.extensions & GROUPS.keys()):
            raise ValueError(
                f"{groups[0]} is a group of extensions: give it by with_({groups[0]!r}, name=...)"
            )
        if unknown := sorted(self.extensions - set(OPTIONAL_EXTENSIONS)):
            known = ", ".join((*OPTIONAL_EXTENSIONS, *GROUPS, *listed))
            raise ValueError(f"extensions must be among {known}, not {', '.join(map(repr, unknown))}")
        for extension in ("xcvmac", "xcvsimd"):
            if extension in self.extensions and "m" not in self.extensions:
                raise ValueError(
                    f"extension {extension} shares the multiplier of m; add m, or leave out {extension}"
                )
        if self.has("xcvcplx") and not (self.has("xcvsimd") and self.has("xcvalu")):
            raise ValueError(
                "extension xcvcplx uses the lanes of xcvsimd and the shifts of xcvalu; add both, or leave "
                "out xcvcplx"
            )
        for unit in self.units:
            if lacks := [name for name in unit.needs if not self.has(name)]:
                raise ValueError(
                    f"extension {unit.extension} requires {', '.join(lacks)}; add it, or leave out "
                    f"{unit.extension}"
                )
            self.instruction_set.check_distinct(unit.instructions, [state.csr for state in unit.state])
        alignment = 128 if self.mtvec_reset & 1 else 4
        if not 0 <= self.mtvec_reset < 1 << 32 or (self.mtvec_reset & ~1) % alignment:
            raise ValueError(
                "mtvec_reset must be a 32-bit multiple of 4, or a multiple of 128 plus 1 for vectored "
                f"interrupts, not {self.mtvec_reset:#x}"
            )

    def __repr__(self) -> str:
        reset = f", mtvec_reset={self.mtvec_reset:#x}" if self.mtvec_reset else ""
        return f"CoreConfig(name={self.name!r}, isa={'+'.join(self.isa)!r}{reset})"

    def has(self, extension: str) -> bool:
        """True if the core executes the instructions of this extension."""
        return (
            extension in BASE_EXTENSIONS
            or extension in self.extensions
            or any(extension == unit.extension for unit in self.units)
        )

    @cached_property
    def isa(self) -> tuple[str, ...]:
        """All extensions, in the order of the instruction table, then of the units."""
        named = (name for name in table.EXTENSIONS if self.has(name))
        return (*named, *(unit.extension for unit in self.units))

    @cached_property
    def instruction_set(self) -> InstructionSet:
        """The instructions and CSRs of all extensions, the table's in its order, then the units'."""
        return InstructionSet(
            (
                *(row for row in table.INSTRUCTIONS if self.has(row.extension)),
                *(row for unit in self.units for row in unit.instructions),
            ),
            (*(row for row in csr.CSRS if self.has(row.extension)), *(state.csr for state in self.state)),
            COMPRESSED if self.has("c") else (),
        )

    @property
    def instruction_alignment(self) -> int:
        """Bytes that the address of every instruction is a multiple of."""
        return 2 if self.has("c") else 4

    @property
    def state(self) -> tuple[State, ...]:
        """Hidden registers of all units."""
        return tuple(state for unit in self.units for state in unit.state)

    @property
    def is_custom(self) -> bool:
        """True if the core has a non-standard extension (bit X of misa)."""
        return bool(self.units) or any(name.startswith("x") for name in self.extensions)

    def unit_of(self, row: Instruction) -> Unit | None:
        """The extension unit that executes an instruction; None for those of the core itself."""
        return next((unit for unit in self.units if unit.extension == row.extension), None)

    def as_dict(self) -> dict[str, object]:
        """The whole configuration, in types that JSON has."""
        optional = [name for name in self.isa if name not in BASE_EXTENSIONS]
        return {"name": self.name, "extensions": optional, "mtvec_reset": self.mtvec_reset}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> "CoreConfig":
        """The configuration that ``as_dict`` describes, made of the units that ``UNITS`` lists."""
        bare = CoreConfig(name=values["name"], extensions=frozenset(), mtvec_reset=values["mtvec_reset"])
        return bare.with_(*values["extensions"], name=values["name"])

    def with_(self, *extensions: str | Unit, name: str) -> "CoreConfig":
        """A configuration that has these extensions too: names, or units that ``UNITS`` does not list.

        A name of ``GROUPS`` stands for several.
        """
        listed = {unit.extension: unit for unit in (*UNITS, *VARIANTS)}
        chosen: list[str | Unit] = []
        for item in extensions:
            chosen += [listed.get(name, name) for name in _members(item)] if isinstance(item, str) else [item]
        names = {item for item in chosen if isinstance(item, str)}
        units = [item for item in chosen if isinstance(item, Unit) and item not in self.units]
        return replace(
            self, name=name, extensions=self.extensions | names, units=(*self.units, *dict.fromkeys(units))
        )

    def without(self, *extensions: str, name: str) -> "CoreConfig":
        """A configuration that lacks these extensions; a name of ``GROUPS`` stands for several.

        ``ValueError`` when one is not there or always there, or another builds on it.
        """
        left_out = {member for item in extensions for member in _members(item)}
        for extension in sorted(left_out):
            if extension in BASE_EXTENSIONS:
                raise ValueError(f"extension {extension} is always there; it cannot be left out")
            if not self.has(extension):
                raise ValueError(f"configuration {self.name} has no extension {extension} to leave out")
        return replace(
            self,
            name=name,
            extensions=self.extensions - left_out,
            units=tuple(unit for unit in self.units if unit.extension not in left_out),
        )


RV32IM = CoreConfig(name="rv32im", extensions=frozenset({"m"}))
_PULP = ("xcvmem", "xcvhwlp", "xcvalu", "xcvbitmanip", "xcvmac", "xcvsimd")
BASELINE = RV32IM.with_("c", *_PULP, name="baseline")
XDECIMATE = BASELINE.with_("xdecimate", name="xdecimate")
XDECMAC = XDECIMATE.with_("xdecmac", name="xdecmac")
XDECMAC8 = XDECIMATE.with_("xdecmac8", name="xdecmac8")

#: Named configurations, smallest first.
CONFIGS = {config.name: config for config in (RV32IM, BASELINE, XDECIMATE, XDECMAC, XDECMAC8)}


def config_named(name: str) -> CoreConfig:
    """A named configuration, or one with more extensions or fewer: ``xdecimate+corev``, ``rv32im-m``.

    ``ValueError`` lists those there are, or names the extension that cannot come or go.
    """
    base, *signed = re.split(r"(?=[+-])", name)
    if base not in CONFIGS:
        raise ValueError(f"configuration must be one of {', '.join(CONFIGS)}, not {base!r}")
    config = CONFIGS[base]
    changes: dict[str, list[str]] = {"+": [], "-": []}
    present = set(config.isa)
    for sign, item in ((part[0], part[1:]) for part in signed):
        if not item:
            raise ValueError(f"configuration {name!r} must name an extension behind each + and -")
        for extension in _members(item):
            if sign == "+" and extension in present:
                raise ValueError(f"configuration {name!r} adds extension {extension}, which is there already")
            if sign == "-" and extension not in present:
                raise ValueError(
                    f"configuration {name!r} leaves out extension {extension}, which is not there"
                )
            present ^= {extension}
        changes[sign].append(item)
    if changes["+"]:
        config = config.with_(*changes["+"], name=name)
    return config.without(*changes["-"], name=name) if changes["-"] else config
