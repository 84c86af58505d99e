"""A standard-cell library as the flow sees it: areas, functions, delay and energy tables of each cell."""

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from common.errors import UserError
from synth.boolean_function import parse_function
from synth.liberty import Group, LibertyError, parse


@dataclass(frozen=True)
class Table:
    """A quantity over input transition and output load, linear between the points and beyond the last."""

    slews: tuple[float, ...]
    loads: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]  # by slew, then by load

    def __call__(self, slew: float, load: float) -> float:
        low, high, share = _place(self.slews, slew)
        left, right, part = _place(self.loads, load)
        first = self.values[low][left] + part * (self.values[low][right] - self.values[low][left])
        second = self.values[high][left] + part * (self.values[high][right] - self.values[high][left])
        return first + share * (second - first)


def _place(axis: tuple[float, ...], value: float) -> tuple[int, int, float]:
    if len(axis) < 2:
        return 0, 0, 0.0
    low = min(max(bisect_right(axis, value) - 1, 0), len(axis) - 2)
    return low, low + 1, (value - axis[low]) / (axis[low + 1] - axis[low])


@dataclass(frozen=True)
class Arc:
    """From an input pin to this output: tables by the direction, ``rise`` or ``fall``, of the output."""

    related: str
    sense: str  # positive_unate, negative_unate or non_unate
    clocked: bool
    delay: dict[str, Table]
    transition: dict[str, Table]


@dataclass(frozen=True)
class Pin:
    """A pin of a cell; capacitance and energy in the library's units."""

    name: str
    is_output: bool
    capacitance: float
    function: str
    arcs: tuple[Arc, ...]
    setup: dict[str, Table]  # by the direction of the data, over its transition and the clock's
    energy: dict[str, tuple[Table, ...]]  # internal, by the direction in which this pin moves


@dataclass(frozen=True)
class Cell:
    """A cell.

    A flip-flop has the pin ``clock`` and takes the value of ``next_state``; its outputs are functions of
    ``states``, what it holds and the complement.
    """

    name: str
    area: float
    pins: dict[str, Pin]
    clock: str
    next_state: str
    states: tuple[str, ...]
    leakage: float

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(pin.name for pin in self.pins.values() if not pin.is_output)

    @property
    def outputs(self) -> tuple[Pin, ...]:
        return tuple(pin for pin in self.pins.values() if pin.is_output)


@dataclass(frozen=True)
class Library:
    """Cells of one Liberty file at one corner.

    Parameters
    ----------
    name : str
        The library's own.
    text : str
        The Liberty text, as Yosys is to read it.
    source : str
        Where it came from, for reports.
    dont_use : dict of str to str
        Patterns of cells that are not mapped to, and why not.
    cells : dict of str to Cell
    units : dict of str to float
        time in s, capacitance in F, leakage in W, voltage in V: what the numbers are to be multiplied by.
        Empty where delays are in a unit of the library's own.
    corner : str
        Its operating conditions.
    """

    name: str
    text: str
    source: str
    dont_use: dict[str, str]
    cells: dict[str, Cell]
    units: dict[str, float]
    corner: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def excluded(self) -> tuple[str, ...]:
        """Cells that are not mapped to."""
        return tuple(
            name for name in self.cells if any(fnmatchcase(name, pattern) for pattern in self.dont_use)
        )

    @cached_property
    def has_delays(self) -> bool:
        """True if its cells have delays, in any unit."""
        return any(
            arc.delay for cell in self.cells.values() for pin in cell.pins.values() for arc in pin.arcs
        )

    @cached_property
    def nand2(self) -> Cell:
        """The smallest 2-input NAND: its area is one gate equivalent."""
        return self._smallest("!(A & B)", "2-input NAND, whose area defines the gate equivalent")

    @cached_property
    def inverter(self) -> Cell:
        """The smallest inverter, without which no mapper works."""
        return self._smallest("!A", "inverter")

    @cached_property
    def buffer(self) -> Cell:
        """The smallest buffer: what drives the ports in constrained runs."""
        return self._smallest("A", "buffer")

    @cached_property
    def flip_flop(self) -> Cell:
        """The smallest rising-edge flip-flop."""
        found = [cell for cell in self._usable() if cell.clock in cell.pins]
        if not found:
            raise self._lacks("flip-flop (a cell with an ff group)")
        return min(found, key=lambda cell: cell.area)

    def _usable(self) -> list[Cell]:
        return [cell for name, cell in self.cells.items() if name not in self.excluded]

    def _smallest(self, function: str, what: str) -> Cell:
        wanted = parse_function(function)
        found = []
        for cell in self._usable():
            if len(cell.inputs) == len(wanted.names) and len(cell.outputs) == 1 and not cell.clock:
                try:
                    table = parse_function(cell.outputs[0].function).table(cell.inputs)
                except (ValueError, NameError):  # none, or of an internal state
                    continue
                if table == wanted.table(wanted.names):
                    found.append(cell)
        if not found:
            raise self._lacks(what)
        return min(found, key=lambda cell: cell.area)

    def _lacks(self, what: str) -> UserError:
        return UserError(f"{self.source} has no {what}; give a library of standard cells")


def read_library(text: str, source: str, dont_use: Mapping[str, Mapping[str, str]]) -> Library:
    """The library of a Liberty text.

    ``dont_use`` has patterns of cells and reasons by the beginning of a library's name. Raises ``UserError``
    when the text is not Liberty, is cut off, or lacks a flip-flop, a 2-input NAND or its area.
    """
    try:
        top = parse(text)
        library = _library(top, text, source, dont_use)
    except (LibertyError, ValueError) as error:
        raise UserError(f"{source} is not a complete Liberty file: {error}; give a complete one") from error
    _ = library.flip_flop  # says that it is missing
    if library.nand2.area <= 0:
        raise UserError(f"{source} has no area for {library.nand2.name}; give a library of standard cells")
    return library


