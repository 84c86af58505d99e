"""The embedded standard-cell library, in gate equivalents: the area of NAND2 is 1.

Areas are thirds of a gate, as transistor counts and open libraries suggest (docs/area.md compares them).
Delays are logical effort's: inverter delays of a cell that drives a few like it. They serve to compare paths
of one netlist with each other, and mean no picoseconds.
"""

from dataclasses import dataclass, replace
from functools import cache

from synth.library import Arc, Library, Table, read_library
from synth.library import Cell as LibraryCell


@dataclass(frozen=True)
class Cell:
    """A combinational cell with one output Y.

    Parameters
    ----------
    name : str
        Name in netlists.
    area : float
        Gate equivalents.
    delay : float
        Inverter delays from any input to Y.
    function : str
        Of the single-letter inputs, in Liberty's notation.
    """

    name: str
    area: float
    delay: float
    function: str

    @property
    def inputs(self) -> str:
        return "".join(sorted({letter for letter in self.function if letter.isalpha()}))


# fmt: off
CELLS: tuple[Cell, ...] = (
    Cell("INV",    2 / 3, 1.0, "!A"),
    Cell("BUF",    3 / 3, 2.0, "A"),
    Cell("NAND2",  3 / 3, 1.4, "!(A & B)"),
    Cell("NAND3",  4 / 3, 1.8, "!(A & B & C)"),
    Cell("NAND4",  5 / 3, 2.2, "!(A & B & C & D)"),
    Cell("NOR2",   3 / 3, 1.6, "!(A | B)"),
    Cell("NOR3",   4 / 3, 2.2, "!(A | B | C)"),
    Cell("NOR4",   5 / 3, 2.8, "!(A | B | C | D)"),
    Cell("AND2",   4 / 3, 2.2, "A & B"),
    Cell("AND3",   5 / 3, 2.6, "A & B & C"),
    Cell("AND4",   6 / 3, 3.0, "A & B & C & D"),
    Cell("OR2",    4 / 3, 2.4, "A | B"),
    Cell("OR3",    5 / 3, 3.0, "A | B | C"),
    Cell("OR4",    6 / 3, 3.6, "A | B | C | D"),
    Cell("AOI21",  4 / 3, 1.8, "!((A & B) | C)"),
    Cell("OAI21",  4 / 3, 1.8, "!((A | B) & C)"),
    Cell("AOI22",  5 / 3, 2.0, "!((A & B) | (C & D))"),
    Cell("OAI22",  5 / 3, 2.0, "!((A | B) & (C | D))"),
    Cell("AOI211", 5 / 3, 2.4, "!((A & B) | C | D)"),
    Cell("OAI211", 5 / 3, 2.2, "!((A | B) & C & D)"),
    Cell("AOI221", 6 / 3, 2.6, "!((A & B) | (C & D) | E)"),
    Cell("OAI221", 6 / 3, 2.6, "!((A | B) & (C | D) & E)"),
    Cell("AOI222", 8 / 3, 3.0, "!((A & B) | (C & D) | (E & F))"),
    Cell("XOR2",   6 / 3, 2.8, "A ^ B"),
    Cell("XNOR2",  6 / 3, 2.8, "!(A ^ B)"),
    Cell("MUX2",   7 / 3, 2.6, "(A & !S) | (B & S)"),
)
# fmt: on

#: Area of the flip-flop (rising edge, no reset, no enable; those are gates in front of it), and its
#: clock-to-output and set-up time in inverter delays.
FLIP_FLOP_AREA = 16 / 3
FLIP_FLOP_CLOCK_TO_Q = 4.0
FLIP_FLOP_SETUP = 2.0

AREAS = {cell.name: cell.area for cell in CELLS} | {"DFF": FLIP_FLOP_AREA}
DELAYS = {cell.name: cell.delay for cell in CELLS}

SOURCE = "embedded library, gate equivalents (NAND2 = 1)"


@cache
def embedded() -> Library:
    """The library with its delays; Yosys does not see them, so it maps for area."""
    library = read_library(liberty(), SOURCE, {})
    flip_flop = _with_arcs(library, "DFF", "Q", ("CK",), FLIP_FLOP_CLOCK_TO_Q)
    data = replace(flip_flop.pins["D"], setup=_constant(FLIP_FLOP_SETUP))
    cells = {cell.name: _with_arcs(library, cell.name, "Y", tuple(cell.inputs), cell.delay) for cell in CELLS}
    cells["DFF"] = replace(flip_flop, pins=flip_flop.pins | {"D": data})
    return replace(library, cells=cells)


def _constant(value: float) -> dict[str, Table]:
    table = Table((0.0,), (0.0,), ((value,),))
    return {"rise": table, "fall": table}


def _with_arcs(
    library: Library, name: str, output: str, inputs: tuple[str, ...], delay: float
) -> LibraryCell:
    cell = library.cells[name]
    arcs = tuple(Arc(pin, "non_unate", name == "DFF", _constant(delay), {}) for pin in inputs)
    return replace(cell, pins=cell.pins | {output: replace(cell.pins[output], arcs=arcs)})


def liberty() -> str:
    """The library as Liberty text, areas only: Yosys maps for area with it."""
    parts = ["library (gate_equivalents) {", '  delay_model : "table_lookup";']
    for cell in CELLS:
        parts.append(f"  cell ({cell.name}) {{\n    area : {cell.area:.6f};")
        parts += [f"    pin ({pin}) {{ direction : input; }}" for pin in cell.inputs]
        parts.append(f'    pin (Y) {{ direction : output; function : "{cell.function}"; }}\n  }}')
    parts.append(
        f"  cell (DFF) {{\n    area : {FLIP_FLOP_AREA:.6f};\n"
        '    ff (IQ, IQN) { clocked_on : "CK"; next_state : "D"; }\n'
        "    pin (CK) { direction : input; clock : true; }\n"
        "    pin (D) { direction : input; }\n"
        '    pin (Q) { direction : output; function : "IQ"; }\n  }\n}\n'
    )
    return "\n".join(parts)
