"""Contents of an L1 with hashed banks, between the order of addresses and that of the tile's memory.

The tile holds word r of bank b as word r * banks + b, wherever the cluster puts which address.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hw.cluster.config import ClusterConfig
from hw.config import MEMORY_MAP, Region
from sim.elf import Program, Segment


@dataclass(frozen=True)
class PlacedProgram(Program):
    """A program whose segments in L1 are where the tile has them."""


@dataclass(frozen=True)
class Rows(Region):
    """The rows of all banks that hold the bytes of ``part``."""

    part: Region


def placed(program: Program, config: ClusterConfig) -> Program:
    """The program with each word of L1 where the tile has it; one that is so already stays."""
    if isinstance(program, PlacedProgram):
        return program
    base, segments = MEMORY_MAP.l1.base, []
    for segment in program.segments:
        if not base <= segment.address < base + config.l1_bytes:
            segments.append(segment)
            continue
        end = segment.address + len(segment.data)
        for word in range(segment.address & ~3, end, 4):
            first = max(word, segment.address)
            data = segment.data[first - segment.address : word + 4 - segment.address]
            place = base + 4 * config.place_of((word - base) // 4) + first - word
            segments.append(Segment(place, data))
    return PlacedProgram(**{**vars(program), "segments": tuple(segments)})


def rows_of(dumps: Mapping[str, Region], config: ClusterConfig) -> dict[str, Region]:
    """The regions to dump, in L1 whole rows of them."""
    base, step = MEMORY_MAP.l1.base, 4 * config.banks

    def rows(region: Region) -> Region:
        if isinstance(region, Rows) or not base <= region.base < base + config.l1_bytes:
            return region
        first, end = (region.base - base) // step, -(-(region.end - base) // step)
        return Rows(base=base + first * step, size=(end - first) * step, part=region)

    return {name: rows(region) for name, region in dumps.items()}


def by_address(content: bytes, region: Region, config: ClusterConfig) -> bytes:
    """The bytes of a region that was asked for, from its dump."""
    if not isinstance(region, Rows):
        return content
    first = (region.base - MEMORY_MAP.l1.base) // 4
    places = (4 * (config.place_of(first + word) - first) for word in range(len(content) // 4))
    ordered = b"".join(content[place : place + 4] for place in places)
    start = region.part.base - region.base
    return ordered[start : start + region.part.size]
