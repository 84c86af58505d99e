"""The host of a unit that takes several cycles: the guarantees of EX to the multiplier and the divider."""

from amaranth.hdl import Assume, Module, Signal, Value
from amaranth.lib.wiring import Component

#: Free inputs of a harness around such a unit.
MEMBERS = ("valid", "stalled", "killed")


def host(m: Module, harness: Component, unit: Component, given: Value) -> Signal:
    """Drive ``valid`` and ``advance``: any operations, with any stalls, and aborted at any time.

    The inputs ``given`` are stable until the operation advances or is aborted (an older instruction faults);
    an idle cycle follows that. Returns whether this cycle continues the operation of the last one.
    """
    goes_on, idles = Signal(), Signal()
    before = Signal(len(given))
    m.d.sync += [
        goes_on.eq(harness.valid & ~unit.advance & ~harness.killed),
        idles.eq(harness.valid & harness.killed),
        before.eq(given),
    ]
    m.d.comb += [
        unit.valid.eq(harness.valid),
        unit.advance.eq(harness.valid & unit.done & ~harness.stalled & ~harness.killed),
        Assume(~goes_on | (harness.valid & (given == before))),
        Assume(~idles | ~harness.valid),
    ]
    return goes_on
