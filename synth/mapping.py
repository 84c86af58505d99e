"""Mapping Verilog onto a library's cells with Yosys, module by module or flat, each result kept."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from common.cache import kept, known
from common.workplace import workplace
from hw import yosys
from hw.yosys import run_script
from synth.canonical_modules import Module
from synth.library import Library

#: Yosys processes at once.
PROCESSES = 2
_LIBERTY = "cells.lib"
_KIND = "synth"

# One module, its submodules black boxes: what is the same in two designs is the same here.
_MAP = """\
read_verilog module.v
hierarchy -check -top {top}
synth -top {top} -noabc -booth{adders}{flatten}
opt_clean -purge
dfflibmap -liberty {liberty}{dont_use}
opt -full
abc -liberty {liberty}{dont_use}{constraint}
opt_clean -purge
select {top}
write_rtlil -selected mapped.il
"""
_JOIN = """\
read_liberty -lib {liberty}
{reads}
hierarchy -check -top {top}
flatten
opt_clean -purge
rename {top} {name}
select {name}
write_json -selected netlist.json
"""


@dataclass(frozen=True)
class Flow:
    """Parameters of a mapping.

    Parameters
    ----------
    library : Library
    flat : bool
        Flatten the hierarchy first, so that gates are optimized across it.
    period : float, optional
        Clock period in ns to size and buffer for, adders being Han and Carlson's; without, the mapping is for
        area, and they are Brent and Kung's.
    """

    library: Library
    flat: bool = False
    period: float | None = None

    def script(self, top: str) -> str:
        """Yosys's script for one module."""
        dont_use = "".join(f" -dont_use {pattern}" for pattern in self.library.dont_use)
        constraint = f" -D {self.period * 1000:g} -constr constraints" if self.period else ""
        return _MAP.format(
            top=top,
            adders=" -extra-map +/choices/han-carlson.v" if self.period else "",
            flatten=" -flatten" if self.flat else "",
            liberty=_LIBERTY,
            dont_use=dont_use,
            constraint=constraint,
        )

    def constraints(self) -> str:
        """Constraints of the ports for abc: a buffer drives each, four buffers load it, in fF."""
        buffer = self.library.buffer
        load = 4 * buffer.pins[buffer.inputs[0]].capacitance * self.library.units["capacitance"] / 1e-15
        return f"set_driving_cell {buffer.name}\nset_load {load:g}\n"

    def files(self, module: Module) -> dict[str, str]:
        """Files by name that Yosys reads beside the library."""
        parts = (
            [part.text for part in module.all()]
            if self.flat
            else [module.text, *(child.stub for child in module.children)]
        )
        return {"module.v": "".join(parts)} | ({"constraints": self.constraints()} if self.period else {})

    def ingredients(self, module: Module) -> tuple[str, ...]:
        """All that the mapped module depends on."""
        return _ingredients(self.library, self.script(module.key), self.files(module))

    def mapped(self, module: Module) -> Path | None:
        """The mapped module as RTLIL, once ``map_modules`` has made it."""
        folder = known(_KIND, self.ingredients(module))
        return folder / "mapped.il" if folder else None


def _ingredients(library: Library, script: str, files: Mapping[str, str]) -> tuple[str, ...]:
    pairs = (text for pair in files.items() for text in pair)
    return (library.digest, script, yosys.version(), *pairs)


def map_modules(
    designs: Sequence[Module],
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> None:
    """Map every module of designs (``flow.flat``: the designs whole) that has not been.

    ``done`` hears how many of how many steps are behind. Results are kept, and ``Flow.mapped`` finds them.
    Raises ``UserError`` when the library has no inverter, Yosys fails or the cache cannot be written.
    """
    _ = flow.library.inverter  # says that it is missing, which ABC does not
    work: dict[str, Module] = {}
    for top in designs:
        work |= {module.key: module for module in ([top] if flow.flat else top.all())}
    missing = [module for module in work.values() if not flow.mapped(module)]
    # The longest first, so that the last ones are short.
    missing.sort(key=lambda module: -len(module.text))
    finished = 0

    def map_one(module: Module) -> None:
        nonlocal finished
        _kept_result(flow.library, flow.script(module.key), flow.files(module), "mapped.il")
        finished += 1
        done(finished, len(missing))

    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(map_one, missing))


def map_designs(
    designs: Sequence[Module],
    flow: Flow,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> list[Path]:
    """Map designs as ``map_modules`` does, and join the modules of each.

    Returns for each a folder with netlist.json, flat, with hierarchical names.
    """
    map_modules(designs, flow, done)

    def join(top: Module) -> Path:
        mapped = {part.key: flow.mapped(part) for part in ([top] if flow.flat else top.all())}
        files = {f"{name}.il": path.read_text() for name, path in mapped.items() if path}
        reads = "\n".join(f"read_rtlil {name}" for name in files)
        script = _JOIN.format(liberty=_LIBERTY, reads=reads, top=top.key, name=top.name)
        return _kept_result(flow.library, script, files, "netlist.json")

    with ThreadPoolExecutor(PROCESSES) as pool:
        return list(pool.map(join, designs))


def _kept_result(library: Library, script: str, files: Mapping[str, str], result: str) -> Path:
    """The folder that keeps the one file of a script's results that is wanted."""

    def make(folder: Path) -> None:
        with workplace() as place:
            for name, text in ({**files, _LIBERTY: library.text}).items():
                (place / name).write_text(text)
            run_script(script, place)
            (place / result).rename(folder / result)

    return kept(_KIND, _ingredients(library, script, files), make)
