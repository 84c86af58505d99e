# amaranth: UnusedElaboratable=no
"""Tables of ports: all that the Verilog has, each explained."""

import re

import pytest
from amaranth.lib.wiring import Component, In, Out

from hw.cluster.registers import COUNTERS, DMA, EVENT_UNIT, REGISTERS
from hw.generate import component_verilog
from reports.ports import BLOCKS, port_table, ports, registers


@pytest.mark.parametrize("name", BLOCKS)
def test_the_table_has_every_port_of_the_verilog(name: str):
    text = component_verilog(BLOCKS[name](), "block")
    body = re.search(r"^module block\(.*?^endmodule", text, re.MULTILINE | re.DOTALL)
    assert body
    found = re.findall(r"^  (input|output) (?:\[(\d+):0\] )?(\w+);", body[0], re.MULTILINE)
    real = {name: (direction[:-3], int(top or 0) + 1) for direction, top, name in found}
    row = re.compile(r"^\| `(\w+)` (?:\| (\d+) )?\| (in|out) \| (\d+) \| \S", re.MULTILINE)
    listed = [
        (port.replace("_n_", f"_{number}_"), (direction, int(bits)))
        for port, count, direction, bits in row.findall(ports(name))
        for number in range(int(count or 1))
    ]
    assert dict(listed) == real
    assert len(listed) == len(real)


def test_each_register_is_in_the_table_of_its_block():
    tables = "".join(map(registers, (EVENT_UNIT, DMA, COUNTERS)))
    listed = re.findall(r"^\| 0x.*? \| `(\w+)`", tables, re.MULTILINE)
    assert listed == [register.name for register in REGISTERS]


class Unexplained(Component):
    """A component.

    Members
    -------
    known : In(1)
        Explained.
    """

    def __init__(self) -> None:
        super().__init__({"known": In(1), "unknown": Out(2)})


def test_a_port_that_no_docstring_explains_is_an_error():
    with pytest.raises(KeyError, match="Unexplained must explain unknown"):
        port_table(Unexplained())
