"""A small memory, a module of its own, so that a macro or latches can take its place."""

from amaranth.hdl import Module
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import Component, In, Out, Signature

#: Names of such submodules end so: synth leaves them out.
SUFFIX = "_sram"


class Sram(Component):
    """Rows with one write port; a read of the row that is written in that cycle gives the old content.

    Parameters
    ----------
    width, depth : int
        Bits of a row, rows.
    readers : int
        Read ports.
    registered : bool
        Reads answer in the next cycle and only where enabled; else in the same cycle, always.

    Members
    -------
    write_en, write_addr, write_data : In
    reads : In(en, addr; data) each
    """

    def __init__(self, *, width: int, depth: int, readers: int = 1, registered: bool = True) -> None:
        self._width, self._depth, self._registered = width, depth, registered
        address_bits = (depth - 1).bit_length()
        read = Signature({"en": Out(1), "addr": Out(address_bits), "data": In(width)})
        super().__init__(
            {
                "write_en": In(1),
                "write_addr": In(address_bits),
                "write_data": In(width),
                "reads": In(read).array(readers),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.memory = memory = Memory(shape=self._width, depth=self._depth, init=[])
        write = memory.write_port()
        m.d.comb += [
            write.en.eq(self.write_en),
            write.addr.eq(self.write_addr),
            write.data.eq(self.write_data),
        ]
        for outer in self.reads:
            inner = memory.read_port(domain="sync" if self._registered else "comb")
            m.d.comb += [inner.addr.eq(outer.addr), outer.data.eq(inner.data)]
            if self._registered:
                m.d.comb += inner.en.eq(outer.en)
        return m
