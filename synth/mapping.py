"""Mapping Verilog onto a library's cells with Yosys, module by module or flat, each result kept."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.errors import UserError
from hw import yosys
from hw.yosys import run_script
from synth.canonical_modules import Module
from synth.library import Library

#: Yosys processes at once.
PROCESSES = 2
_LIBERTY = "cells.lib"

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
    """How to map.

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
        """What abc is told of the ports: driven by a buffer, loaded with four of them, in fF."""
        buffer = self.library.buffer
        load = 4 * buffer.pins[buffer.inputs[0]].capacitance * self.library.units["capacitance"] / 1e-15
        return f"set_driving_cell {buffer.name}\nset_load {load:g}\n"

    def recipe(self) -> str:
        """Hash of all that a result depends on beside the Verilog."""
        constraints = self.constraints() if self.period else ""
        ingredients = (self.library.text, self.script("TOP"), constraints, yosys.version())
        return hashlib.sha256("\0".join(ingredients).encode()).hexdigest()[:16]

    def mapped(self, module: Module, build: Path) -> Path:
        """Where ``map_designs`` keeps the mapped module, as RTLIL."""
        return build / "synth" / f"{module.key}.{self.recipe()}" / "mapped.il"


def map_modules(
    designs: Sequence[Module],
    flow: Flow,
    build: Path,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> None:
    """Map every module of designs (``flow.flat``: the designs whole) that has not been.

    ``done`` hears how many of how many steps are behind. Results are kept in ``build``/synth, where
    ``Flow.mapped`` finds them. Raises ``UserError`` when the library has no inverter, Yosys fails or the
    folder cannot be written.
    """
    _ = flow.library.inverter  # says that it is missing, which ABC does not
    work: dict[str, Module] = {}
    for top in designs:
        work |= {module.key: module for module in ([top] if flow.flat else top.all())}
    missing = [module for module in work.values() if not flow.mapped(module, build).exists()]
    # The longest first, so that the last ones are short.
    missing.sort(key=lambda module: -len(module.text))
    finished = 0

    def map_one(module: Module) -> None:
        nonlocal finished
        parts = (
            [part.text for part in module.all()]
            if flow.flat
            else [module.text, *(child.stub for child in module.children)]
        )
        files = {"module.v": "".join(parts), _LIBERTY: flow.library.text}
        if flow.period:
            files["constraints"] = flow.constraints()
        result = flow.mapped(module, build)
        _make(result.parent, files, flow.script(module.key), (result.name,))
        finished += 1
        done(finished, len(missing))

    with _writable(build), ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(map_one, missing))


def map_designs(
    designs: Sequence[Module],
    flow: Flow,
    build: Path,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> list[Path]:
    """Map designs as ``map_modules`` does, and join the modules of each.

    Returns for each a folder with netlist.json, flat, with hierarchical names.
    """
    map_modules(designs, flow, build, done)
    recipe = hashlib.sha256((flow.recipe() + _JOIN).encode()).hexdigest()[:16]

    def join(top: Module) -> Path:
        folder = build / "synth" / f"{top.key}.{top.name}.{recipe}"
        if not folder.exists():
            parts = [top] if flow.flat else list(top.all())
            files = {f"{part.key}.il": flow.mapped(part, build).read_text() for part in parts}
            reads = "\n".join(f"read_rtlil {name}" for name in files)
            files[_LIBERTY] = flow.library.text
            script = _JOIN.format(liberty=_LIBERTY, reads=reads, top=top.key, name=top.name)
            _make(folder, files, script, ("netlist.json",))
        return folder

    with _writable(build), ThreadPoolExecutor(PROCESSES) as pool:
        return list(pool.map(join, designs))


@contextmanager
def _writable(build: Path) -> Iterator[None]:
    """The cache's folder, there, and a clear message when it cannot be written."""
    try:
        (build / "synth").mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise UserError(
            f"cannot write netlists to {build / 'synth'}: {error.strerror}; run where build/ can be written"
        ) from error


def _make(folder: Path, files: dict[str, str], script: str, results: Sequence[str]) -> None:
    """Run a script on files, and keep its results in ``folder``, all of them or none."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        workplace, kept = Path(name), Path(name) / "kept"
        for file, content in files.items():
            (workplace / file).write_text(content)
        run_script(script, workplace)
        kept.mkdir()
        for result in results:
            shutil.move(workplace / result, kept / result)
        try:
            kept.rename(folder)
        except OSError:
            if not folder.exists():  # not made by another process in the meantime
                raise
