"""Signatures: the memory between begin_signature and end_signature, in the text form that RISCOF compares."""

from common.errors import UserError
from hw.config import Region
from sim.elf import Program

BEGIN, END = "begin_signature", "end_signature"
GRANULARITIES = (1, 2, 4, 8, 16)


def signature_region(program: Program, granularity: int = 4) -> Region:
    """Region of a program's signature.

    Raises ``UserError`` when a symbol is missing, or the range is empty, is no whole number of lines,
    does not start at a word, or does not lie in what the program loads.
    """
    if granularity not in GRANULARITIES:
        raise UserError(
            f"signature granularity must be one of {', '.join(map(str, GRANULARITIES))}, not {granularity}"
        )
    missing = [name for name in (BEGIN, END) if name not in program.symbols]
    if missing:
        raise UserError(
            f"{program.path} has no symbol {' and no symbol '.join(missing)}; "
            f"put {BEGIN} and {END} around the signature, or leave out --signature"
        )
    begin, end = program.symbols[BEGIN], program.symbols[END]
    what = f"{program.path}: signature {begin:#010x}..{end:#010x}"
    if begin >= end:
        raise UserError(f"{what} is empty; place {END} after {BEGIN}")
    if begin % 4 or (end - begin) % granularity:
        raise UserError(
            f"{what} must start at a multiple of 4 and consist of whole lines of {granularity} bytes; "
            f"align {BEGIN} and {END}, or choose another granularity"
        )
    if not any(s.address <= begin and end <= s.address + len(s.data) for s in program.segments):
        raise UserError(f"{what} must lie in a segment that the program loads; place it in such a section")
    return Region(base=begin, size=end - begin)


def signature_text(content: bytes, granularity: int = 4) -> str:
    """One little-endian number of ``granularity`` bytes a line, in hexadecimal."""
    lines = (content[i : i + granularity][::-1].hex() for i in range(0, len(content), granularity))
    return "".join(f"{line}\n" for line in lines)
