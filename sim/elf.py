"""Reading the programs that the core and its model run: ELF files for 32-bit RISC-V."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from common.errors import UserError
from hw.config import MEMORY_MAP, Region

#: Flag of a file with compressed instructions (RISC-V psABI, e_flags).
_COMPRESSED = 0x0001
#: Where a program may lie unless the caller says otherwise.
MEMORIES = (MEMORY_MAP.l1, MEMORY_MAP.l2)


@dataclass(frozen=True)
class Segment:
    """Bytes to be in memory from ``address`` on when the program starts; .bss is there as zeros."""

    address: int
    data: bytes


@dataclass(frozen=True)
class Program:
    """A program that is known to fit memory.

    Parameters
    ----------
    path : Path
        The ELF file.
    entry : int
        Address of the first instruction.
    segments : tuple of Segment
        What to load.
    symbols : dict of str to int
        Addresses by name.
    sizes : dict of str to int
        Bytes of each symbol's object, 0 where the file gives none.
    code : tuple of Region
        Sections with instructions.
    """

    path: Path
    entry: int
    segments: tuple[Segment, ...]
    symbols: dict[str, int]
    sizes: dict[str, int] = field(default_factory=dict)
    code: tuple[Region, ...] = ()

    @property
    def tohost(self) -> int:
        """Address of the word whose store ends the program."""
        return self.symbols["tohost"]

    def bytes_at(self, region: Region) -> bytes:
        """Content of a region that lies in one of its segments; empty when it lies in none."""
        for segment in self.segments:
            start = region.base - segment.address
            if start >= 0 and start + region.size <= len(segment.data):
                return segment.data[start : start + region.size]
        return b""

    def with_bytes(self, address: int, data: bytes) -> "Program":
        """The program with other bytes in one of its segments; ``ValueError`` when they lie in none."""
        for number, segment in enumerate(self.segments):
            start = address - segment.address
            if start >= 0 and start + len(data) <= len(segment.data):
                content = segment.data[:start] + data + segment.data[start + len(data) :]
                changed = Segment(segment.address, content)
                return replace(
                    self, segments=(*self.segments[:number], changed, *self.segments[number + 1 :])
                )
        raise ValueError(f"{len(data)} bytes at {address:#010x} lie in no segment of {self.path}")


def load_elf(
    path: Path,
    memories: Sequence[Region] = MEMORIES,
    *,
    watched: Sequence[Region] | None = None,
    compressed: bool = True,
) -> Program:
    """Read a program and check that it can run.

    Parameters
    ----------
    path : Path
        The ELF file.
    memories : sequence of Region
        Where it may lie.
    watched : sequence of Region, optional
        Where a store to ``tohost`` is seen; by default all of the memories.
    compressed : bool
        The core executes compressed instructions.

    Raises
    ------
    UserError
        When the file cannot be read, is no ELF, is not for 32-bit little-endian RISC-V, has compressed
        instructions that the core does not execute, does not fit the memories, loads two segments to one
        place, starts outside its code, or has no symbol ``tohost`` that names a word where a store is seen.
    """
    try:
        with path.open("rb") as file:
            elf = ELFFile(file)
            _check_kind(path, elf, compressed=compressed)
            return _read(path, elf, memories, memories if watched is None else watched)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}; give an ELF file that can be read") from error
    except (ELFError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not a usable ELF file ({error}); link it for riscv32") from error


def _check_kind(path: Path, elf: ELFFile, *, compressed: bool) -> None:
    """Raise ``UserError`` unless the core can execute files of this kind."""
    machine, bits = elf["e_machine"], elf.elfclass
    if machine != "EM_RISCV" or bits != 32 or not elf.little_endian or elf["e_type"] != "ET_EXEC":
        order = "little" if elf.little_endian else "big"
        raise UserError(
            f"{path} is {elf['e_type']} for {machine}, {bits}-bit, {order}-endian; "
            "give an executable (ET_EXEC) for EM_RISCV, 32-bit, little-endian"
        )
    if elf["e_flags"] & _COMPRESSED and not compressed:
        raise UserError(
            f"{path} has compressed instructions (RVC), which this configuration does not execute; compile "
            "all of its sources with -march=rv32im instead of rv32imc, or choose a configuration that has "
            "extension c"
        )


def _read(path: Path, elf: ELFFile, memories: Sequence[Region], watched: Sequence[Region]) -> Program:
    segments = []
    for header in elf.iter_segments("PT_LOAD"):
        address, size = header["p_paddr"], header["p_memsz"]
        if size == 0:
            continue
        if not _within(address, size, memories):
            raise UserError(
                f"{path}: segment {address:#010x}..{address + size - 1:#010x} ({size} bytes) "
                f"does not fit into memory; link it into {_places(memories)}"
            )
        data = header.data()
        if not len(data) == header["p_filesz"] <= size:
            raise ELFError(f"segment at {address:#010x} is damaged")
        segments.append(Segment(address, data + bytes(size - len(data))))
    _check_overlaps(path, segments)
    entry = elf["e_entry"]
    if entry % 4 or not any(s.address <= entry < s.address + len(s.data) for s in segments):
        raise UserError(
            f"{path}: there is no instruction at the entry {entry:#010x}; define _start, or set ENTRY"
        )
    entries = {
        symbol.name: symbol.entry
        for section in elf.iter_sections()
        if isinstance(section, SymbolTableSection)
        for symbol in section.iter_symbols()
        if symbol.name and symbol["st_shndx"] != "SHN_UNDEF"
    }
    symbols = {name: entry["st_value"] for name, entry in entries.items()}
    if "tohost" not in symbols:
        raise UserError(
            f"{path} has no symbol tohost, so it can never end; define a word named tohost and store "
            "1 (pass) or code << 1 | 1 to it, and keep the symbol table"
        )
    tohost = symbols["tohost"]
    if tohost % 4 or not _within(tohost, 4, watched):
        raise UserError(
            f"{path}: tohost is at {tohost:#010x}, where the simulator does not see a store of a word; "
            f"place it at a multiple of 4 in {_places(watched)}"
        )
    sizes = {name: entry["st_size"] for name, entry in entries.items()}
    code = tuple(
        Region(base=section["sh_addr"], size=section["sh_size"])
        for section in elf.iter_sections()
        if section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR and section["sh_type"] == "SHT_PROGBITS"
    )
    return Program(path, entry, tuple(segments), symbols, sizes, code)


def _within(address: int, size: int, regions: Sequence[Region]) -> bool:
    return any(region.base <= address and address + size <= region.end for region in regions)


def _places(regions: Sequence[Region]) -> str:
    return ", ".join(f"{region.base:#010x}..{region.end - 1:#010x}" for region in regions)


def _check_overlaps(path: Path, segments: Sequence[Segment]) -> None:
    for first, second in pairwise(sorted(segments, key=lambda segment: segment.address)):
        if second.address < first.address + len(first.data):
            ranges = (f"{s.address:#010x}..{s.address + len(s.data) - 1:#010x}" for s in (first, second))
            raise UserError(
                f"{path}: segments {' and '.join(ranges)} overlap; link each of them to its own addresses"
            )
