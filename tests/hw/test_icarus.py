"""Generated Verilog in Icarus Verilog, a four-state simulator: out of reset, through a program, no X."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from hw.cluster.config import ClusterConfig
from hw.config import MEMORY_MAP, RV32IM, XDECIMATE, Region
from hw.generate import unit_verilog
from hw.units.decimate.record import DECIMATE
from reference.decimate import Decimate
from sim.elf import Program, load_elf
from sim.rtl.image import write_image
from sw_kernels.build import build_c_program, compile_object, core_flags, link_cluster_program
from tests.designs import cluster_verilog, core_verilog
from tests.icarus import NEEDS_ICARUS

BENCHES = Path(__file__).parent / "icarus"
TESTS = Path(__file__).parents[1]
#: Its cores are the smallest: the others are in a test of their own.
CLUSTER = ClusterConfig(cores=2, core=RV32IM)
L1, L2 = MEMORY_MAP.l1, MEMORY_MAP.l2

pytestmark = NEEDS_ICARUS


#: Editions of the language that Icarus reads everything as.
GENERATIONS = pytest.mark.parametrize("generation", ["2005", "2005-sv", "2009", "2012"])


def simulate(
    name: str, verilog: str, folder: Path, generation: str, parameters: Mapping[str, int] | None = None
) -> str:
    """Output of the bench of this name."""
    (folder / "design.v").write_text(verilog)
    numbers = [f"-Ptb.{key}={value}" for key, value in (parameters or {}).items()]
    bench = BENCHES / f"{name}_tb.v"
    command = ["iverilog", f"-g{generation}", "-s", "tb", *numbers, "-o", "bench", bench, "design.v"]
    subprocess.run(command, cwd=folder, check=True)
    return subprocess.run(["vvp", "bench"], cwd=folder, capture_output=True, text=True, check=True).stdout


def memory_parameters(program: Program, folder: Path, l1: Region) -> dict[str, int]:
    for name, region in (("l1", l1), ("l2", L2)):
        write_image(folder / f"program.{name}.hex", region, program.segments)
    sizes = {"L1_WORDS": l1.size // 4, "L2_BASE": L2.base, "L2_WORDS": L2.size // 4}
    return sizes | {"BOOT": program.entry, "TOHOST": program.tohost}


@GENERATIONS
def test_unit(generation: str, tmp_path: Path):
    decimate, word = Decimate(), 0
    for _ in range(16):
        word = decimate.execute(8, word, 0x1000, 0x7654_3210, lambda address: address & 0xFF)
    printed = simulate("unit", unit_verilog(DECIMATE), tmp_path, generation)
    assert printed.splitlines() == [f"ended with {word:08x}"]


@GENERATIONS
def test_core(generation: str, tmp_path: Path):
    program = load_elf(build_c_program(TESTS / "sw_kernels/programs/macros.S", "xdecimate", L1.size))
    parameters = {"L1_BASE": L1.base} | memory_parameters(program, tmp_path, L1)
    output = simulate("core", core_verilog(XDECIMATE), tmp_path, generation, parameters)
    assert output.splitlines() == [f"first fetch {MEMORY_MAP.boot:08x}", "ended with 1"]


def test_undefined_answers_of_memory(tmp_path: Path):
    """Data that count for nothing may be X: bytes not asked for, and answers with a fault."""
    program = load_elf(build_c_program(BENCHES / "faults.S", "rv32im", L1.size))
    parameters = {"L1_BASE": L1.base} | memory_parameters(program, tmp_path, L1)
    output = simulate("core", core_verilog(RV32IM), tmp_path, "2012", parameters)
    assert output.splitlines() == [f"first fetch {MEMORY_MAP.boot:08x}", "ended with 1"]


@pytest.mark.long
@pytest.mark.parametrize("generation", ["2005", "2012"])
def test_cluster(generation: str, tmp_path: Path):
    """The first edition as Verilog, and the one of SystemVerilog that reserves the words of all others."""
    source = TESTS / "sim/rtl/programs/team.c"
    compiled = compile_object(source, core_flags(CLUSTER.core), {"CASE": "0"})
    program = load_elf(link_cluster_program("team", [compiled], CLUSTER))
    parameters = memory_parameters(program, tmp_path, Region(base=L1.base, size=CLUSTER.l1_bytes))
    output = simulate("cluster", cluster_verilog(CLUSTER), tmp_path, generation, parameters)
    assert output.splitlines() == ["ended with 1"]
