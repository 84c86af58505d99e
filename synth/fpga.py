"""FPGA figures: Yosys maps, nextpnr places and routes, over several seeds."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from common.cache import kept
from common.errors import UserError
from common.workplace import workplace
from hw import yosys
from hw.config import MEMORY_MAP
from hw.yosys import run_script
from synth.canonical_modules import Module
from synth.mapping import PROCESSES

#: Ports that are constants in a system, and what they are here.
_CONSTANTS = {"boot_address": MEMORY_MAP.boot, "hart_id": 0}
#: nextpnr's options for every device: a clock that is out of reach, for the best there is.
_OPTIONS = ("--freq", "100", "--timing-allow-fail")
_DECLARATION = re.compile(r"^  (input|output) (?:\[(\d+):0\] )?(\S+)\s*;$", re.M)


@dataclass(frozen=True)
class Device:
    """An FPGA as nextpnr knows it.

    Parameters
    ----------
    part : str
        For reports.
    tool : str
        Which nextpnr.
    options : tuple of str
        nextpnr's options for this part.
    synthesis : str
        Yosys's command.
    luts, flip_flops, memories, multipliers : dict of str to int
        Yosys's cells that count as one, by the beginning of their type, and as how many.
    """

    part: str
    tool: str
    options: tuple[str, ...]
    synthesis: str
    luts: dict[str, int]
    flip_flops: dict[str, int]
    memories: dict[str, int]
    multipliers: dict[str, int]


DEVICES = {
    "ice40": Device(
        "iCE40 HX8K, ct256",
        "ice40",
        ("--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"),
        "synth_ice40 -top harness -json netlist.json",
        {"SB_LUT4": 1},
        {"SB_DFF": 1},
        {"SB_RAM40": 1},
        {"SB_MAC16": 1},
    ),
    "ecp5": Device(
        "ECP5 LFE5U-25F, CABGA381, speed grade 6",
        "ecp5",
        ("--25k", "--package", "CABGA381", "--speed", "6", "--lpf-allow-unconstrained"),
        "synth_ecp5 -top harness -json netlist.json",
        {"LUT4": 1, "CCU2C": 2},
        {"TRELLIS_FF": 1},
        {"DP16KD": 1},
        {"MULT18X18D": 1},
    ),
}


def device_named(name: str) -> Device:
    """The device of this name; ``UserError`` lists those there are."""
    if name not in DEVICES:
        known = ", ".join(f"{key} ({device.part})" for key, device in DEVICES.items())
        raise UserError(f"the device must be one of {known}, not {name!r}")
    return DEVICES[name]


def _harness(top: Module) -> tuple[str, int]:
    """A register before each input and after each output, constants tied off; and how many before inputs.

    So every path through the design lies between two registers and counts for the frequency. The registers
    before the inputs shift in from one pin: devices that have room for a core have fewer pins than it.
    """
    ports, body, pins, shifted, registers = ["input clk", "input serial"], [], [".clk(clk)"], [], 0
    for direction, high, name in _DECLARATION.findall(top.stub):
        width = int(high or 0) + 1
        if name == "clk":
            continue
        if name in _CONSTANTS:
            pins.append(f".{name}({width}'d{_CONSTANTS[name]})")
            continue
        if direction == "input":
            registers += width
            body.append(f"reg [{width - 1}:0] {name};")
            shifted.append(name)
            pins.append(f".{name}({name})")
        else:
            ports.append(f"output reg [{width - 1}:0] {name}")
            body.append(f"wire [{width - 1}:0] {name}_inner;")
            body.append(f"always @(posedge clk) {name} <= {name}_inner;")
            pins.append(f".{name}({name}_inner)")
    chain = ", ".join(shifted)
    body.append(f"always @(posedge clk) {{{chain}}} <= {{{chain}, serial}};")
    text = f"module harness ({', '.join(ports)});\n" + "\n".join(body)
    return f"{text}\n{top.key} dut ({', '.join(pins)});\nendmodule\n", registers


def _command(device: Device) -> Path:
    return Path(sys.executable).parent / f"yowasp-nextpnr-{device.tool}"


def _kept(ingredients: Sequence[str], result: str, work: Callable[[Path], object]) -> Path:
    """The one file of those that a tool leaves in a folder that is wanted."""

    def make(folder: Path) -> None:
        with workplace() as place:
            work(place)
            (place / result).rename(folder / result)

    return kept("fpga", ingredients, make) / result


def _netlist(top: Module, device: Device) -> tuple[Path, dict, int]:
    """The mapped design, how many cells of each type, and how many registers the harness adds."""
    harness, registers = _harness(top)
    sources = harness + "".join(module.text for module in top.all())
    script = f"read_verilog design.v\n{device.synthesis}\n"

    def synthesize(folder: Path) -> None:
        (folder / "design.v").write_text(sources)
        run_script(script, folder)

    path = _kept((sources, script, yosys.version()), "netlist.json", synthesize)
    module = json.loads(path.read_text())["modules"]["harness"]
    types = Counter(cell["type"] for cell in module["cells"].values())
    # An output that is constant has no register, and two that are the same share one.
    outputs = (port["bits"] for port in module["ports"].values() if port["direction"] == "output")
    registers += len({bit for bits in outputs for bit in bits if isinstance(bit, int)})
    return path, dict(types), registers


def _place(netlist: Path, name: str, device: Device, seed: int) -> dict:
    """nextpnr's report of one run; ``UserError`` when the design does not fit."""
    files = ("--json", "netlist.json", "--report", "report.json", "-q", "-l", "nextpnr.log")
    options = (*device.options, *_OPTIONS, "--seed", str(seed), *files)

    def place(folder: Path) -> None:
        (folder / "netlist.json").hardlink_to(netlist)  # the tool sees its own folder and not all others
        command = [_command(device), *options]
        process = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if process.returncode:
            _explain(folder / "nextpnr.log", process.stderr, name, device)

    package = f"yowasp-nextpnr-{device.tool}"
    ingredients = (netlist.read_text(), package, version(package), *options)
    return json.loads(_kept(ingredients, "report.json", place).read_text())


