"""Reading the programs that the core and its model run: ELF files for 32-bit RISC-V."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from hw.config import MEMORY_MAP, Region
from hw.errors import UserError

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
    """

    path: Path
    entry: int
    segments: tuple[Segment, ...]
    symbols: dict[str, int]

    @property
    def tohost(self) -> int:
        """Address of the word whose store ends the program."""
        return self.symbols["tohost"]


def load_elf(path: Path, memories: Sequence[Region] = MEMORIES) -> Program:
    """Read a program and check that it can run.

    Raises ``UserError`` when the file cannot be read, is no ELF, is not for 32-bit little-endian RISC-V,
    does not fit ``memories``, starts outside its code or has no symbol ``tohost``.
    """
    try:
        with path.open("rb") as file:
            return _read(path, ELFFile(file), memories)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}; give an ELF file that can be read") from error
    except (ELFError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not a usable ELF file ({error}); link it for riscv32") from error


def _read(path: Path, elf: ELFFile, memories: Sequence[Region]) -> Program:
    machine, bits = elf["e_machine"], elf.elfclass
    if machine != "EM_RISCV" or bits != 32 or not elf.little_endian or elf["e_type"] != "ET_EXEC":
        order = "little" if elf.little_endian else "big"
        raise UserError(
            f"{path} is {elf['e_type']} for {machine}, {bits}-bit, {order}-endian; "
            "give an executable (ET_EXEC) for EM_RISCV, 32-bit, little-endian"
        )
    segments = []
    for header in elf.iter_segments("PT_LOAD"):
        address, size = header["p_paddr"], header["p_memsz"]
        if size == 0:
            continue
        if not any(memory.base <= address and address + size <= memory.end for memory in memories):
            places = ", ".join(f"{memory.base:#010x}..{memory.end - 1:#010x}" for memory in memories)
            raise UserError(
                f"{path}: segment {address:#010x}..{address + size - 1:#010x} ({size} bytes) "
                f"does not fit memory; link it into {places}"
            )
        data = header.data()
        if not len(data) == header["p_filesz"] <= size:
            raise ELFError(f"segment at {address:#010x} is damaged")
        segments.append(Segment(address, data + bytes(size - len(data))))
    entry = elf["e_entry"]
    if entry % 4 or not any(s.address <= entry < s.address + len(s.data) for s in segments):
        raise UserError(
            f"{path}: the entry {entry:#010x} is no instruction of it; define _start, or set ENTRY"
        )
    symbols = {
        symbol.name: symbol["st_value"]
        for section in elf.iter_sections()
        if isinstance(section, SymbolTableSection)
        for symbol in section.iter_symbols()
        if symbol.name and symbol["st_shndx"] != "SHN_UNDEF"
    }
    if "tohost" not in symbols:
        raise UserError(
            f"{path} has no symbol tohost, so it could never end; "
            "define a word named tohost and store 1 (pass) or code << 1 | 1 to it, or keep the symbol table"
        )
    return Program(path, entry, tuple(segments), symbols)
