"""Combinational paths: through gates, arithmetic and submodules, and not through registers or memories."""

from typing import Any

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import Component, In, Out

from hw.generate import component_rtlil
from synth.combinational_paths import combinational_paths


class Swap(Component):
    """Two words that change places, one of them through a register."""

    a: Signal
    b: Signal
    c: Signal
    d: Signal

    def __init__(self) -> None:
        super().__init__({"a": In(4), "b": In(4), "c": Out(4), "d": Out(4)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.comb += self.c.eq(self.b)
        m.d.sync += self.d.eq(self.a)
        return m


class Design(Component):
    """Each output in another way."""

    low: Signal
    high: Signal
    select: Signal
    address: Signal
    write: Signal
    unused: Signal
    total: Signal
    chosen: Signal
    through: Signal
    late: Signal
    word: Signal
    held: Signal
    lowest: Signal

    def __init__(self) -> None:
        inputs = {"low": 4, "high": 4, "select": 1, "address": 2, "write": 1, "unused": 1}
        outputs = {"total": 5, "chosen": 4, "through": 4, "late": 4, "word": 4, "held": 4, "lowest": 1}
        super().__init__(
            {name: In(width) for name, width in inputs.items()}
            | {name: Out(width) for name, width in outputs.items()}
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.swap = swap = Swap()
        m.submodules.memory = memory = Memory(shape=4, depth=4, init=[])
        write: Any = memory.write_port()
        now: Any = memory.read_port(domain="comb")
        clocked: Any = memory.read_port()
        both = Signal(8)
        m.d.comb += [
            both.eq(Cat(self.low, self.high)),
            self.chosen.eq(Mux(self.select, self.low, 0)),
            self.total.eq(self.low + self.high),
            self.lowest.eq(both[0]),
            swap.a.eq(both[:4]),
            swap.b.eq(both[4:]),
            self.through.eq(swap.c),
            self.late.eq(swap.d),
            now.addr.eq(self.address),
            clocked.addr.eq(self.address),
            write.addr.eq(self.address),
            write.data.eq(self.low),
            write.en.eq(self.write),
            self.word.eq(now.data),
            self.held.eq(clocked.data),
        ]
        return m


def test_paths_of_a_design():
    assert combinational_paths(component_rtlil(Design(), "design"), "design") == {
        "address": ["word"],
        "high": ["through", "total"],
        "low": ["chosen", "lowest", "total"],
        "select": ["chosen"],
    }
