"""Bodies of hardware loops in a program that break the rules for cores with compressed instructions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from hw.config import CoreConfig, Region
from hw.isa.compressed import is_compressed
from sim.elf import Program


@dataclass(frozen=True)
class LoopFault:
    """A fault of a hardware loop, at the address of the instruction that is wrong.

    ``start`` and ``end`` are the bounds as the core takes them.
    """

    start: int
    end: int
    at: int
    what: str

    def __str__(self) -> str:
        return f"the hardware loop at {self.start:#010x}..{self.end - 1:#010x}: {self.what}"


def loop_faults(program: Program, config: CoreConfig) -> tuple[LoopFault, ...]:
    """The worst fault of each hardware loop that instructions with an offset set up.

    Such an instruction must lie at a multiple of 4, and so must the bounds. No instruction of the body may
    be compressed (CV32E40P user manual, hardware loops). Loops whose bounds come from registers are not
    checked. A core without compressed instructions or hardware loops has no faults. Data among the code is
    read as instructions; reading begins again at each symbol.
    """
    if not (config.has("c") and config.has("xcvhwlp")):
        return ()
    found = []
    for region in program.code:
        code = instructions(program, region)
        found += [fault for loop in _loops(code, config) if (fault := _fault(code, *loop))]
    return tuple(found)


def instructions(program: Program, region: Region) -> dict[int, int]:
    """Words and codes of 16 bits in a region of a program's code, by their addresses.

    Data among them is read as instructions; reading begins again at each symbol.
    """
    data = program.bytes_at(region)
    bounds = {region.base, region.base + len(data), *filter(region.__contains__, program.symbols.values())}
    found = {}
    for begin, end in pairwise(sorted(bounds)):
        pc = begin
        while pc + 2 <= end:
            place = pc - region.base
            size = 2 if is_compressed(int.from_bytes(data[place : place + 2], "little")) else 4
            if pc + size > end:
                break
            found[pc] = int.from_bytes(data[place : place + size], "little")
            pc += size
    return found


def _loops(code: Mapping[int, int], config: CoreConfig) -> Iterator[tuple[int, int, int]]:
    """Set-up, start and end of each loop, in the order of the code; cv.starti and cv.endi make a pair."""
    halves: dict[tuple[int, str], tuple[int, int]] = {}
    for pc, word in code.items():
        row = None if is_compressed(word) else config.instruction_set.find(word)
        if row is None or row.extension != "xcvhwlp" or "uimm" not in row.fields:
            continue
        fields = row.decode(word)
        bound = pc + fields["uimm"] & ~3
        if row.mnemonic.startswith("cv.setup"):
            yield pc, pc + 4 & ~3, bound
            continue
        loop, half = fields["loop"], row.mnemonic
        halves[loop, half] = (pc, bound)
        if (loop, "cv.starti") in halves and (loop, "cv.endi") in halves:
            (first, start), (second, end) = halves.pop((loop, "cv.starti")), halves.pop((loop, "cv.endi"))
            yield next((at for at in (first, second) if at % 4), first), start, end


def _fault(code: Mapping[int, int], setup: int, start: int, end: int) -> LoopFault | None:
    if setup % 4:
        what = f"its set-up at {setup:#010x} is not at a multiple of 4, so its bounds are rounded down; "
        return LoopFault(start, end, setup, what + "write .balign 4 before it")
    pc, short = start, None
    while pc < end and pc in code:
        short = pc if short is None and is_compressed(code[pc]) else short
        pc += 2 if is_compressed(code[pc]) else 4
    if pc > end:
        what = f"the instruction at {pc - 4:#010x} lies across its end, and what runs after it is undefined; "
        return LoopFault(start, end, pc - 4, what + "write .option norvc before the body")
    if short is not None:
        what = f"the instruction at {short:#010x} is compressed, and CV32E40P allows none in a body; "
        return LoopFault(start, end, short, what + "write .option norvc before the body")
    return None
