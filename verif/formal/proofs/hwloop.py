"""The registers of the hardware loops: what sets them, what counts them down and up again."""

from amaranth.hdl import Assume, Cat, Module, Signal
from amaranth.lib.wiring import Component, In

from hw.core.control_fields import LoopWrites
from hw.core.hwloop import HardwareLoops
from verif.formal.harness import claim, reset_once, sources
from verif.formal.proof import Method, Proof


class LoopHarness(Component):
    """The registers under a free ID, and a shadow of each.

    The ends of nested loops lie two instructions apart or more (CV32E40P user manual), so that no two counts
    change at once; an instruction that is the last of a body sets up no loop.
    """

    def __init__(self) -> None:
        values = dict.fromkeys(("start", "end", "count"), In(32))
        super().__init__(
            {
                "writes": In(LoopWrites),
                "loop": In(1),
                "counts": In(2),
                "restores": In(2),
                "second": In(1),
                **values,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.unit = unit = HardwareLoops()
        reset_once(m)
        inputs = ("writes", "loop", "counts", "restores", "second", "start", "end", "count")
        m.d.comb += [getattr(unit, name).eq(getattr(self, name)) for name in inputs]
        changes = Cat(self.counts, self.restores)
        m.d.comb += [
            Assume((changes & (changes - 1)[:4]) == 0),
            Assume(~changes.any() | (self.second == (self.counts[1] | self.restores[1]))),
            Assume(~changes.any() | ~Cat(*(self.writes[name] for name in ("start", "end", "count"))).any()),
        ]
        for number in range(2):
            shadow = {name: Signal(32, name=f"{name}{number}") for name in ("start", "end", "count")}
            for name, register in shadow.items():
                with m.If(self.writes[name] & (self.loop == number)):
                    aligned = ~0 if name == "count" else ~0b11
                    m.d.sync += register.eq(getattr(self, name) & aligned)
                claim(m, {f"{name} of loop {number}": unit.state[number][name] == register})
            with m.If(self.counts[number]):
                m.d.sync += shadow["count"].eq(shadow["count"] - 1)
            with m.If(self.restores[number]):
                m.d.sync += shadow["count"].eq(shadow["count"] + 1)
        return m


PROOFS = (
    Proof(
        name="hwloop.registers",
        what="bounds and counts of both loops are what an instruction sets; a count goes down by one for the "
        "last instruction of its body and up again if that does not retire, and nothing else changes it",
        method=Method.INDUCTION,
        depth=2,
        build=lambda: sources(LoopHarness()),
        assumes="one count changes at a time",
        cheap=True,
    ),
)
