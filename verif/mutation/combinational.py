"""A design as one step of a state machine: its registers' values are inputs, and their next ones outputs."""

import re

from verif.formal.miter import Combinational
from verif.mutation.mutant import yosys_output

_REGISTER = re.compile(
    r"  cell \$dff (?P<cell>\S+)\n"
    r"    parameter \\WIDTH (?P<width>\d+)\n"
    r"    parameter \\CLK_POLARITY 1\n"
    r"    connect \\D (?P<next>.*)\n"
    r"    connect \\CLK .*\n"
    r"    connect \\Q (?P<value>.*)\n"
    r"  end\n"
)
_PORT = re.compile(r"  wire (?:width (?P<width>\d+) )?(?P<kind>input|output) \d+ \\(?P<name>\S+)\n")
#: Yosys commands that leave the core, flat, without the port that only watches.
WITHOUT_TRACE = "delete core/rvfi core/w:rvfi_*\nhierarchy -top core\nflatten\nsetattr -unset init w:*\n"


def combinational(rtlil: str, name: str, commands: str = "") -> Combinational:
    """The whole design ``core`` without its trace, after ``commands``, as the module ``name``."""
    text = yosys_output(rtlil, f"{commands}\n{WITHOUT_TRACE}rename core {name}\nwrite_rtlil out\n")
    registers: dict[str, int] = {}
    names: dict[str, int] = {}

    def open_up(match: re.Match[str]) -> str:
        number, width = len(registers), match["width"]
        registers[match["cell"]] = int(width)
        names[match["value"].removeprefix("\\")] = number
        first = 1000 + 2 * number  # port numbers behind all others
        return (
            f"  wire width {width} input {first} \\value_{number}\n"
            f"  wire width {width} output {first + 1} \\next_{number}\n"
            f"  connect {match['value']} \\value_{number}\n"
            f"  connect \\next_{number} {match['next']}\n"
        )

    ports: dict[str, dict[str, int]] = {"input": {}, "output": {}}
    for match in _PORT.finditer(text):
        if match["name"] != "clk":
            ports[match["kind"]][match["name"]] = int(match["width"] or 1)
    # Attributes of a cell are no attributes of what stands in its place.
    plain = re.sub(r"^ *attribute .*\n", "", text, flags=re.MULTILINE)
    return Combinational(_REGISTER.sub(open_up, plain), registers, names, ports["input"], ports["output"])
