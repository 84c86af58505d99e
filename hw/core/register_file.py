"""The register file: 31 registers of 32 bits, three read ports, two write ports."""

from amaranth.hdl import Array, Const, Module, Signal
from amaranth.lib import data
from amaranth.lib.wiring import Component, In, Out

READ_PORTS = 3


class WritePort(data.Struct):
    """A write at the next clock edge; register 0 ignores it."""

    enable: 1
    register: 5
    value: 32


class RegisterFile(Component):
    """Flip-flops without reset; reads are combinational and see the value before this cycle's writes.

    Members
    -------
    read_register : In(3 x 5), read_value : Out(3 x 32)
        Read ports.
    write_execute, write_memory : In(WritePort)
        Results of EX and data of WB; of two writes to one register EX's, the younger, wins.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "read_register": In(data.ArrayLayout(5, READ_PORTS)),
                "read_value": Out(data.ArrayLayout(32, READ_PORTS)),
                "write_execute": In(WritePort),
                "write_memory": In(WritePort),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        registers = [Signal(32, name=f"x{number}", reset_less=True) for number in range(1, 32)]
        for number, register in enumerate(registers, start=1):
            with m.If(self.write_execute.enable & (self.write_execute.register == number)):
                m.d.sync += register.eq(self.write_execute.value)
            with m.Elif(self.write_memory.enable & (self.write_memory.register == number)):
                m.d.sync += register.eq(self.write_memory.value)
        everything = Array([Const(0, 32), *registers])
        for port in range(READ_PORTS):
            m.d.comb += self.read_value[port].eq(everything[self.read_register[port]])
        return m