def _explain(log: Path, errors: str, name: str, device: Device) -> None:
    text = log.read_text() if log.exists() else errors
    over = [
        f"{used} {kind} of {available}"
        for kind, used, available in re.findall(r"(\w+):\s*(\d+)/\s*(\d+)", text)
        if int(used) > int(available)
    ]
    if over or "no BELs remaining" in text or "Unable to find a placement" in text:
        needs = f": it needs {', '.join(over)}" if over else ""
        raise UserError(
            f"{name} does not fit into {device.part}{needs}; choose a larger device or smaller configuration"
        )
    last = [line for line in (text + errors).splitlines() if "ERROR" in line][-1:] or ["no message"]
    raise UserError(f"nextpnr-{device.tool} failed on {name}: {last[0]}")


def measure(
    designs: Mapping[str, Module],
    device: Device,
    seeds: int,
    done: Callable[[int, int], None] = lambda finished, of: None,
) -> dict:
    """Resources and frequency of designs by their names; of two also what the second has more.

    Raises ``UserError`` when one does not fit; nothing is reported then.
    """
    steps, finished = len(designs) * (seeds + 1), 0

    def advance() -> None:
        nonlocal finished
        finished += 1
        done(finished, steps)

    def synthesize(top: Module) -> tuple[Path, dict, int]:
        result = _netlist(top, device)
        advance()
        return result

    def place(job: tuple[str, Path, int]) -> dict:
        name, netlist, seed = job
        result = _place(netlist, name, device, seed)
        advance()
        return result

    with ThreadPoolExecutor(PROCESSES) as pool:
        netlists = list(pool.map(synthesize, designs.values()))
        jobs = [
            (name, netlist, seed)
            for seed in range(1, seeds + 1)
            for name, (netlist, _, _) in zip(designs, netlists, strict=True)
        ]
        placed = list(pool.map(place, jobs))
    rows = []
    for index, (name, (_, types, registers)) in enumerate(zip(designs, netlists, strict=True)):
        reports = placed[index :: len(designs)]
        frequencies = [round(next(iter(report["fmax"].values()))["achieved"], 2) for report in reports]
        rows.append(
            {
                "config": name,
                "luts": _count(types, device.luts),
                "flip_flops": _count(types, device.flip_flops) - registers,
                "block_rams": _count(types, device.memories),
                "dsps": _count(types, device.multipliers),
                "f_max_mhz": frequencies,
                "f_max_median_mhz": round(median(frequencies), 2),
                "utilization": {
                    kind: [use["used"], use["available"]]
                    for kind, use in reports[0]["utilization"].items()
                    if use["used"]
                },
            }
        )
    figures = {
        "device": device.part,
        "tools": [yosys.version(), f"nextpnr-{device.tool} {version(f'yowasp-nextpnr-{device.tool}')}"],
        "command": f"yowasp-nextpnr-{device.tool} {' '.join((*device.options, *_OPTIONS))} --seed SEED",
        "synthesis": device.synthesis,
        "harness": "a register at each port, not counted among the flip-flops, those of inputs in a chain; "
        "constant ports tied off",
        "designs": {name: top.key for name, top in designs.items()},
        "seeds": list(range(1, seeds + 1)),
        "rows": rows,
    }
    if len(rows) == 2:
        first, last = rows
        figures["overhead"] = {
            "luts": last["luts"] - first["luts"],
            "luts_percent": round(100 * (last["luts"] / first["luts"] - 1), 2),
            "flip_flops": last["flip_flops"] - first["flip_flops"],
            "f_max_ratio": round(last["f_max_median_mhz"] / first["f_max_median_mhz"], 3),
        }
    return figures


def _count(types: dict[str, int], weights: dict[str, int]) -> int:
    return sum(
        count * weight
        for kind, count in types.items()
        for start, weight in weights.items()
        if kind.startswith(start)
    )
