# amaranth: UnusedElaboratable=no
"""Tables of ports: all that the Verilog has, each explained."""

import re

import pytest
from amaranth.lib.wiring import Component, In, Out

from hw.config import XDECIMATE, ClusterConfig
from hw.generate import cluster_verilog, core_verilog, unit_verilog
from reports.ports import PARTS, port_table

VERILOG = {
    "core ports": ("core", lambda: core_verilog(XDECIMATE)),
    "unit ports": ("xdecimate_unit", unit_verilog),
    "cluster ports": ("cluster", lambda: cluster_verilog(ClusterConfig())),
}


@pytest.mark.parametrize("name", VERILOG)
def test_the_table_has_every_port_of_the_verilog(name: str):
    module, make = VERILOG[name]
    body = re.search(rf"^module {module}\(.*?^endmodule", make(), re.MULTILINE | re.DOTALL)
    assert body
    ports = re.findall(r"^  (input|output) (?:\[(\d+):0\] )?(\w+);", body[0], re.MULTILINE)
    real = {name: (direction[:-3], int(top or 0) + 1) for direction, top, name in ports}
    listed = re.findall(r"^\| `(\w+)` \| (in|out) \| (\d+) \| \S", PARTS[name](), re.MULTILINE)
    assert {name: (direction, int(bits)) for name, direction, bits in listed} == real
    assert len(listed) == len(real)


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
    with pytest.raises(KeyError, match="Unexplained does not explain unknown"):
        port_table(Unexplained())
