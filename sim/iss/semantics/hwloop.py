"""XCVhwlp: setting up the two hardware loops; what happens at a loop's end is ``Machine``'s.

Addresses are relative to the instruction and word-aligned; the end is just past the last instruction.
"""

from collections.abc import Callable

from sim.iss.bits import MASK
from sim.iss.state import Operation, Site, State

_ALIGNED = MASK & ~3


def _offset(state: State, site: Site) -> Callable[[], int]:
    """An address: the pc plus an offset, or rs1."""
    if "uimm" in site.fields:
        address = site.pc + site.fields["uimm"] & MASK
        return lambda: address
    return _register(state, site)


def _register(state: State, site: Site) -> Callable[[], int]:
    registers, rs1 = state.registers, site.fields["rs1"]
    return lambda: registers[rs1]


def _count_source(state: State, site: Site) -> Callable[[], int]:
    """A number of iterations: the count field, or rs1."""
    if "count" in site.fields:
        count = site.fields["count"]
        return lambda: count
    return _register(state, site)


def _start(state: State, site: Site) -> Operation:
    csrs, loop, address = state.csrs, site.fields["loop"], _offset(state, site)

    def operation() -> None:
        csrs.lpstart[loop] = address() & _ALIGNED

    return operation


def _end(state: State, site: Site) -> Operation:
    csrs, loop, address = state.csrs, site.fields["loop"], _offset(state, site)

    def operation() -> None:
        csrs.lpend[loop] = address() & _ALIGNED

    return operation


def _count(state: State, site: Site) -> Operation:
    csrs, loop, count = state.csrs, site.fields["loop"], _count_source(state, site)

    def operation() -> None:
        csrs.lpcount[loop] = count()

    return operation


def _setup(state: State, site: Site) -> Operation:
    csrs, loop, count = state.csrs, site.fields["loop"], _count_source(state, site)
    start, end = site.following & _ALIGNED, site.pc + site.fields["uimm"] & _ALIGNED

    def operation() -> None:
        csrs.lpstart[loop] = start
        csrs.lpend[loop] = end
        csrs.lpcount[loop] = count()

    return operation


ACTIONS = {
    "cv.starti": _start,
    "cv.start": _start,
    "cv.endi": _end,
    "cv.end": _end,
    "cv.counti": _count,
    "cv.count": _count,
    "cv.setupi": _setup,
    "cv.setup": _setup,
}
