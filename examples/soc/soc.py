"""The system of this folder: compile its program, generate its core, and run it, or fit it into an FPGA."""

import argparse
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import ecp5

import xdecimate as xd
from common.cache import kept
from common.errors import UserError
from common.files import check_writable
from hw.config import MEMORY_MAP
from sim.elf import load_elf
from sim.rtl.cocotb_runner import MAKE_VARIABLES
from sim.rtl.image import write_image
from sw_kernels.build import compile_object, configuration, core_flags, link_program

HERE = Path(__file__).parent
RTL = sorted((HERE / "rtl").glob("*.v"))
BENCH = HERE / "bench" / "soc_tb.v"
#: The program is compiled for the smallest core, and runs on every other.
PROGRAM_CORE = "rv32im"
#: Bytes of L1 that rtl/soc.v has.
L1_BYTES = 16 << 10
VERILATOR = (
    *("--binary", "--timing", "--quiet", "-Wno-lint", "-Wno-style"),
    *("--x-assign", "fast", "--top-module", "soc_tb", "-o", "soc"),
)
#: Variables for Verilator's makefile. The program ends before an optimized simulator would be compiled.
MAKE = " ".join(
    f"{name}={value}" for name, value in (MAKE_VARIABLES | {"OPT_FAST": "-O0", "OPT_GLOBAL": "-O0"}).items()
)


def build_program(folder: Path, core: str) -> Path:
    """Write program.elf, compressed for a core with extension c, and the content of L2 for the Verilog."""
    config = configuration(PROGRAM_CORE + ("+c" if configuration(core).has("c") else ""))
    sources = sorted((HERE / "program").glob("*.c"))
    objects = [compile_object(source, core_flags(config)) for source in sources]
    elf = folder / "program.elf"
    shutil.copy(link_program("program", objects, config, L1_BYTES), elf)
    write_image(folder / "program.l2.hex", MEMORY_MAP.l2, load_elf(elf).segments)
    return elf


def generate_core(folder: Path, config: str) -> Path:
    """Write core.v, whose module has the name that rtl/soc.v instantiates."""
    path = folder / "core.v"
    path.write_text(xd.verilog(config, name="soc_core"))
    return path


def run_icarus(folder: Path, elf: Path, config: str) -> str:
    """Output of the system in Icarus Verilog."""
    if shutil.which("iverilog") is None:
        raise UserError(
            "Icarus Verilog is missing; install it (apt-get install iverilog), or choose verilator"
        )
    sources = [BENCH, *RTL, generate_core(folder, config)]
    subprocess.run(["iverilog", "-g2005", "-s", "soc_tb", "-o", "soc.vvp", *sources], cwd=folder, check=True)
    return _output(["vvp", "soc.vvp", _ending(elf)], folder)


def run_verilator(folder: Path, elf: Path, config: str) -> str:
    """Output of the system in Verilator; the simulator is kept until the Verilog changes."""
    sources = [BENCH, *RTL, generate_core(folder, config)]

    def build(place: Path) -> None:
        command = [Path(sys.executable).parent / "verilator-cli", *VERILATOR, *sources]
        environment = os.environ | {"MAKEFLAGS": MAKE}
        subprocess.run(command, cwd=place, env=environment, stdout=subprocess.DEVNULL, check=True)

    texts = [source.read_text() for source in sources]
    simulator = kept("soc", [*texts, *VERILATOR, MAKE, version("verilator")], build)
    return _output([simulator / "obj_dir" / "soc", "+verilator+quiet", _ending(elf)], folder)


def _ending(elf: Path) -> str:
    """The bench's argument for the address that ends the program."""
    return f"+tohost={load_elf(elf).tohost:x}"


def _output(command: list[str | Path], folder: Path) -> str:
    """What a simulation prints."""
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout


def run_alone(elf: Path, config: str, model: str) -> str:
    """Output of the same program in ``xdecimate run``, without the system."""
    result = xd.run_elf(elf, config, model=model, l1_bytes=L1_BYTES)
    return f"{result.output}{model}: {result.ending}\n"


def main() -> int:
    """Command line; exit status 1 if the program fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "where",
        choices=("verilator", "icarus", "rtl", "iss", "ecp5"),
        nargs="?",
        default="verilator",
        help="a simulator of the system, the core or its model alone, or an FPGA",
    )
    parser.add_argument(
        "--config", default="xdecimate", metavar="NAME", help="the core, as for xdecimate verilog"
    )
    parser.add_argument("--folder", type=Path, default=Path("build/soc"), help="for all files that are made")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of ecp5 to FILE")
    chosen = parser.parse_args()
    if chosen.json and chosen.where != "ecp5":
        raise UserError(f"--json takes the figures of ecp5, and {chosen.where} has none; leave it out")
    if chosen.json:
        check_writable(chosen.json)
    folder = chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    elf = build_program(folder, chosen.config)
    if chosen.where == "ecp5":
        ecp5.fit([*RTL, generate_core(folder, chosen.config)], chosen.config, folder, chosen.json)
        return 0
    if chosen.where in ("rtl", "iss"):
        output = run_alone(elf, chosen.config, chosen.where)
    else:
        simulate = run_icarus if chosen.where == "icarus" else run_verilator
        output = simulate(folder, elf, chosen.config)
    print(output, end="")
    return 0 if "all passed" in output else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