_SCALE = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0}


def _unit(text: str, symbol: str) -> float:
    """``1ns``, ``10ps``, ``1nW``."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyzVW")
    prefix = text[len(number) :].removesuffix(symbol)
    if prefix not in _SCALE:
        raise ValueError(f"{text!r} is not a unit")
    return float(number or 1) * _SCALE[prefix]


def _library(top: Group, text: str, source: str, known: Mapping[str, Mapping[str, str]]) -> Library:
    units = {}
    if top.value("time_unit"):
        amount, symbol = top.values("capacitive_load_unit") or ["1", "pf"]
        units = {
            "time": _unit(top.value("time_unit"), "s"),
            "capacitance": _unit(amount + symbol.lower(), "f"),
            "leakage": _unit(top.value("leakage_power_unit", "1nW"), "W"),
            "voltage": float(top.value("nom_voltage", "0")),
        }
    reader = _Reader(top)
    dont_use = {
        pattern: why
        for name, patterns in known.items()
        if top.name.startswith(name)
        for pattern, why in patterns.items()
    }
    cells = {}
    for group in top.of("cell"):
        cell = reader.cell(group)
        cells[cell.name] = cell
        if group.value("dont_use") == "true":
            dont_use.setdefault(cell.name, "marked so by the library")
    corner = ", ".join(
        f"{what} {top.value(attribute)}"
        for what, attribute in (("voltage", "nom_voltage"), ("temperature", "nom_temperature"))
        if top.value(attribute)
    )
    corner = f"{top.value('default_operating_conditions', 'no conditions named')} ({corner})"
    return Library(top.name, text, source, dont_use, cells, units, corner)


class _Reader:
    """Cells of a library, with its table templates at hand."""

    def __init__(self, top: Group) -> None:
        self._templates = {group.name: group for group in top.of("lu_table_template", "power_lut_template")}
        self._default_leakage = top.value("default_cell_leakage_power", "0")

    def cell(self, group: Group) -> Cell:
        register = next(group.of("ff"), None)
        pins = {}
        for pin_group in group.of("pin"):
            for name in pin_group.arguments:
                pins[name] = self._pin(name, pin_group)
        return Cell(
            group.name,
            float(group.value("area", "0")),
            pins,
            register.value("clocked_on").strip("() ") if register else "",
            register.value("next_state") if register else "",
            tuple(register.arguments) if register else (),
            float(group.value("cell_leakage_power", self._default_leakage)),
        )

    def _pin(self, name: str, group: Group) -> Pin:
        arcs, setup = [], {}
        for timing in group.of("timing"):
            kind = timing.value("timing_type", "combinational")
            if kind == "setup_rising":
                setup |= self._directions(timing, "{}_constraint")
            elif kind in ("combinational", "rising_edge"):
                delay, transition = (self._directions(timing, form) for form in ("cell_{}", "{}_transition"))
                arcs += [
                    Arc(
                        pin,
                        timing.value("timing_sense", "non_unate"),
                        kind == "rising_edge",
                        delay,
                        transition,
                    )
                    for pin in timing.value("related_pin").split()
                ]
        return Pin(
            name,
            group.value("direction") == "output",
            float(group.value("capacitance", "0")),
            group.value("function"),
            tuple(arcs),
            setup,
            self._energy(group, {arc.related for arc in arcs if arc.clocked}),
        )

    def _energy(self, group: Group, clocks: set[str]) -> dict[str, tuple[Table, ...]]:
        """Energy of an output; for a flip-flop only that of its clock, because resets are rare."""
        powers = list(group.of("internal_power"))
        caused = [power for power in powers if clocks & set(power.value("related_pin").split())]
        energy: dict[str, list[Table]] = {"rise": [], "fall": []}
        for power in caused or powers:
            for kind, directions in (
                ("rise_power", ("rise",)),
                ("fall_power", ("fall",)),
                ("power", ("rise", "fall")),
            ):
                for table in power.of(kind):
                    for direction in directions:
                        energy[direction].append(self._table(table))
        return {direction: tuple(tables) for direction, tables in energy.items()}

    def _directions(self, group: Group, form: str) -> dict[str, Table]:
        return {
            direction: self._table(table)
            for direction in ("rise", "fall")
            for table in group.of(form.format(direction))
        }

    def _table(self, group: Group) -> Table:
        values = [[float(word) for word in row.replace(",", " ").split()] for row in group.values("values")]
        table = f"table {group.kind} ({group.name})"
        if not values or not values[0]:
            raise ValueError(f"{table} has no values")
        if any(len(row) != len(values[0]) for row in values):
            raise ValueError(f"{table} has more or fewer values than its axes require")
        template = self._templates.get(group.name)
        axes = [_axis(group, template, number) for number in (1, 2)]
        first = template.value("variable_1") if template else ""
        if len(values) == 1 and len(axes[0]) > 1 and len(axes[1]) < 2:
            values = [[value] for value in values[0]]  # over the first variable alone
        if "capacitance" in first or first == "related_pin_transition":
            axes.reverse()
            values = [list(column) for column in zip(*values, strict=True)]
        sizes = (len(values), len(values[0]))
        if any(len(axis) > 1 and len(axis) != size for axis, size in zip(axes, sizes, strict=True)):
            raise ValueError(f"{table} has more or fewer values than its axes require")
        return Table(axes[0], axes[1], tuple(map(tuple, values)))


def _axis(group: Group, template: Group | None, number: int) -> tuple[float, ...]:
    words = group.values(f"index_{number}") or (template.values(f"index_{number}") if template else [])
    return tuple(float(word) for text in words for word in text.replace(",", " ").split()) or (0.0,)
