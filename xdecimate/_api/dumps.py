"""Memory to read back after a program has ended, as a caller names it."""

from collections.abc import Mapping, Sequence

from common.errors import UserError
from hw.config import Region
from sim.elf import Program

#: A region, the symbol of an object, or the symbols where memory begins and where it ends.
Place = Region | str | tuple[str, str]


def dump_regions(image: Program, dumps: Mapping[str, Place], memories: Sequence[Region]) -> dict[str, Region]:
    """Regions of the dumps.

    Raises ``UserError`` when a symbol is missing or has no size, or a dump is empty or not in one memory.
    """
    regions = {name: _region(image, name, place) for name, place in dumps.items()}
    for name, region in regions.items():
        if region.size < 1 or not any(m.base <= region.base and region.end <= m.end for m in memories):
            raise UserError(
                f"dump {name} must have at least one byte and lie in one memory, not {region.size} bytes "
                f"from {region.base:#010x}"
            )
    return regions


def _region(image: Program, name: str, place: Place) -> Region:
    if isinstance(place, Region):
        return place
    symbols = (place,) if isinstance(place, str) else place
    if not isinstance(place, str) and len(symbols) != 2:
        raise UserError(f"dump {name} must be a Region, a symbol, or two of them, not {place!r}")
    for symbol in symbols:
        if symbol not in image.symbols:
            raise UserError(f"dump {name}: {image.path} has no symbol {symbol!r}; name a global symbol")
    begin = image.symbols[symbols[0]]
    if isinstance(place, str):
        if not image.sizes[place]:
            raise UserError(
                f"dump {name}: the symbol {place!r} has no size; give a Region, or a second symbol at the end"
            )
        return Region(base=begin, size=image.sizes[place])
    return Region(base=begin, size=image.symbols[place[1]] - begin)
